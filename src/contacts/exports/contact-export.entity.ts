import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A file that contacts are written to. */
@Entity('contact_export')
export class ContactExport {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text', default: 'PENDING' })
  status: string;

  @Column({ type: 'text', nullable: true })
  reasonCode: string | null;

  @Column({ type: 'text', nullable: true })
  reasonDetail: string | null;

  /** Which contacts; emptied when the file expires. */
  @Column({ type: 'jsonb' })
  filter: Record<string, unknown>;

  @Column({ type: 'integer', nullable: true })
  rows: number | null;

  @Column({ type: 'bigint', nullable: true })
  bytes: string | null;

  /** How often it was begun; the file is that of the last start. */
  @Column({ type: 'smallint', default: 0 })
  starts: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  startedAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  expiresAt: Date | null;
}

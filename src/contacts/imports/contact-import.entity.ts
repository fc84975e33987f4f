import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A file of contacts, and how far it has been read. */
@Entity('contact_import')
export class ContactImport {
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

  @Column({ type: 'text' })
  delimiter: string;

  /** update or skip. */
  @Column({ type: 'text' })
  onConflict: string;

  /** What each column of the file is, in its order. */
  @Column({ type: 'text', array: true })
  columns: string[];

  /** Size of the file as it is stored: UTF-8, without a byte order mark. */
  @Column({ type: 'bigint' })
  bytesTotal: string;

  /** Where the first row begins that is not stored yet. */
  @Column({ type: 'bigint', default: 0 })
  bytesRead: string;

  /** Rows of the file before that, with the header. */
  @Column({ type: 'integer', default: 0 })
  rows: number;

  @Column({ type: 'integer', default: 0 })
  created: number;

  @Column({ type: 'integer', default: 0 })
  updated: number;

  @Column({ type: 'integer', default: 0 })
  skipped: number;

  @Column({ type: 'integer', default: 0 })
  failed: number;

  /** How often it was begun since rows were last stored: an import that ends its worker each time is given up. */
  @Column({ type: 'smallint', default: 0 })
  idleStarts: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  startedAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt: Date | null;
}

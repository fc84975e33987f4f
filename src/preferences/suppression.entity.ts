import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why an address must not be written to. Keyed by address, not by contact. */
@Entity('suppression')
export class Suppression {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  channelType: string;

  @Column({ type: 'text' })
  address: string;

  @Column({ type: 'text' })
  purpose: string;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'text' })
  source: string;

  @Column({ type: 'uuid', nullable: true })
  messageId: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  liftedAt: Date | null;
}

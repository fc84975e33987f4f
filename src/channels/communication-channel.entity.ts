import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One provider account and sender of a tenant. */
@Entity('communication_channel')
export class CommunicationChannel {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  channelType: string;

  @Column({ type: 'text' })
  providerType: string;

  @Column({ type: 'text' })
  fromAddress: string;

  @Column({ type: 'jsonb', default: {} })
  credentials: Record<string, unknown>;

  @Column({ type: 'integer', default: 1 })
  credentialsVersion: number;

  @Column({ type: 'boolean', default: false })
  isDefault: boolean;

  @Column({ type: 'numeric', nullable: true })
  ratePerSecond: string | null;

  @Column({ type: 'jsonb', default: {} })
  settings: Record<string, unknown>;

  @Column({ type: 'text', default: 'ACTIVE' })
  status: string;

  @Column({ type: 'text', nullable: true })
  statusReason: string | null;

  @Column({ type: 'text', nullable: true })
  accountKey: string | null;

  @Column({ type: 'text' })
  webhookKey: string;

  @Column({ type: 'timestamptz', nullable: true })
  verifiedAt: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  deletedAt: Date | null;
}

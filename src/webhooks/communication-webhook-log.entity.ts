import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A verified call of a provider, kept byte for byte so that it can be processed again. */
@Entity('communication_webhook_log')
export class CommunicationWebhookLog {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid' })
  channelId: string;

  @Column({ type: 'text' })
  providerType: string;

  @Column({ type: 'text' })
  method: string;

  @Column({ type: 'text' })
  url: string;

  @Column({ type: 'jsonb' })
  headers: Record<string, unknown>;

  @Column({ type: 'bytea' })
  rawBody: Buffer;

  /** What the provider signed and uses once, where it does not sign the body. */
  @Column({ type: 'text', nullable: true })
  onceKey: string | null;

  @Column({ type: 'text', default: 'PENDING' })
  status: string;

  @Column({ type: 'smallint', default: 0 })
  attempts: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  dueAt: Date;

  @Column({ type: 'integer', nullable: true })
  eventCount: number | null;

  @Column({ type: 'text', nullable: true })
  error: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  receivedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  processedAt: Date | null;

  /** When body and headers were taken out of it: they are kept for a limited time. */
  @Column({ type: 'timestamptz', nullable: true })
  emptiedAt: Date | null;
}

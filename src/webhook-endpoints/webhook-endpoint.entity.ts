import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An address of the tenant's that is called when something happens. */
@Entity('webhook_endpoint')
export class WebhookEndpoint {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  url: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  /** `message.sent`, `message.*` or `*`. */
  @Column({ type: 'text', array: true })
  eventTypes: string[];

  /** Channel types whose messages and sessions it may be told of; null: every one. As whoever set the address may read them. */
  @Column({ type: 'text', array: true, nullable: true })
  messageTypes: string[] | null;

  /** Channel types on which it is told personal data; null: on every one. */
  @Column({ type: 'text', array: true, nullable: true })
  piiTypes: string[] | null;

  /** Sealed. */
  @Column({ type: 'text' })
  secret: string;

  @Column({ type: 'integer', default: 1 })
  secretVersion: number;

  /** The secret of one version before, sealed; it signs beside the new one until `oldSecretUntil`. */
  @Column({ type: 'text', nullable: true })
  oldSecret: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  oldSecretUntil: Date | null;

  @Column({ type: 'text', default: 'ACTIVE' })
  status: string;

  @Column({ type: 'text', nullable: true })
  disabledReason: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  disabledAt: Date | null;

  /** The first failure since it last answered 2xx. */
  @Column({ type: 'timestamptz', nullable: true })
  failingSince: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  deletedAt: Date | null;
}

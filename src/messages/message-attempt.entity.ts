import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One call to a provider, written before the call. */
@Entity('message_attempt')
export class MessageAttempt {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  messageId: string;

  @PrimaryColumn({ type: 'smallint' })
  attemptNo: number;

  @Column({ type: 'bigint' })
  fence: string;

  @Column({ type: 'uuid' })
  workerId: string;

  /** The same for all messages of one call to the provider; null for a call of its own. */
  @Column({ type: 'uuid', nullable: true })
  batchId: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  dispatchedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  settledAt: Date | null;

  @Column({ type: 'text', nullable: true })
  outcome: string | null;

  @Column({ type: 'text', nullable: true })
  faultClass: string | null;

  @Column({ type: 'text', nullable: true })
  faultCode: string | null;

  @Column({ type: 'text', nullable: true })
  faultMessage: string | null;

  @Column({ type: 'text', nullable: true })
  providerMessageId: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  retryAt: Date | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One call of an endpoint; written before it is made. */
@Entity('webhook_attempt')
export class WebhookAttempt {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  deliveryId: string;

  @PrimaryColumn({ type: 'integer' })
  attemptNo: number;

  @Column({ type: 'bigint' })
  fence: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  startedAt: Date;

  @Column({ type: 'integer', nullable: true })
  durationMs: number | null;

  @Column({ type: 'smallint', nullable: true })
  statusCode: number | null;

  /** Why there is no status code. */
  @Column({ type: 'text', nullable: true })
  fault: string | null;

  /** The beginning of what it answered. */
  @Column({ type: 'text', nullable: true })
  answer: string | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An event that an endpoint is to be told of, or was. The row is the job: what is to be told is read when it is told. */
@Entity('webhook_delivery')
export class WebhookDelivery {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid' })
  endpointId: string;

  @Column({ type: 'uuid' })
  eventId: string;

  @Column({ type: 'text' })
  type: string;

  @Column({ type: 'text', nullable: true })
  channelType: string | null;

  @Column({ type: 'uuid', nullable: true })
  contactId: string | null;

  /** Ids and states. */
  @Column({ type: 'jsonb' })
  data: Record<string, unknown>;

  /** When it happened. */
  @Column({ type: 'timestamptz' })
  at: Date;

  @Column({ type: 'text', default: 'PENDING' })
  status: string;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  /** Failures since it was put in the queue, by which the next wait is chosen. */
  @Column({ type: 'smallint', default: 0 })
  tries: number;

  @Column({ type: 'integer', default: 0 })
  attempts: number;

  @Column({ type: 'smallint', nullable: true })
  statusCode: number | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  dueAt: Date;

  @Column({ type: 'bigint', default: 0 })
  fence: string;

  @Column({ type: 'timestamptz', nullable: true })
  leaseUntil: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt: Date | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Something that happened at a tenant: told by the tenant itself, or by Carillon in the transaction that made it happen. */
@Entity('tenant_event')
export class TenantEventRow {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  type: string;

  /** Who told it: api, sns, sqs, kafka, rule or carillon. */
  @Column({ type: 'text' })
  source: string;

  /** The teller's own id: told twice, it is one event. */
  @Column({ type: 'text', nullable: true })
  eventId: string | null;

  @Column({ type: 'uuid', nullable: true })
  contactId: string | null;

  @Column({ type: 'uuid', nullable: true })
  messageId: string | null;

  @Column({ type: 'uuid', nullable: true })
  sessionId: string | null;

  @Column({ type: 'text', nullable: true })
  channelType: string | null;

  @Column({ type: 'jsonb', default: {} })
  data: Record<string, unknown>;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  at: Date;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt: Date;

  @Column({ type: 'text', default: 'PENDING' })
  status: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  dueAt: Date;

  @Column({ type: 'integer', default: 0 })
  tries: number;

  @Column({ type: 'text', nullable: true })
  failure: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  handledAt: Date | null;

  /** The tenant's events in the order in which they were handled: a reader that goes by it misses none. */
  @Column({ type: 'bigint', nullable: true })
  seq: string | null;
}

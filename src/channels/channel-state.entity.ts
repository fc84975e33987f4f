import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What all workers share about a channel: rate tokens and circuit breaker. */
@Entity('channel_state')
export class ChannelState {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  channelId: string;

  @Column({ type: 'double precision', default: 0 })
  tokens: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  refilledAt: Date;

  @Column({ type: 'text', default: 'CLOSED' })
  breaker: string;

  @Column({ type: 'text', nullable: true })
  breakerReason: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  openUntil: Date | null;

  @Column({ type: 'integer', default: 0 })
  openSeconds: number;

  @Column({ type: 'integer', default: 0 })
  consecutiveFaults: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  windowStartedAt: Date;

  @Column({ type: 'integer', default: 0 })
  windowCalls: number;

  @Column({ type: 'integer', default: 0 })
  windowFaults: number;

  /** Where the next poll of the provider's events goes on. */
  @Column({ type: 'timestamptz', nullable: true })
  polledUntil: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  pollDueAt: Date | null;

  /** When the provider is next told where to call us; null: it knows, or takes no such word. */
  @Column({ type: 'timestamptz', nullable: true })
  registerDueAt: Date | null;

  @Column({ type: 'smallint', default: 0 })
  registerAttempts: number;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AutoPause } from './run/auto-pause';
import type { DomainRate, Pace, RampUp } from './run/pace';
import type { AbTest } from './run/variants';

/** A bulk send. */
@Entity('bulk_message_campaign')
export class BulkMessageCampaign {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'uuid' })
  channelId: string;

  @Column({ type: 'uuid', nullable: true })
  templateId: string | null;

  @Column({ type: 'jsonb', nullable: true })
  content: Record<string, unknown> | null;

  @Column({ type: 'text' })
  purpose: string;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'jsonb', nullable: true })
  segment: Record<string, unknown> | null;

  @Column({ type: 'jsonb', default: [] })
  variants: Record<string, unknown>;

  @Column({ type: 'timestamptz', nullable: true })
  scheduledAt: Date | null;

  @Column({ type: 'text', nullable: true })
  timezone: string | null;

  @Column({ type: 'text', nullable: true })
  recurrence: string | null;

  @Column({ type: 'numeric', nullable: true })
  ratePerSecond: string | null;

  @Column({ type: 'text', nullable: true })
  topic: string | null;

  @Column({ type: 'text', default: 'at_least_once' })
  delivery: string;

  /** Null: as the tenant has set when a message is made. */
  @Column({ type: 'boolean', nullable: true })
  trackClicks: boolean | null;

  @Column({ type: 'boolean', nullable: true })
  trackOpens: boolean | null;

  /** Why it is paused by itself. */
  @Column({ type: 'text', nullable: true })
  reasonCode: string | null;

  @Column({ type: 'text', nullable: true })
  reasonDetail: string | null;

  /** Recipients that were named again. */
  @Column({ type: 'integer', default: 0 })
  duplicates: number;

  @Column({ type: 'boolean', default: false })
  inRecipientTimezone: boolean;

  @Column({ type: 'jsonb', default: [] })
  domainRates: DomainRate[];

  @Column({ type: 'jsonb', nullable: true })
  rampUp: RampUp | null;

  @Column({ type: 'jsonb', nullable: true })
  abTest: AbTest | null;

  /** Place of the variant that won. */
  @Column({ type: 'smallint', nullable: true })
  winner: number | null;

  @Column({ type: 'timestamptz', nullable: true })
  winnerDecidedAt: Date | null;

  @Column({ type: 'jsonb', nullable: true })
  autoPause: AutoPause | null;

  /** The key or user that made it. */
  @Column({ type: 'text', nullable: true })
  createdBy: string | null;

  @Column({ type: 'text', nullable: true })
  approvedBy: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  approvedAt: Date | null;

  /** The recurring one that it is a run of, and at which of its times. */
  @Column({ type: 'uuid', nullable: true })
  parentId: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  occurrenceAt: Date | null;

  /** Of a recurring one: its first time by the clocks of its zone. */
  @Column({ type: 'text', nullable: true })
  firstLocalAt: string | null;

  /** When its audience stood. */
  @Column({ type: 'timestamptz', nullable: true })
  preparedAt: Date | null;

  /** Where the preparation goes on. */
  @Column({ type: 'text', nullable: true })
  preparedUntil: string | null;

  /** Where it stands in its rates. */
  @Column({ type: 'jsonb', default: {} })
  pace: Pace;

  /** The worker that looks after it, and until when. */
  @Column({ type: 'uuid', nullable: true })
  feeder: string | null;

  @Column({ type: 'timestamptz', default: () => "'-infinity'" })
  feederUntil: Date;

  @Column({ type: 'jsonb', default: {} })
  metadata: Record<string, unknown>;

  /** What it was expected to cost when it was started, one amount a currency. */
  @Column({ type: 'jsonb', nullable: true })
  estimatedCost: { amount: string; currency: string }[] | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  startedAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt: Date | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A message, outbound or inbound, or a note (INTERNAL). An outbound row is also the job of sending it. */
@Entity('communication_message')
export class CommunicationMessage {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'bigint', generated: 'increment' })
  seq: string;

  @Column({ type: 'uuid' })
  sessionId: string;

  @Column({ type: 'uuid' })
  contactId: string;

  @Column({ type: 'uuid' })
  channelId: string;

  @Column({ type: 'text' })
  channelType: string;

  @Column({ type: 'text' })
  providerType: string;

  @Column({ type: 'text' })
  direction: string;

  @Column({ type: 'text' })
  lane: string;

  @Column({ type: 'text' })
  purpose: string;

  @Column({ type: 'text', nullable: true })
  topic: string | null;

  @Column({ type: 'text' })
  fromAddress: string;

  @Column({ type: 'text' })
  toAddress: string;

  @Column({ type: 'text' })
  messageType: string;

  @Column({ type: 'jsonb' })
  content: Record<string, unknown>;

  @Column({ type: 'uuid', nullable: true })
  templateId: string | null;

  @Column({ type: 'integer', nullable: true })
  templateVersion: number | null;

  @Column({ type: 'uuid', nullable: true })
  campaignId: string | null;

  @Column({ type: 'text', nullable: true })
  inReplyTo: string | null;

  @Column({ type: 'text' })
  delivery: string;

  @Column({ type: 'uuid', nullable: true })
  orderingKey: string | null;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  statusAt: Date;

  @Column({ type: 'text', nullable: true })
  reasonCode: string | null;

  @Column({ type: 'text', nullable: true })
  reasonDetail: string | null;

  @Column({ type: 'jsonb', nullable: true })
  reasonRule: Record<string, unknown> | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  dueAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  @Column({ type: 'bigint', default: 0 })
  leaseToken: string;

  @Column({ type: 'uuid', nullable: true })
  leaseOwner: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  leaseUntil: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  resolveAt: Date | null;

  @Column({ type: 'smallint', default: 0 })
  attempts: number;

  @Column({ type: 'smallint', default: 0 })
  failures: number;

  @Column({ type: 'smallint', default: 0 })
  lostLeases: number;

  @Column({ type: 'timestamptz', nullable: true })
  deadAt: Date | null;

  @Column({ type: 'text', nullable: true })
  providerMessageId: string | null;

  @Column({ type: 'numeric', nullable: true })
  costAmount: string | null;

  @Column({ type: 'text', nullable: true })
  costCurrency: string | null;

  @Column({ type: 'boolean', nullable: true })
  costEstimated: boolean | null;

  @Column({ type: 'smallint', nullable: true })
  parts: number | null;

  @Column({ type: 'text', nullable: true })
  clientReference: string | null;

  @Column({ type: 'jsonb', default: {} })
  metadata: Record<string, unknown>;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  scheduledAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  sentAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  deliveredAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  readAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  failedAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  openedAt: Date | null;

  /** When a machine opened it: a proxy for pictures, a scanner. */
  @Column({ type: 'timestamptz', nullable: true })
  machineOpenedAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  clickedAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  complainedAt: Date | null;

  /** The mood of what came in, where somebody asked for it. */
  @Column({ type: 'text', nullable: true })
  sentiment: 'POSITIVE' | 'NEUTRAL' | 'NEGATIVE' | null;

  /** From -1 to 1. */
  @Column({ type: 'real', nullable: true })
  sentimentScore: number | null;

  /** When it is looked at next for that. */
  @Column({ type: 'timestamptz', nullable: true })
  sentimentDueAt: Date | null;

  @Column({ type: 'boolean', default: false })
  trackClicks: boolean;

  @Column({ type: 'boolean', default: false })
  trackOpens: boolean;

  /** When the words and addresses were taken out of it, because its contact was erased. */
  @Column({ type: 'timestamptz', nullable: true })
  erasedAt: Date | null;
}

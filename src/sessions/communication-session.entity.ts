import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ExternalReference } from '../contacts/external-references';

/** A conversation: one counterpart on one channel, open at most once at a time. */
@Entity('communication_session')
export class CommunicationSession {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid' })
  channelId: string;

  @Column({ type: 'text' })
  channelType: string;

  @Column({ type: 'uuid' })
  contactId: string;

  @Column({ type: 'text' })
  counterpart: string;

  @Column({ type: 'text' })
  direction: string;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'text', nullable: true })
  subject: string | null;

  @Column({ type: 'uuid', nullable: true })
  assignedTo: string | null;

  @Column({ type: 'text', array: true, default: [] })
  labels: string[];

  /** What the conversation is called in other systems of the tenant: a case, a call. */
  @Column({ type: 'jsonb', default: [] })
  externalReferences: ExternalReference[];

  @Column({ type: 'timestamptz', nullable: true })
  firstInboundAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  firstRepliedAt: Date | null;

  /** Since when the other side waits for an answer; null while nobody does. */
  @Column({ type: 'timestamptz', nullable: true })
  waitingSince: Date | null;

  /** When the answer is due, by the settings at the moment that the other side wrote. */
  @Column({ type: 'timestamptz', nullable: true })
  dueAt: Date | null;

  /** The last time to answer that went by. It is that of the answer that is awaited now where it equals dueAt. */
  @Column({ type: 'timestamptz', nullable: true })
  overdueAt: Date | null;

  /** Nothing was written before this that is newer: silence is looked for from here. */
  @Column({ type: 'timestamptz', default: () => 'now()' })
  quietSince: Date;

  @Column({ type: 'text', nullable: true })
  sentiment: 'POSITIVE' | 'NEUTRAL' | 'NEGATIVE' | null;

  @Column({ type: 'real', nullable: true })
  sentimentScore: number | null;

  @Column({ type: 'text', nullable: true })
  sentimentTrend: 'RISING' | 'STEADY' | 'FALLING' | null;

  @Column({ type: 'timestamptz', nullable: true })
  lastInboundAt: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  closedAt: Date | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What became of one event for which people are notified. Ids and codes only. */
@Entity('notification')
export class Notification {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid' })
  eventId: string;

  @Column({ type: 'text' })
  topic: string;

  @Column({ type: 'uuid', nullable: true })
  contactId: string | null;

  /** The message that was sent last. */
  @Column({ type: 'uuid', nullable: true })
  messageId: string | null;

  @Column({ type: 'jsonb' })
  steps: { channelType: string; outcome: string; messageId?: string }[];

  /** Until when the next channel is tried where that message fails; null: never. */
  @Column({ type: 'timestamptz', nullable: true })
  fallbackUntil: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the provider, or an operator, reported about a message. `messageId` is null while the message is not known yet. */
@Entity('message_event')
export class MessageEvent {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  channelId: string;

  @PrimaryColumn({ type: 'text' })
  eventKey: string;

  @Column({ type: 'uuid', nullable: true })
  messageId: string | null;

  @Column({ type: 'text', nullable: true })
  providerMessageId: string | null;

  @Column({ type: 'text' })
  type: string;

  @Column({ type: 'timestamptz' })
  at: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  receivedAt: Date;

  @Column({ type: 'jsonb', default: {} })
  detail: Record<string, unknown>;
}

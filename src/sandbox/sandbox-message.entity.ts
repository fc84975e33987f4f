import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the sandbox provider "sent". */
@Entity('sandbox_message')
export class SandboxMessage {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid' })
  channelId: string;

  @Column({ type: 'uuid' })
  messageId: string;

  @Column({ type: 'text' })
  ref: string;

  @Column({ type: 'text' })
  providerMessageId: string;

  @Column({ type: 'text' })
  toAddress: string;

  @Column({ type: 'text' })
  fromAddress: string;

  @Column({ type: 'text' })
  messageType: string;

  @Column({ type: 'jsonb' })
  content: Record<string, unknown>;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One recipient of a bulk send; the key is the address or the contact, once a campaign. */
@Entity('bulk_message_recipient')
export class BulkMessageRecipient {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  campaignId: string;

  @PrimaryColumn({ type: 'text' })
  recipientKey: string;

  @Column({ type: 'uuid', nullable: true })
  contactId: string | null;

  @Column({ type: 'uuid', nullable: true })
  messageId: string | null;

  @Column({ type: 'jsonb', default: {} })
  variables: Record<string, unknown>;

  @Column({ type: 'text', default: 'PENDING' })
  status: string;

  @Column({ type: 'text', nullable: true })
  reasonCode: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}

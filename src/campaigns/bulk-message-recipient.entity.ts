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

  @Column({ type: 'text', nullable: true })
  reasonDetail: string | null;

  /** Place of the variant that it gets. */
  @Column({ type: 'smallint', nullable: true })
  variant: number | null;

  /** 0: at once; 1: when the winner of the test is known. */
  @Column({ type: 'smallint', default: 0 })
  wave: number;

  /** Domain with a rate of its own. */
  @Column({ type: 'text', default: '' })
  throttle: string;

  /** Not before. */
  @Column({ type: 'timestamptz', default: () => "'-infinity'" })
  sendAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}

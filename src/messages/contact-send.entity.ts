import { Column, Entity, PrimaryColumn } from 'typeorm';

/** That a message went out to a contact, of tenants that cap how often: what the caps count. */
@Entity('contact_send')
export class ContactSend {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  contactId: string;

  @PrimaryColumn({ type: 'uuid' })
  messageId: string;

  @Column({ type: 'text' })
  purpose: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  at: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An address that a contact holds; an address belongs to one contact of a tenant. */
@Entity('contact_identity')
export class ContactIdentity {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'text' })
  channelType: string;

  @PrimaryColumn({ type: 'text' })
  address: string;

  @Column({ type: 'uuid' })
  contactId: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}

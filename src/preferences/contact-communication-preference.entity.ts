import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a contact wants: channels, topics, quiet hours. */
@Entity('contact_communication_preference')
export class ContactCommunicationPreference {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid' })
  contactId: string;

  @Column({ type: 'boolean', default: false })
  doNotContact: boolean;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ type: 'text', nullable: true })
  preferredChannel: string | null;

  @Column({ type: 'jsonb', nullable: true })
  quietHours: Record<string, unknown> | null;

  @Column({ type: 'jsonb', default: {} })
  channels: Record<string, unknown>;

  @Column({ type: 'jsonb', default: {} })
  topics: Record<string, unknown>;

  @Column({ type: 'jsonb', default: {} })
  purposes: Record<string, unknown>;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An organisation: the owner of everything else. */
@Entity('tenant')
export class Tenant {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', default: 'ACTIVE' })
  status: string;

  @Column({ type: 'text', default: 'en' })
  defaultLanguage: string;

  @Column({ type: 'text', default: 'UTC' })
  timezone: string;

  @Column({ type: 'jsonb', nullable: true })
  frequencyCaps: Record<string, unknown>[] | null;

  /** Whether a second person approves every bulk send. */
  @Column({ type: 'boolean', default: false })
  campaignApproval: boolean;

  /** How conversations are worked on: src/sessions/settings. */
  @Column({ type: 'jsonb', default: {} })
  sessionSettings: Record<string, unknown>;

  /** What is told of messages where the request does not say it. */
  @Column({ type: 'boolean', default: false })
  trackClicks: boolean;

  @Column({ type: 'boolean', default: false })
  trackOpens: boolean;

  /** Name of the attribute by which a contact says that it is not to be tracked. */
  @Column({ type: 'text', nullable: true })
  untrackedAttribute: string | null;

  @Column({ type: 'bytea', default: () => 'random_salt()' })
  addressSalt: Buffer;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When a message is to go out, once or again and again. */
@Entity('scheduled_message')
export class ScheduledMessage {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', nullable: true })
  messageId: string | null;

  @Column({ type: 'text', default: 'ACTIVE' })
  status: string;

  @Column({ type: 'text' })
  channelType: string;

  /** Of a recurring one: to whom, if not to a contact. */
  @Column({ type: 'text', nullable: true })
  toAddress: string | null;

  @Column({ type: 'uuid', nullable: true })
  contactId: string | null;

  @Column({ type: 'timestamptz' })
  scheduledAt: Date;

  /** What was asked for by the wall clock of the time zone; `scheduledAt` and `nextAt` follow from it. */
  @Column({ type: 'text', nullable: true })
  localAt: string | null;

  @Column({ type: 'text', default: 'UTC' })
  timezone: string;

  @Column({ type: 'text', nullable: true })
  recurrence: string | null;

  @Column({ type: 'jsonb' })
  request: Record<string, unknown>;

  @Column({ type: 'timestamptz', nullable: true })
  nextAt: Date | null;

  /** How late it may still run. */
  @Column({ type: 'integer', default: 3600 })
  graceSeconds: number;

  @Column({ type: 'timestamptz', nullable: true })
  lastAt: Date | null;

  @Column({ type: 'integer', default: 0 })
  occurrences: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}

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

  @Column({ type: 'timestamptz' })
  scheduledAt: Date;

  @Column({ type: 'text', default: 'UTC' })
  timezone: string;

  @Column({ type: 'text', nullable: true })
  recurrence: string | null;

  @Column({ type: 'jsonb' })
  request: Record<string, unknown>;

  @Column({ type: 'timestamptz', nullable: true })
  nextAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  lastAt: Date | null;

  @Column({ type: 'integer', default: 0 })
  occurrences: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}

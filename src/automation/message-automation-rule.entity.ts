import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is to happen when an event comes in. */
@Entity('message_automation_rule')
export class MessageAutomationRule {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'boolean', default: true })
  enabled: boolean;

  @Column({ type: 'jsonb' })
  trigger: Record<string, unknown>;

  @Column({ type: 'jsonb', nullable: true })
  conditions: Record<string, unknown> | null;

  @Column({ type: 'jsonb' })
  steps: Record<string, unknown>;

  @Column({ type: 'integer', default: 1 })
  version: number;

  /** By which events it is found; null where a clock sets it off. */
  @Column({ type: 'text', nullable: true })
  eventType: string | null;

  @Column({ type: 'jsonb', nullable: true })
  exitWhen: Record<string, unknown> | null;

  @Column({ type: 'text', default: 'always' })
  reentry: string;

  @Column({ type: 'integer', default: 20 })
  mostPerHour: number;

  /** Those that its steps send on. */
  @Column({ type: 'text', array: true, default: [] })
  channelTypes: string[];

  /** When a clock sets it off next. */
  @Column({ type: 'timestamptz', nullable: true })
  nextAt: Date | null;

  /** Up to when its contacts were looked at; where a look is under way: to when, and which contact it came to. */
  @Column({ type: 'timestamptz', nullable: true })
  lookedAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  lookingTo: Date | null;

  @Column({ type: 'uuid', nullable: true })
  lookedContact: string | null;

  /** With which its calls are signed, sealed. */
  @Column({ type: 'text', nullable: true })
  signingSecret: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  deletedAt: Date | null;
}

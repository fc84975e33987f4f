import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A rule at work for one contact, and how far it is. */
@Entity('automation_run')
export class AutomationRun {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid' })
  ruleId: string;

  @Column({ type: 'integer' })
  version: number;

  @Column({ type: 'uuid', nullable: true })
  contactId: string | null;

  @Column({ type: 'text' })
  causeKey: string;

  @Column({ type: 'uuid', nullable: true })
  onlyKey: string | null;

  @Column({ type: 'jsonb', default: {} })
  event: Record<string, unknown>;

  @Column({ type: 'text', default: 'RUNNING' })
  status: string;

  @Column({ type: 'text', nullable: true })
  reasonCode: string | null;

  @Column({ type: 'text', nullable: true })
  reasonDetail: string | null;

  @Column({ type: 'text', nullable: true })
  position: string | null;

  @Column({ type: 'integer', default: 0 })
  stepsDone: number;

  @Column({ type: 'timestamptz', nullable: true })
  dueAt: Date | null;

  @Column({ type: 'text', nullable: true })
  awaits: string | null;

  @Column({ type: 'uuid', nullable: true })
  heardEvent: string | null;

  @Column({ type: 'text', nullable: true })
  exitEvent: string | null;

  @Column({ type: 'integer', default: 1 })
  depth: number;

  @Column({ type: 'integer', default: 0 })
  tries: number;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  startedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  endedAt: Date | null;
}

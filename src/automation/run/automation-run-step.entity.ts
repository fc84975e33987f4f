import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What one step of a run came to: the trace. */
@Entity('automation_run_step')
export class AutomationRunStep {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  runId: string;

  @PrimaryColumn({ type: 'integer' })
  seq: number;

  @Column({ type: 'text' })
  path: string;

  @Column({ type: 'text' })
  type: string;

  @Column({ type: 'text' })
  outcome: string;

  @Column({ type: 'jsonb', default: {} })
  detail: Record<string, unknown>;

  @Column({ type: 'uuid', nullable: true })
  messageId: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  at: Date;
}

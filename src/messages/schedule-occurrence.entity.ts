import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What became of one time of a schedule. Written once, in the commit that acts on it. */
@Entity('schedule_occurrence')
export class ScheduleOccurrence {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  scheduleId: string;

  @PrimaryColumn({ type: 'timestamptz' })
  occurrenceAt: Date;

  /** FIRED, MISSED or FAILED. */
  @Column({ type: 'text' })
  outcome: string;

  /** Times that one MISSED row stands for, from `occurrenceAt` on. */
  @Column({ type: 'integer', default: 1 })
  times: number;

  @Column({ type: 'text', nullable: true })
  reasonCode: string | null;

  @Column({ type: 'text', nullable: true })
  reasonDetail: string | null;

  @Column({ type: 'uuid', nullable: true })
  messageId: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  at: Date;
}

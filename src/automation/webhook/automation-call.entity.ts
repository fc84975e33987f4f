import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A call to an address of the tenant that a step asked for. */
@Entity('automation_call')
export class AutomationCall {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid' })
  runId: string;

  @Column({ type: 'integer' })
  seq: number;

  @Column({ type: 'text' })
  url: string;

  @Column({ type: 'text' })
  body: string;

  @Column({ type: 'text', default: 'PENDING' })
  status: string;

  @Column({ type: 'integer', default: 0 })
  tries: number;

  @Column({ type: 'timestamptz', nullable: true, default: () => 'clock_timestamp()' })
  dueAt: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}

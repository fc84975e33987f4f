import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A quarter of an hour in which something changed since it was counted. Triggers write it (migration 1780000022000). */
@Entity('analytics_due')
export class AnalyticsDue {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'timestamptz' })
  at: Date;

  @PrimaryColumn({ type: 'bigint', generated: 'identity' })
  id: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  markedAt: Date;
}

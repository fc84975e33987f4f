import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far the roll-ups of a tenant are. */
@Entity('analytics_state')
export class AnalyticsState {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  /** The zone whose days communication_analytics has. */
  @Column({ type: 'text' })
  timezone: string;

  /** When it is the tenant's turn again. */
  @Column({ type: 'timestamptz' })
  nextAt: Date;
}

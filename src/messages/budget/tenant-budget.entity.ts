import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a tenant wants to spend in a month at most. */
@Entity('tenant_budget')
export class TenantBudget {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @Column({ type: 'numeric' })
  amount: string;

  @Column({ type: 'text' })
  currency: string;

  @Column({ type: 'integer', array: true })
  thresholds: number[];

  @Column({ type: 'boolean' })
  hold: boolean;

  @Column({ type: 'text', array: true })
  exemptLanes: string[];

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}

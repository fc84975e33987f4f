import { Column, Entity, PrimaryColumn } from 'typeorm';

/** That a share of the budget was used up, once a month. */
@Entity('budget_alert')
export class BudgetAlert {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'date' })
  month: string;

  @PrimaryColumn({ type: 'integer' })
  threshold: number;

  @Column({ type: 'numeric' })
  spent: string;

  @Column({ type: 'numeric' })
  amount: string;

  @Column({ type: 'text' })
  currency: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  at: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a tenant spent in a month, in entries that are only ever added up: book_cost() of the database writes them. */
@Entity('tenant_spend')
export class TenantSpend {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'date' })
  month: string;

  @PrimaryColumn({ type: 'text' })
  currency: string;

  @PrimaryColumn({ type: 'bigint', generated: 'identity' })
  id: string;

  @Column({ type: 'numeric' })
  amount: string;
}

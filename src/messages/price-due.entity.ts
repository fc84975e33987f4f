import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A message whose price is still to be asked for. */
@Entity('price_due')
export class PriceDue {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  messageId: string;

  @Column({ type: 'smallint', default: 0 })
  attempts: number;

  @Column({ type: 'timestamptz' })
  dueAt: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Figures of one channel and day. */
@Entity('communication_analytics')
export class CommunicationAnalytics {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'date' })
  day: string;

  @PrimaryColumn({ type: 'uuid' })
  channelId: string;

  @Column({ type: 'bigint', default: 0 })
  sent: string;

  @Column({ type: 'bigint', default: 0 })
  delivered: string;

  @Column({ type: 'bigint', default: 0 })
  read: string;

  @Column({ type: 'bigint', default: 0 })
  failed: string;

  @Column({ type: 'bigint', default: 0 })
  opened: string;

  @Column({ type: 'bigint', default: 0 })
  clicked: string;

  @Column({ type: 'bigint', default: 0 })
  replied: string;

  @Column({ type: 'bigint', default: 0 })
  unsubscribed: string;

  @Column({ type: 'bigint', default: 0 })
  complained: string;

  @Column({ type: 'numeric', default: 0 })
  costAmount: string;

  @PrimaryColumn({ type: 'text', default: 'USD' })
  costCurrency: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}

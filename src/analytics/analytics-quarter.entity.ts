import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Figures } from './figures.entity';

/** Figures of a quarter of an hour, of which the days of every zone are made. */
@Entity('analytics_quarter')
export class AnalyticsQuarter extends Figures {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'timestamptz' })
  at: Date;

  @PrimaryColumn({ type: 'integer' })
  line: number;

  @Column({ type: 'uuid', nullable: true })
  channelId: string | null;

  @Column({ type: 'text' })
  channelType: string;

  @Column({ type: 'text', nullable: true })
  providerType: string | null;

  @Column({ type: 'uuid', nullable: true })
  templateId: string | null;

  @Column({ type: 'uuid', nullable: true })
  campaignId: string | null;
}

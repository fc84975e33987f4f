import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Figures } from './figures.entity';

/** Figures of a day of the tenant's zone, by channel, template, campaign and currency. The place of a line in its day says nothing. */
@Entity('communication_analytics')
export class CommunicationAnalytics extends Figures {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'date' })
  day: string;

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

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}

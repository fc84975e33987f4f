import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Figures } from './figures.entity';

/** Figures of a quarter or of an hour with nothing kept apart but what a caller may be held to: for days of any zone. */
@Entity('analytics_total')
export class AnalyticsTotal extends Figures {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'smallint' })
  minutes: number;

  @PrimaryColumn({ type: 'timestamptz' })
  at: Date;

  @PrimaryColumn({ type: 'integer' })
  line: number;

  @Column({ type: 'text' })
  channelType: string;
}

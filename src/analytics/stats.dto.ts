import { IsIn, IsOptional } from 'class-validator';
import { IsIanaZone, IsRfc3339 } from '../platform/http/fields';

/** By what figures may be broken down. */
export const GROUPINGS = ['day', 'channel', 'channelType', 'provider', 'template', 'campaign'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export class StatsQuery {
  /**
   * Begin of the period; 30 days before `to` when left out. A period that begins and ends on a quarter of an hour is answered
   * from roll-ups alone, however long it is.
   */
  @IsOptional()
  @IsRfc3339()
  from?: string;

  /** End of the period, itself excluded; now when left out. */
  @IsOptional()
  @IsRfc3339()
  to?: string;

  /** What a row of the answer stands for; day when left out. */
  @IsOptional()
  @IsIn(GROUPINGS)
  groupBy?: Grouping;

  /** Time zone whose days count with groupBy=day; the zone of the tenant when left out. */
  @IsOptional()
  @IsIanaZone()
  timezone?: string;
}

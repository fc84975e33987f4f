import { Injectable } from '@nestjs/common';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import type { StatsResponse } from './stats-response.dto';
import type { StatsQuery } from './stats.dto';
import { readStats } from './stats.queries';
import { statsRows, statsTotal } from './stats.view';

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
const MOST_DAYS = 92;
/** 92 days of summer that end in winter have an hour more. */
const CLOCK_CHANGE_MS = 3_600_000;

@Injectable()
export class StatsService {
  constructor(private readonly db: TenantDb) {}

  /** Counts at the moment of asking. Throws Problem 422 for a period that is empty or longer than 92 days. */
  async read({ tenantId }: Caller, query: StatsQuery): Promise<StatsResponse> {
    const { groupBy = 'day', timezone = 'UTC' } = query;
    const period = periodOf(query);
    const parts = await this.db.run(tenantId, (tx) => readStats(tx, groupBy, { ...period, timezone }));
    return {
      from: period.from.toISOString(),
      to: period.to.toISOString(),
      timezone,
      groupBy,
      data: statsRows(parts, groupBy === 'day'),
      total: statsTotal(parts),
    };
  }
}

function periodOf(query: StatsQuery): { from: Date; to: Date } {
  const to = query.to === undefined ? new Date() : new Date(query.to);
  const from = query.from === undefined ? new Date(to.getTime() - USUAL_DAYS * DAY_MS) : new Date(query.from);
  if (from >= to) throw Problem.invalidField('/query/from', 'must be earlier than to');
  if (to.getTime() - from.getTime() > MOST_DAYS * DAY_MS + CLOCK_CHANGE_MS)
    throw Problem.invalidField('/query/to', `must be at most ${MOST_DAYS} days after from`);
  return { from, to };
}

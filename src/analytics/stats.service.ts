import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import { endOf, spansOf, type Span } from './count-messages.queries';
import { QUARTER_MS } from './figures';
import { zonesOf, type Zones } from './roll-up.queries';
import { floor, piecesOf, type Pieces } from './stats-pieces';
import type { StatsResponse } from './stats-response.dto';
import type { Grouping, StatsQuery } from './stats.dto';
import { hoursSplitByDays, isTooMuch, readDirty, readStats } from './stats.queries';
import { statsRows, statsTotal } from './stats.view';

const USUAL_MS = 30 * 86_400_000;
/** So many messages are counted while somebody waits; beyond that what was rolled up seconds ago has to do. */
const COUNTED_AT_MOST = 5_000;

interface Wanted {
  period: Span;
  groupBy: Grouping;
  timezone: string;
  zones: Zones;
}

@Injectable()
export class StatsService {
  constructor(private readonly db: TenantDb) {}

  /** Figures of a period of any length. Throws Problem 422 for an empty one. */
  read({ tenantId }: Caller, query: StatsQuery): Promise<StatsResponse> {
    const { groupBy = 'day' } = query;
    const now = new Date();
    const period = periodOf(query, now);
    return this.db.run(tenantId, async (tx) => {
      const zones = await zonesOf(tx);
      const timezone = query.timezone ?? zones.timezone;
      const { pieces, asOf } = await this.pieces(tx, { period, groupBy, timezone, zones });
      const parts = await readStats(tx, groupBy, timezone, pieces);
      return {
        from: period.from.toISOString(),
        to: (query.to === undefined ? now : period.to).toISOString(),
        timezone,
        groupBy,
        asOf: (asOf ?? now).toISOString(),
        data: statsRows(parts, groupBy === 'day'),
        total: statsTotal(parts),
      };
    });
  }

  private async pieces(tx: Tx, wanted: Wanted): Promise<{ pieces: Pieces; asOf: Date | null }> {
    const { period, groupBy, timezone, zones } = wanted;
    const { dirty, since } = await readDirty(tx, period);
    const isBehind = dirty.length > 0 && (await isTooMuch(tx, spansOf(dirty, 0), COUNTED_AT_MOST));
    const isOwnZone = groupBy !== 'day' || timezone === zones.rolledIn;
    const splitHours = isOwnZone ? null : await hoursSplitByDays(tx, timezone, period);
    const dayZone = isOwnZone ? zones.rolledIn : null;
    const pieces = piecesOf({ period, dayZone, splitHours, dirty: isBehind ? [] : dirty });
    return { pieces, asOf: isBehind ? since : null };
  }
}

/** What is left out is taken so that only whole quarters are asked for: that of now has no end yet. */
function periodOf(query: StatsQuery, now: Date): Span {
  const to = query.to === undefined ? endOf(floor(now, QUARTER_MS)) : new Date(query.to);
  const from = query.from === undefined ? floor(new Date(to.getTime() - USUAL_MS), QUARTER_MS) : new Date(query.from);
  if (from >= to) throw Problem.invalidField('/query/from', 'must be earlier than to');
  return { from, to };
}

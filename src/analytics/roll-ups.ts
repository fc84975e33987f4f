import { Injectable } from '@nestjs/common';
import { TenantDb } from '../platform/db/tenant-db';
import { WorkerDb } from '../platform/db/worker-db';
import { log } from '../platform/log';
import { Loop } from '../platform/work/loop';
import { WorkLoops } from '../platform/work/work-loops';
import {
  addUpDays,
  addUpTotals,
  countQuarters,
  noteTurn,
  takeDueQuarters,
  takeTurn,
  tenantsDue,
  zonesOf,
} from './roll-up.queries';

const LOOK_MS = 1_000;
const TENANTS_AT_ONCE = 50;
/** A day: what is done in one transaction. */
const QUARTERS_AT_ONCE = 96;
/** A tenant whose figures take long to count is counted less often: this many times what it took stands between two counts. */
const PAUSE = 9;
const SHORTEST_PAUSE_MS = 1_000;

/**
 * Keeps the figures by quarter of an hour, hour and day (docs/adr/0014). A quarter in which something changed is counted again
 * as a whole, so that late, repeated and shuffled events correct it, and counting it once more changes nothing.
 */
@Injectable()
export class RollUps {
  constructor(
    private readonly worker: WorkerDb,
    private readonly db: TenantDb,
    loops: WorkLoops,
  ) {
    loops.add(new Loop('roll-ups', () => this.look(), LOOK_MS));
  }

  /** Counts what is due of some tenants. Answers how many quarters that were. */
  async look(): Promise<number> {
    let counted = 0;
    for (const tenantId of await tenantsDue(this.worker.sql, TENANTS_AT_ONCE)) {
      try {
        counted += await this.rollUp(tenantId);
      } catch (error) {
        log.warn({ err: error, tenantId }, 'figures were not counted and are due again');
      }
    }
    return counted;
  }

  /** Counts the latest quarters of a tenant that are due, a day at most. Answers how many they were. */
  rollUp(tenantId: string): Promise<number> {
    return this.db.run(tenantId, async (tx) => {
      if (!(await takeTurn(tx))) return 0;
      const begun = performance.now();
      const quarters = await takeDueQuarters(tx, QUARTERS_AT_ONCE);
      const zones = await zonesOf(tx);
      if (quarters.length) {
        await countQuarters(tx, quarters);
        await addUpTotals(tx, quarters);
      }
      await addUpDays(tx, quarters, zones);
      const isMore = quarters.length === QUARTERS_AT_ONCE;
      const pauseMs = isMore ? 0 : Math.max(SHORTEST_PAUSE_MS, PAUSE * (performance.now() - begun));
      await noteTurn(tx, zones.timezone, pauseMs);
      return quarters.length;
    });
  }
}

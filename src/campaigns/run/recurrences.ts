import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import { WorkerDb } from '../../platform/db/worker-db';
import { Clock, reportOccurrence, runParts, type TimedThings } from '../../platform/time/clock';
import { decideDue } from '../../platform/time/due';
import { nextOccurrences, type Recurring } from '../../platform/time/occurrences';
import {
  advance,
  insertRun,
  listDueRecurring,
  listRecurring,
  takeRecurring,
  type RecurringCampaign,
} from './recurrences.queries';

/** Later than this after its time, a run is missed. */
export const GRACE_SECONDS = 3_600;
const MOST_AT_ONCE = 100;

/** Makes a bulk send of each time of a recurring one. */
@Injectable()
export class Recurrences implements TimedThings, OnModuleInit {
  readonly kind = 'bulk sends';

  constructor(
    private readonly clock: Clock,
    private readonly db: TenantDb,
    private readonly worker: WorkerDb,
  ) {}

  onModuleInit(): void {
    this.clock.register(this);
  }

  async runDue(): Promise<number> {
    const due = await listDueRecurring(this.worker.sql, MOST_AT_ONCE);
    return runParts(
      due.map(({ tenantId, id }) => ({ tenantId, ids: [id] })),
      ({ tenantId, ids: [id = ''] }) => this.fire(tenantId, id),
    );
  }

  /** The run, its place in the row of times and the step to the next are one commit, so that no time has two runs or none. */
  private async fire(tenantId: string, id: string): Promise<number> {
    const fired = await this.db.run(tenantId, async (tx) => {
      const due = await takeRecurring(tx, id);
      if (!due) return undefined;
      const { run, missed } = decideDue(ruleOf(due), {
        dueAt: due.scheduledAt,
        now: due.now,
        graceSeconds: GRACE_SECONDS,
      });
      const isNew = run !== undefined && (await insertRun(tx, { id: uuidv7(), parentId: id, at: run }));
      const [next] = nextOccurrences(ruleOf(due), later(due.now, due.scheduledAt), 1);
      await advance(tx, id, { next, reason: missed && missedReason(missed) });
      return { isNew, missed };
    });
    const thing = { tenantId, id };
    if (fired?.isNew) reportOccurrence(this.kind, thing, 'FIRED');
    if (fired?.missed) reportOccurrence(this.kind, thing, 'MISSED', fired.missed.times);
    return fired ? 1 : 0;
  }

  async followZones(): Promise<number> {
    let moved = 0;
    for (const { tenantId, ...campaign } of await listRecurring(this.worker.sql)) {
      const [next] = nextOccurrences(ruleOf(campaign), campaign.now, 1);
      if (!next || next.getTime() === campaign.scheduledAt.getTime()) continue;
      await this.db.run(tenantId, (tx) => advance(tx, campaign.id, { next, reason: undefined }));
      moved++;
    }
    return moved;
  }
}

/** The times that a recurring bulk send has next. */
export function nextTimesOf(campaign: Omit<RecurringCampaign, 'id'>, count: number): Date[] {
  const from = campaign.scheduledAt.getTime() - 1;
  return nextOccurrences(ruleOf(campaign), new Date(Math.max(from, campaign.now.getTime())), count);
}

function ruleOf({ firstLocalAt, timezone, recurrence }: Omit<RecurringCampaign, 'id'>): Recurring {
  return { start: firstLocalAt, timezone, recurrence };
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}

function missedReason({ from, times }: { from: Date; times: number }): { code: string; detail: string } {
  const more = times > 1 ? ` and ${times - 1} after it` : '';
  return {
    code: 'missed',
    detail: `Nobody could start the run of ${from.toISOString()}${more} in time; they were left out.`,
  };
}

import { Injectable } from '@nestjs/common';
import { Config } from '../config';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { WorkerDb } from '../platform/db/worker-db';
import { Problem } from '../platform/http/problem';
import { log } from '../platform/log';
import { Loop } from '../platform/work/loop';
import { Wake } from '../platform/work/wake';
import { WorkLoops } from '../platform/work/work-loops';
import { EventConsumers, type TenantEvent } from './event-consumers';
import {
  dueEvent,
  dueEvents,
  holdStream,
  markFailed,
  markHandled,
  pruneEvents,
  tenantsWithEvents,
} from './fan-out.queries';

const TOGETHER = 200;
const TENANTS_AT_ONCE = 4;
/** The first try, and three more. */
const MOST_TRIES = 4;
const PRUNE_MS = 60_000;
const PRUNED_AT_ONCE = 5_000;

/** Hands what happened to everybody who acts on it. Any number of processes may run one; a tenant's stream is with one at a time. */
@Injectable()
export class FanOut {
  /** Rung by whoever told something in this process. */
  readonly wake = new Wake();

  constructor(
    private readonly db: TenantDb,
    private readonly worker: WorkerDb,
    private readonly consumers: EventConsumers,
    config: Config,
    loops: WorkLoops,
  ) {
    loops.add(
      new Loop('events', () => this.handOut(), config.WORKER_POLL_MS, this.wake),
      new Loop('old events', () => pruneEvents(worker.sql, config.EVENT_RETENTION_DAYS, PRUNED_AT_ONCE), PRUNE_MS),
    );
  }

  /** One look at every tenant with something due; answers how many events were done. */
  async handOut(): Promise<number> {
    const tenants = await tenantsWithEvents(this.worker.sql);
    let done = 0;
    const lane = async (): Promise<void> => {
      for (let next = tenants.shift(); next; next = tenants.shift()) {
        const handled = await this.handOutTenant(next.tenantId);
        done += handled;
      }
    };
    await Promise.all(Array.from({ length: TENANTS_AT_ONCE }, lane));
    return done;
  }

  private async handOutTenant(tenantId: string): Promise<number> {
    let taken: TenantEvent[] = [];
    try {
      await this.db.run(tenantId, async (tx) => {
        if (!(await holdStream(tx))) return;
        taken = await dueEvents(tx, TOGETHER);
        await this.take(tx, taken);
      });
    } catch (error) {
      if (!taken.length) throw error;
      for (const { id } of taken) await this.handOutAlone(tenantId, id);
    }
    return taken.length;
  }

  /** So that one that cannot be done does not keep back those that were told with it. */
  private async handOutAlone(tenantId: string, id: string): Promise<void> {
    try {
      await this.db.run(tenantId, async (tx) => {
        if (!(await holdStream(tx))) return;
        const event = await dueEvent(tx, id);
        if (event) await this.take(tx, [event]);
      });
    } catch (error) {
      const isLast = await this.db.run(tenantId, (tx) => markFailed(tx, id, reasonOf(error), MOST_TRIES));
      log.warn({ err: error, tenantId, eventId: id, isLast }, 'an event could not be handed out');
    }
  }

  private async take(tx: Tx, events: readonly TenantEvent[]): Promise<void> {
    if (!events.length) return;
    for (const consumer of this.consumers.all) await consumer.take(tx, events);
    await markHandled(
      tx,
      events.map(({ id }) => id),
    );
  }
}

/** What the tenant is told: a refusal in its own words; what went wrong with us stands in our log. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Problem)) return 'internal_error';
  return [error.code, ...error.errors.map(({ pointer, message }) => `${pointer} ${message}`)].join(': ');
}

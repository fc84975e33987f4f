import { Injectable } from '@nestjs/common';
import { Config } from '../config';
import { WorkerDb } from '../platform/db/worker-db';
import { log } from '../platform/log';
import { Loop } from '../platform/work/loop';
import { Wake } from '../platform/work/wake';
import { WorkLoops } from '../platform/work/work-loops';
import {
  claimDeliveries,
  endStrayDeliveries,
  forgetOldDeliveries,
  listQueues,
  MOST_QUEUES,
  RING_START,
  type ClaimedDelivery,
} from './claim.queries';
import { DeliveryAttempt } from './delivery-attempt';
import { freePlaces, type OpenCall } from './places';

const TIDY_MS = 60_000;
const FORGOTTEN_AT_ONCE = 5_000;

/** How long calls under way are waited for at the end; then they are broken off, and made again by another worker. */
const GRACE_MS = 5_000;

/** Tells endpoints what they are to be told, each from a queue of its own. */
@Injectable()
export class DeliveriesWorker {
  /** Rung when something new is to be told. */
  readonly wake = new Wake();
  private readonly underWay = new Map<OpenCall, Promise<void>>();
  private readonly stopping = new AbortController();
  private ring = RING_START;

  constructor(
    private readonly worker: WorkerDb,
    private readonly attempt: DeliveryAttempt,
    private readonly config: Config,
    loops: WorkLoops,
  ) {
    loops.add(
      new DeliveryLoop(this, config.WORKER_POLL_MS),
      new Loop('old webhook deliveries', () => this.tidy(), TIDY_MS),
    );
  }

  /** Begins what is due and has a place. Answers how much that was. */
  async beginDue(): Promise<number> {
    const places = freePlaces(this.underWay.keys(), performance.now());
    if (!places.healthy && !places.failing) return 0;
    const queues = await listQueues(this.worker.sql, this.ring);
    const last = queues.at(-1);
    this.ring = queues.length === MOST_QUEUES && last ? last : RING_START;
    const due = queues.filter((queue) => queue.due);
    if (!due.length) return 0;
    const claimed = await claimDeliveries(this.worker.sql, due, places);
    for (const delivery of claimed) this.begin(delivery);
    return claimed.length;
  }

  /** Waits for what is under way, and after a while breaks it off. */
  async end(): Promise<void> {
    const timer = setTimeout(() => this.stopping.abort(), GRACE_MS);
    await Promise.all(this.underWay.values());
    clearTimeout(timer);
  }

  private begin(delivery: ClaimedDelivery): void {
    const call: OpenCall = { failing: delivery.failing, begunAt: performance.now() };
    const work = this.attempt
      .make(delivery, this.stopping.signal)
      .catch((error: unknown) => {
        // Its lease brings it back.
        log.warn({ err: error, tenantId: delivery.tenantId, deliveryId: delivery.id }, 'webhook delivery stumbled');
      })
      .finally(() => {
        this.underWay.delete(call);
        this.wake.now();
      });
    this.underWay.set(call, work);
  }

  private async tidy(): Promise<number> {
    await endStrayDeliveries(this.worker.sql);
    return forgetOldDeliveries(this.worker.sql, this.config.WEBHOOK_DELIVERY_DAYS, FORGOTTEN_AT_ONCE);
  }
}

/** Its end is that of the calls it began. */
class DeliveryLoop extends Loop {
  constructor(
    private readonly deliveries: DeliveriesWorker,
    idleMs: number,
  ) {
    super('webhook deliveries', () => deliveries.beginDue(), idleMs, deliveries.wake);
  }

  override async stop(): Promise<void> {
    await super.stop();
    await this.deliveries.end();
  }
}

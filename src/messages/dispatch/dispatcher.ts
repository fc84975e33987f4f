import { Injectable } from '@nestjs/common';
import { Config } from '../../config';
import { log } from '../../platform/log';
import { Failpoint } from '../../platform/work/failpoint';
import { Slots } from '../../platform/work/slots';
import { Wake } from '../../platform/work/wake';
import {
  claimMessages,
  listQueues,
  MOST_QUEUES,
  releaseMessages,
  RING_START,
  type ClaimedMessage,
  type Queue,
} from './claim.queries';
import { DispatchLedger } from './dispatch-ledger';
import { FilesNotThere } from './outbound-files';
import { priceCategory, PriceTable } from './price-table';
import { LANE_NAMES, type Lane } from './retry-policy';
import { replyWindowOf } from '../reply-window';
import { Sender } from './sender';
import { settlementOf, settlementOfRefusal } from './settlement';
import { WorkerIdentity } from './worker-identity';
import { WorkerDb } from '../../platform/db/worker-db';

/** How much of what a worker holds each lane may fill: room is always left for the more urgent ones. */
const ROOM: Readonly<Record<Lane, number>> = { otp: 1, transactional: 0.9, bulk: 0.75 };

/** Messages held for each provider call in flight: enough that calls never wait for a claim. */
const HELD_PER_SLOT = 3;

/** Messages held for each provider call in flight at which more are claimed: every lane then has room for a good claim. */
const LOW_WATER = 1.25;

interface Held {
  message: ClaimedMessage;
  /** Monotonic, so a stopped or adjusted clock cannot make a stale claim look young. */
  claimedAt: number;
  dispatched: boolean;
}

/** Claim, gate and intent, call, settle: the attempt protocol of docs/request-path.md, many messages at a time. */
@Injectable()
export class Dispatcher {
  readonly wake = new Wake();
  private readonly slots: Slots;
  private readonly held = new Map<string, Held>();
  private readonly cursors = new Map<Lane, Queue>();
  private stopping = false;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly db: WorkerDb,
    private readonly ledger: DispatchLedger,
    private readonly sender: Sender,
    private readonly worker: WorkerIdentity,
    private readonly failpoint: Failpoint,
    private readonly prices: PriceTable,
    private readonly config: Config,
  ) {
    this.slots = new Slots(config.WORKER_CONCURRENCY, LANE_NAMES.length);
  }

  start(): void {
    this.loop = this.run();
  }

  /** Stops claiming at once, gives back what was not dispatched, and waits `graceMs` for the calls in flight. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    this.wake.now();
    await this.loop;
    await this.giveBack();
    const deadline = performance.now() + graceMs;
    while (this.held.size && performance.now() < deadline) await new Promise((r) => setTimeout(r, 20));
    await this.ledger.drained();
  }

  private async run(): Promise<void> {
    let backoffMs = 100;
    while (!this.stopping) {
      try {
        const claimed = await this.claimRound();
        backoffMs = 100;
        if (!claimed) await this.wake.wait(this.config.WORKER_POLL_MS);
      } catch (error) {
        log.warn({ err: error, backoffMs }, 'claiming failed');
        await this.wake.wait(backoffMs);
        backoffMs = Math.min(backoffMs * 2, 5_000);
      }
    }
  }

  /** One claim for each lane that has room and work, the urgent lanes first. Answers how many messages were taken. */
  private async claimRound(): Promise<number> {
    const roomy = LANE_NAMES.filter((lane) => this.room(lane) > 0);
    if (!roomy.length) return 0;
    const places = roomy.map((lane) => ({ lane, after: this.cursors.get(lane) ?? RING_START }));
    const queues = await listQueues(this.db.sql, places);
    let claimed = 0;
    for (const lane of roomy) claimed += await this.claimLane(lane, queues.get(lane) ?? []);
    return claimed;
  }

  private async claimLane(lane: Lane, queues: readonly Queue[]): Promise<number> {
    this.cursors.set(lane, (queues.length === MOST_QUEUES ? queues.at(-1) : undefined) ?? RING_START);
    const limit = this.room(lane);
    if (!queues.length || limit === 0) return 0;
    const claimedAt = performance.now();
    const worker = { id: this.worker.id, leaseSeconds: this.config.LEASE_SECONDS };
    const messages = await claimMessages(this.db.sql, worker, { lane, limit, queues });
    if (messages.length) this.failpoint.reach('after_claim');
    for (const message of messages) void this.process({ message, claimedAt, dispatched: false });
    return messages.length;
  }

  /** How many more messages of a lane may be held; 0 while it is too few to be worth a claim. */
  private room(lane: Lane): number {
    const limit = Math.floor(this.slots.total * HELD_PER_SLOT * ROOM[lane]) - this.held.size;
    return limit >= this.slots.total || this.held.size === 0 ? Math.max(1, limit) : 0;
  }

  private async process(held: Held): Promise<void> {
    const { message } = held;
    this.held.set(message.id, held);
    await this.slots.acquire(LANE_NAMES.indexOf(message.lane));
    if (this.stopping) return; // still held, so that stop() gives it back
    try {
      if (this.isStale(held)) return; // taken over by the reaper
      await this.attempt(held);
    } catch (error) {
      // Whatever the database did not confirm is left to the lease: the reaper decides by what is stored.
      log.warn({ err: error, tenantId: message.tenantId, messageId: message.id }, 'attempt abandoned');
    } finally {
      this.held.delete(message.id);
      this.slots.release();
      if (this.held.size <= this.slots.total * LOW_WATER) this.wake.now();
    }
  }

  private async attempt(held: Held): Promise<void> {
    const { message } = held;
    const open = await this.sender.channelOf(message);
    if (!open) return this.ledger.settle(settlementOfRefusal(message, { verdict: 'CHANNEL_INACTIVE' }));
    const outbound = await this.sender.prepare(message, open).catch(notThere);
    if ('verdict' in outbound) return this.ledger.settle(settlementOfRefusal(message, outbound));
    held.dispatched = true;
    const { channelType } = open.account;
    const judged = await this.ledger.dispatch({ ...message, channelType, windowMs: replyWindowOf(outbound, open) });
    if (judged.verdict === 'LOST') return;
    if (judged.verdict !== 'GO')
      return this.ledger.settle(settlementOfRefusal(message, { ...judged, verdict: judged.verdict }));
    this.failpoint.reach('after_intent');
    if (this.isStale(held)) return; // frozen between intent and call: the message is somebody else's by now
    const result = await this.sender.call(outbound, open);
    this.failpoint.reach('after_call');
    const { echoWindowMs } = open.provider.channels[open.account.channelType] ?? { echoWindowMs: 0 };
    const category = priceCategory(open.account, outbound.content);
    const unitPrice = this.prices.priceOf(open.provider.type, open.account, message.to, category);
    await this.ledger.settle(settlementOf(message, result, { echoWindowMs, unitPrice }));
    this.failpoint.reach('after_settle');
  }

  /** Half of the lease is gone: a call begun now might outlive it. */
  private isStale({ claimedAt }: Held): boolean {
    return performance.now() - claimedAt > this.config.LEASE_SECONDS * 500;
  }

  private async giveBack(): Promise<void> {
    const idle = [...this.held.values()].filter(({ dispatched }) => !dispatched).map(({ message }) => message);
    if (!idle.length) return;
    await releaseMessages(this.db.sql, idle).catch((error: unknown) => log.warn({ err: error }, 'release failed'));
    for (const { id } of idle) this.held.delete(id);
  }
}

/** Files that are not there are a fate of the message; whatever else happens is not. */
function notThere(error: unknown): FilesNotThere {
  if (error instanceof FilesNotThere) return error;
  throw error;
}

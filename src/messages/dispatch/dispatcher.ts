import { Injectable } from '@nestjs/common';
import { Config } from '../../config';
import { WorkerDb } from '../../platform/db/worker-db';
import { log } from '../../platform/log';
import { Failpoint } from '../../platform/work/failpoint';
import { Slots } from '../../platform/work/slots';
import { Wake } from '../../platform/work/wake';
import { BatchAttempt, type SharedCall } from './batch-attempt';
import {
  claimMessages,
  listQueues,
  MOST_QUEUES,
  releaseMessages,
  RING_START,
  type FoundQueue,
  type Queue,
} from './claim.queries';
import { DispatchLedger } from './dispatch-ledger';
import { isStale, type Held } from './held';
import { ParcelQueues } from './parcel-queues';
import { LANE_NAMES, type Lane } from './retry-policy';
import { Room } from './room';
import { SingleAttempt } from './single-attempt';
import { WorkerIdentity } from './worker-identity';

/** Claim, and then the attempt protocol of docs/request-path.md, many messages at a time. */
@Injectable()
export class Dispatcher {
  readonly wake = new Wake();
  private readonly room: Room;
  private readonly slots: Slots;
  private readonly sharedSlots: Slots;
  private readonly parcelQueues: ParcelQueues;
  private readonly held = new Map<string, Held>();
  private readonly cursors = new Map<Lane, Queue>();
  private stopping = false;
  private loop: Promise<void> | undefined;
  private parcelRound: Promise<void> | undefined;

  constructor(
    private readonly db: WorkerDb,
    private readonly ledger: DispatchLedger,
    private readonly single: SingleAttempt,
    private readonly batch: BatchAttempt,
    private readonly worker: WorkerIdentity,
    private readonly failpoint: Failpoint,
    private readonly config: Config,
  ) {
    this.room = new Room(config.WORKER_CONCURRENCY);
    this.slots = new Slots(config.WORKER_CONCURRENCY, LANE_NAMES.length);
    this.sharedSlots = new Slots(this.room.sharedCalls, 1);
    this.parcelQueues = new ParcelQueues(config.WORKER_BATCH_SIZE);
  }

  start(): void {
    this.loop = this.run();
  }

  /** Stops claiming at once, gives back what was not dispatched, and waits `graceMs` for the calls in flight. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    this.wake.now();
    await this.loop;
    await this.parcelRound;
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
    const roomy = LANE_NAMES.filter((lane) => this.room.of(lane) > 0 || (lane === 'bulk' && this.mayClaimParcels));
    if (!roomy.length) return 0;
    const places = roomy.map((lane) => ({ lane, after: this.cursors.get(lane) ?? RING_START }));
    const queues = await listQueues(this.db.sql, places);
    let claimed = 0;
    for (const lane of roomy) claimed += await this.claimLane(lane, queues.get(lane) ?? []);
    return claimed;
  }

  private async claimLane(lane: Lane, queues: readonly FoundQueue[]): Promise<number> {
    this.cursors.set(lane, (queues.length === MOST_QUEUES ? queues.at(-1) : undefined) ?? RING_START);
    const inParcels = lane === 'bulk' ? queues.filter((queue) => this.parcelQueues.takes(queue)) : [];
    if (inParcels.length) this.claimParcels(inParcels);
    const oneByOne = queues.filter((queue) => !inParcels.includes(queue));
    const limit = this.room.of(lane);
    if (!oneByOne.length || limit === 0) return 0;
    const held = await this.claim(lane, limit, oneByOne);
    for (const each of held) void this.process(each);
    return held.length;
  }

  private async claim(lane: Lane, limit: number, queues: readonly Queue[]): Promise<Held[]> {
    const claimedAt = performance.now();
    const worker = { id: this.worker.id, leaseSeconds: this.config.LEASE_SECONDS };
    const messages = await claimMessages(this.db.sql, worker, { lane, limit, queues });
    if (messages.length) this.failpoint.reach('after_claim');
    return messages.map((message) => {
      const held = { message, claimedAt, dispatched: false };
      this.held.set(message.id, held);
      return held;
    });
  }

  private get mayClaimParcels(): boolean {
    return this.room.hasPlaceForParcel && !this.parcelRound;
  }

  /** Beside the claims of single messages: the urgent lanes do not wait until some hundred rows have come over. */
  private claimParcels(queues: readonly FoundQueue[]): void {
    if (!this.mayClaimParcels) return;
    this.parcelRound = this.claimEachParcel(queues)
      .then((claimed) => claimed > 0 && this.wake.now())
      .catch((error: unknown) => log.warn({ err: error }, 'claiming for shared calls failed'))
      .then(() => void (this.parcelRound = undefined));
  }

  private async claimEachParcel(queues: readonly FoundQueue[]): Promise<number> {
    let claimed = 0;
    for (const queue of this.parcelQueues.inTurn(queues)) {
      if (this.stopping || !this.room.hasPlaceForParcel) break;
      this.parcelQueues.served(queue);
      const parcel = await this.claim('bulk', this.config.WORKER_BATCH_SIZE, [queue]);
      if (parcel.length) void this.processParcel(parcel, queue);
      claimed += parcel.length;
    }
    return claimed;
  }

  private async process(held: Held): Promise<void> {
    const { lane } = held.message;
    this.room.take(lane);
    await this.slots.acquire(LANE_NAMES.indexOf(lane));
    if (this.stopping) return; // still held, so that stop() gives it back
    try {
      if (isStale(held, this.config.LEASE_SECONDS)) return; // taken over by the reaper
      await this.single.make(held);
    } catch (error) {
      this.abandoned(error, held);
    } finally {
      this.held.delete(held.message.id);
      this.slots.release();
      if (this.room.leave(lane)) this.wake.now();
    }
  }

  /** Messages of one channel that were claimed to share calls; those that fit nobody go alone, like any other. */
  private async processParcel(parcel: readonly Held[], queue: Queue): Promise<void> {
    this.room.takeParcel();
    try {
      const { calls, alone } = await this.batch.arrange(parcel);
      this.parcelQueues.learn(queue, { messages: parcel.length, calls: calls.length + alone.length });
      const leaving = new Set([...calls.flatMap(({ members }) => members.map(({ held }) => held)), ...alone]);
      for (const held of parcel) if (!leaving.has(held)) this.held.delete(held.message.id); // settled already
      for (const held of alone) void this.process(held);
      await Promise.all(calls.map((call) => this.processCall(call)));
    } catch (error) {
      for (const held of parcel) this.held.delete(held.message.id);
      this.abandoned(error, parcel[0]);
    } finally {
      this.room.leaveParcel();
      this.wake.now();
    }
  }

  /** One slot for all messages of the call, whatever their number. */
  private async processCall(call: SharedCall): Promise<void> {
    await this.sharedSlots.acquire(0);
    await this.slots.acquire(LANE_NAMES.indexOf('bulk'));
    if (this.stopping) return; // still held
    try {
      if (call.members.some(({ held }) => isStale(held, this.config.LEASE_SECONDS))) return;
      await this.batch.make(call);
    } catch (error) {
      this.abandoned(error, call.members[0]?.held);
    } finally {
      for (const { held } of call.members) this.held.delete(held.message.id);
      this.slots.release();
      this.sharedSlots.release();
    }
  }

  /** Whatever the database did not confirm is left to the lease: the reaper decides by what is stored. */
  private abandoned(error: unknown, held: Held | undefined): void {
    const { tenantId, id: messageId } = held?.message ?? {};
    log.warn({ err: error, tenantId, messageId }, 'attempt abandoned');
  }

  private async giveBack(): Promise<void> {
    const idle = [...this.held.values()].filter(({ dispatched }) => !dispatched).map(({ message }) => message);
    if (!idle.length) return;
    await releaseMessages(this.db.sql, idle).catch((error: unknown) => log.warn({ err: error }, 'release failed'));
    for (const { id } of idle) this.held.delete(id);
  }
}

import { Injectable } from '@nestjs/common';
import { Config } from '../../config';
import { log } from '../../platform/log';
import { messagesSettled } from '../../platform/metrics';
import { Batcher } from '../../platform/work/batcher';
import { Slots } from '../../platform/work/slots';
import { recordHealth } from './breaker.queries';
import { HealthNews, healthOf } from './channel-health';
import { dispatchMessages, type Judged, type Wanted } from './dispatch.queries';
import { settleMessages, type Settlement } from './settle.queries';
import { WorkerDb } from '../../platform/db/worker-db';
import { WorkerIdentity } from './worker-identity';

const BATCH = { maxSize: 200, inFlight: 2, worthSecond: 64 };

/** A result is kept in memory and written again for so long when the database is away; then it is in doubt. */
const SETTLE_PATIENCE_MS = 60_000;

/** Writes intents and results down, many in one commit. */
@Injectable()
export class DispatchLedger {
  private readonly intents: Batcher<Wanted, Judged>;
  private readonly results: Batcher<Settlement, void>;
  private readonly news = new HealthNews();
  private readonly oneCallAtATime = new Slots(1, 1);
  private readonly oneResultAtATime = new Slots(1, 1);

  constructor(
    private readonly db: WorkerDb,
    private readonly worker: WorkerIdentity,
    private readonly config: Config,
  ) {
    this.intents = new Batcher((messages) => dispatchMessages(db.sql, worker.id, messages), BATCH);
    this.results = new Batcher((settlements) => this.write(settlements), BATCH);
  }

  /** The gate's verdict; GO means that the intent to call is committed. */
  dispatch(message: Wanted): Promise<Judged> {
    return this.intents.add(message);
  }

  /** Resolves when the result is committed. Rejects when the database stayed away too long. */
  settle(settlement: Settlement): Promise<void> {
    return this.results.add(settlement);
  }

  /**
   * The gate's verdicts on all that are to share a call; the intent of those that may GO is committed, in one commit. One call
   * after the other: each takes a lock an address, and the room for locks is shared by all workers.
   */
  async dispatchCall(messages: readonly Wanted[]): Promise<Judged[]> {
    await this.oneCallAtATime.acquire(0);
    try {
      return await dispatchMessages(this.db.sql, this.worker.id, messages);
    } finally {
      this.oneCallAtATime.release();
    }
  }

  /**
   * As settle, for what came of one call: written in one commit, and one call for the breaker. One after the other as well, so
   * that the database is left to the urgent lanes; nobody waits for a shared call.
   */
  async settleCall(settlements: Settlement[]): Promise<void> {
    const giveUpAt = this.giveUpAt();
    await this.oneResultAtATime.acquire(0);
    try {
      await this.write(settlements, { calls: oneOfEachOutcome(settlements), giveUpAt });
    } finally {
      this.oneResultAtATime.release();
    }
  }

  /** Resolves when nothing is left to write. */
  async drained(): Promise<void> {
    await this.intents.drained();
    await this.results.drained();
  }

  /** @param calls what the breakers learn of: one settlement a call. */
  private async write(
    settlements: Settlement[],
    { calls = settlements, giveUpAt = this.giveUpAt() }: { calls?: readonly Settlement[]; giveUpAt?: number } = {},
  ): Promise<void[]> {
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 5_000)) {
      try {
        await this.record(settlements, calls);
        for (const { status, outcome } of settlements) messagesSettled.inc({ status, outcome: outcome ?? 'none' });
        return settlements.map(() => undefined);
      } catch (error) {
        if (performance.now() + waitMs > giveUpAt) throw error;
        log.warn({ err: error, count: settlements.length }, 'results not written yet');
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  private giveUpAt(): number {
    return performance.now() + Math.min(SETTLE_PATIENCE_MS, this.config.LEASE_SECONDS * 1000);
  }

  /** Results, and what they say of their channels, in one commit. */
  private async record(settlements: Settlement[], calls: readonly Settlement[]): Promise<void> {
    const news = this.news.of(healthOf(calls));
    if (!news.length) {
      await settleMessages(this.db.sql, settlements);
      return;
    }
    const [unwell] = await this.db.sql.transaction((sql) =>
      Promise.all([recordHealth(sql, news), settleMessages(sql, settlements)]),
    );
    this.news.told(news, unwell);
  }
}

/** The fate of a whole call counts once, with however many messages it was made. */
function oneOfEachOutcome(settlements: readonly Settlement[]): Settlement[] {
  return [...new Map(settlements.map((settlement) => [settlement.outcome, settlement])).values()];
}

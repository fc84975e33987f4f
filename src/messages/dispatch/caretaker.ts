import { Injectable } from '@nestjs/common';
import { Config } from '../../config';
import { log } from '../../platform/log';
import type { ChannelType } from '../../providers/provider';
import { findProvider } from '../../providers/registry';
import { leaveUnknown, resend, settleDoubt, takeDoubts, type Doubt } from './doubt.queries';
import { Dispatcher } from './dispatcher';
import { ApplicationIo } from './provider-io';
import { LANES } from './retry-policy';
import { Sender } from './sender';
import { WorkerDb } from '../../platform/db/worker-db';
import { WorkerIdentity } from './worker-identity';
import { expireOverdue, findLost, heartbeat, recoverLost, signOff, type LostMessage } from './worker.queries';

/** Lost leases after which a message counts as poison: it took three workers with it. */
const POISON_AT = 3;
const DOUBTS_AT_ONCE = 50;

/** Takes over what dead workers held, and takes up doubts when the provider's echo stayed out. */
@Injectable()
export class Caretaker {
  /** Monotonic times, in milliseconds. */
  private lastBeat: number | undefined;
  private patientUntil = 0;
  private readonly deadMs: number;

  constructor(
    private readonly db: WorkerDb,
    private readonly worker: WorkerIdentity,
    private readonly sender: Sender,
    private readonly io: ApplicationIo,
    private readonly dispatcher: Dispatcher,
    private readonly config: Config,
  ) {
    this.deadMs = config.WORKER_DEAD_SECONDS * 1000;
  }

  /** Says that this worker lives. */
  async beat(): Promise<void> {
    await heartbeat(this.db.sql, this.worker);
    const now = performance.now();
    if (now - (this.lastBeat ?? now) > this.deadMs) this.patientUntil = now + this.deadMs;
    this.lastBeat = now;
  }

  signOff(): Promise<void> {
    return signOff(this.db.sql, this.worker.id);
  }

  /** Puts back what was lost. Answers how many messages. */
  async reap(): Promise<number> {
    if (this.wasCutOff()) return 0;
    const count = await this.db.sql.transaction(async (sql) => {
      const lost = await findLost(sql, this.config.WORKER_DEAD_SECONDS);
      if (lost.length) await recoverLost(sql, lost.map(recovery));
      return lost.length;
    });
    if (count) {
      log.warn({ count }, 'took over messages of a lost worker');
      this.dispatcher.wake.now();
    }
    return count;
  }

  /**
   * The others may have been cut off together with this one, and know results that they could not write: whoever comes back
   * gives them the time in which they would have to be heard of again.
   */
  private wasCutOff(): boolean {
    const now = performance.now();
    return now < this.patientUntil || now - (this.lastBeat ?? now) > this.deadMs;
  }

  /** Ends messages whose time ran out while they waited: on a channel that is switched off, say. */
  expire(): Promise<number> {
    return expireOverdue(this.db.sql);
  }

  /** Takes up doubts that are due: asks the provider where it can be asked, then does what the message's policy says. */
  async settleDoubts(): Promise<number> {
    const doubts = await takeDoubts(this.db.sql, DOUBTS_AT_ONCE);
    await Promise.all(doubts.map((doubt) => this.settleDoubt(doubt)));
    if (doubts.length) this.dispatcher.wake.now();
    return doubts.length;
  }

  private async settleDoubt(doubt: Doubt): Promise<void> {
    const answer = await this.ask(doubt);
    if (answer?.found) return settleDoubt(this.db.sql, doubt, answer);
    if (answer?.certain) return resend(this.db.sql, doubt, 'The provider does not know the message: it never arrived.');
    if (doubt.delivery === 'at_most_once')
      return leaveUnknown(
        this.db.sql,
        doubt,
        'The provider never said whether it took it, and delivery is at_most_once.',
      );
    const { failures, lifetimeMs } = LANES[doubt.lane];
    if (doubt.failures >= failures || doubt.ageMs > lifetimeMs)
      return leaveUnknown(
        this.db.sql,
        doubt,
        'The provider never said whether it took it, and its time or tries are used up.',
      );
    return resend(this.db.sql, doubt, 'No word from the provider; delivery is at_least_once, so it is sent again.');
  }

  private async ask(doubt: Doubt) {
    const open = await this.sender.channelOf(doubt);
    if (!open?.provider.query) return undefined;
    try {
      const outbound = await this.sender.prepare({ ...doubt, attempts: doubt.attempts - 1 }, open);
      return await open.provider.query(outbound, open.account, this.io, doubt.lastDispatchedAt);
    } catch (error) {
      log.warn({ err: error, tenantId: doubt.tenantId, messageId: doubt.id }, 'provider could not be asked');
      return undefined;
    }
  }
}

function recovery(lost: LostMessage) {
  const capabilities = findProvider(lost.providerType)?.channels[lost.channelType as ChannelType];
  return {
    tenantId: lost.tenantId,
    id: lost.id,
    dispatched: lost.dispatched,
    waitMs: capabilities?.echoWindowMs ?? 0,
    dead: lost.dispatched && lost.lostLeases + 1 >= POISON_AT,
  };
}

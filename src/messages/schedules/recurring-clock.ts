import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { WorkerDb } from '../../platform/db/worker-db';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { Clock, reportOccurrence, runEach, type DueThing, type TimedThings } from '../../platform/time/clock';
import { decideDue } from '../../platform/time/due';
import { acceptMessages } from '../accept/accept.queries';
import { MessagePreparation } from '../accept/preparation';
import { Dispatcher } from '../dispatch/dispatcher';
import {
  advanceRecurring,
  listDueRecurring,
  noteOccurrence,
  takeDueRecurring,
  type DueRecurring,
  type NewOccurrence,
} from './recurring.queries';
import { requestNow } from './stored-request';

const MOST_AT_ONCE = 200;

/** Makes the message of each time of a recurring schedule, out of the request that it keeps. */
@Injectable()
export class RecurringMessagesClock implements TimedThings, OnModuleInit {
  readonly kind = 'recurring messages';

  constructor(
    private readonly clock: Clock,
    private readonly db: TenantDb,
    private readonly worker: WorkerDb,
    private readonly preparation: MessagePreparation,
    private readonly dispatcher: Dispatcher,
  ) {}

  onModuleInit(): void {
    this.clock.register(this);
  }

  async runDue(): Promise<number> {
    return runEach(await listDueRecurring(this.worker.sql, MOST_AT_ONCE), (thing) => this.run(thing));
  }

  /** What is waiting is moved with the messages that wait once (single-clock.ts): they stand in one table. */
  followZones(): Promise<number> {
    return Promise.resolve(0);
  }

  /** The message, the word about it and the step to the next time are one commit. Answers false where somebody else has it. */
  private async run(thing: DueThing): Promise<boolean> {
    const occurrences = await this.db.run(thing.tenantId, async (tx) => {
      const due = await takeDueRecurring(tx, thing.id);
      return due && this.spend(tx, thing.id, due);
    });
    for (const { outcome, times } of occurrences ?? []) reportOccurrence(this.kind, thing, outcome, times);
    if (occurrences?.some(({ outcome }) => outcome === 'FIRED')) this.dispatcher.wake.now();
    return occurrences !== undefined;
  }

  private async spend(tx: Tx, id: string, due: DueRecurring): Promise<NewOccurrence[]> {
    const rule = { start: due.localAt, timezone: due.timezone, recurrence: due.recurrence };
    const { run, missed, next } = decideDue(rule, due);
    const occurrences: NewOccurrence[] = [];
    if (missed)
      occurrences.push({ outcome: 'MISSED', occurrenceAt: missed.from, times: missed.times, reason: TOO_LATE });
    if (run) occurrences.push(await this.send(tx, due, run));
    for (const occurrence of occurrences) await noteOccurrence(tx, id, occurrence);
    await advanceRecurring(tx, id, { ranAt: run, next });
    return occurrences;
  }

  /** Everything is asked now: channel, template, recipient and gate. A "no" of these is a fate of this one time. */
  private async send(tx: Tx, due: DueRecurring, occurrenceAt: Date): Promise<NewOccurrence> {
    try {
      const { row } = await this.preparation.prepare(asTenant(tx.tenantId), requestNow(due.request, due));
      await acceptMessages(tx, tx.tenantId, [{ ...row, scheduledAt: occurrenceAt.toISOString() }]);
      return { outcome: 'FIRED', occurrenceAt, messageId: row.id };
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      return { outcome: 'FAILED', occurrenceAt, reason: { code: error.code, detail: wordsOf(error) } };
    }
  }
}

const TOO_LATE = {
  code: 'missed',
  detail: 'Nobody could send it at its time, and it is later than graceSeconds allow.',
};

/** A schedule is the tenant's: whoever made it may have left. */
function asTenant(tenantId: string): Caller {
  return { tenantId, keyId: null, userId: null, scopes: [], channelTypes: null };
}

function wordsOf({ detail, errors }: Problem): string {
  return [detail, ...errors.map(({ pointer, message }) => `${pointer} ${message}.`)].join(' ').slice(0, 500);
}

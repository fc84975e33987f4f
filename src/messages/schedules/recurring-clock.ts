import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { WorkerDb } from '../../platform/db/worker-db';
import { asTenant } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import {
  Clock,
  dueTogether,
  reportOccurrence,
  runParts,
  type DueTogether,
  type TimedThings,
} from '../../platform/time/clock';
import { decideDue } from '../../platform/time/due';
import { countAccepted } from '../accept/accepted-figures';
import { acceptMessages, type NewMessage } from '../accept/accept.queries';
import { MessagePreparation } from '../accept/preparation';
import { Dispatcher } from '../dispatch/dispatcher';
import {
  advanceRecurring,
  listDueRecurring,
  noteOccurrences,
  takeDueRecurring,
  type DueRecurring,
  type NewOccurrence,
  type Step,
} from './recurring.queries';
import { requestNow } from './stored-request';

const MOST_AT_ONCE = 400;

/** What one schedule comes to: words about its times, the message of one of them, and the step to the next. */
interface Spent {
  occurrences: NewOccurrence[];
  message: NewMessage | undefined;
  step: Step;
}

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
    const due = await listDueRecurring(this.worker.sql, MOST_AT_ONCE);
    return runParts(dueTogether(due), (part) => this.run(part));
  }

  /** What is waiting is moved with the messages that wait once (single-clock.ts): they stand in one table. */
  followZones(): Promise<number> {
    return Promise.resolve(0);
  }

  /** The messages, the words about their times and the steps to the next ones are one commit. */
  private async run({ tenantId, ids }: DueTogether): Promise<number> {
    const spent = await this.db.run(tenantId, async (tx) => {
      const all: Spent[] = [];
      for (const due of await takeDueRecurring(tx, ids)) all.push(await this.spend(tx, due));
      await store(tx, all);
      return all;
    });
    for (const { scheduleId: id, outcome, times } of spent.flatMap(({ occurrences }) => occurrences))
      reportOccurrence(this.kind, { tenantId, id }, outcome, times);
    countAccepted(spent.flatMap(({ message }) => message ?? []));
    if (spent.some(({ message }) => message)) this.dispatcher.wake.now();
    return spent.length;
  }

  private async spend(tx: Tx, due: DueRecurring): Promise<Spent> {
    const rule = { start: due.localAt, timezone: due.timezone, recurrence: due.recurrence };
    const { run, missed, next } = decideDue(rule, due);
    const step = { id: due.id, ranAt: run ?? null, next: next ?? null };
    const past: NewOccurrence[] = missed
      ? [{ scheduleId: due.id, outcome: 'MISSED', occurrenceAt: missed.from, times: missed.times, reason: TOO_LATE }]
      : [];
    if (!run) return { occurrences: past, message: undefined, step };
    const { occurrence, message } = await this.prepare(tx, due, run);
    return { occurrences: [...past, occurrence], message, step };
  }

  /** Everything is asked now: channel, template, recipient and gate. A "no" of these is a fate of this one time. */
  private async prepare(
    tx: Tx,
    due: DueRecurring,
    occurrenceAt: Date,
  ): Promise<{ occurrence: NewOccurrence; message?: NewMessage }> {
    const occurrence = { scheduleId: due.id, occurrenceAt };
    try {
      const { row } = await this.preparation.prepare(asTenant(tx.tenantId), requestNow(due.request, due));
      const message = { ...row, scheduledAt: occurrenceAt.toISOString() };
      return { occurrence: { ...occurrence, outcome: 'FIRED', messageId: row.id }, message };
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      return { occurrence: { ...occurrence, outcome: 'FAILED', reason: { code: error.code, detail: wordsOf(error) } } };
    }
  }
}

async function store(tx: Tx, spent: readonly Spent[]): Promise<void> {
  const messages = spent.flatMap(({ message }) => message ?? []);
  if (messages.length) await acceptMessages(tx, tx.tenantId, messages);
  await noteOccurrences(
    tx,
    spent.flatMap(({ occurrences }) => occurrences),
  );
  await advanceRecurring(
    tx,
    spent.map(({ step }) => step),
  );
}

const TOO_LATE = {
  code: 'missed',
  detail: 'Nobody could send it at its time, and it is later than graceSeconds allow.',
};

function wordsOf({ detail, errors }: Problem): string {
  return [detail, ...errors.map(({ pointer, message }) => `${pointer} ${message}.`)].join(' ').slice(0, 500);
}

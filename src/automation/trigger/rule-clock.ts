import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { WorkerDb } from '../../platform/db/worker-db';
import { Clock, dueTogether, runParts, type TimedThings } from '../../platform/time/clock';
import { decideDue } from '../../platform/time/due';
import { holds, type Condition } from '../evaluate';
import { RunWake } from '../run/run-wake';
import type { ContactFacts } from '../run/start.queries';
import { begin, factsOf } from '../run/starts';
import { tenantZone } from '../run/wait-until';
import { daysDueIn, dueDay } from './date-due';
import { nextLook } from './due-time';
import type { DateTrigger } from './match';
import {
  audienceOf,
  contactsWithDay,
  goOnBehind,
  listDueRules,
  lookedUpTo,
  takeDueRule,
  type ContactPage,
  type DueRule,
} from './rule-clock.queries';

const MOST_AT_ONCE = 100;
const PAGE = 500;
/** Later than this nothing is begun any more: it was missed. */
const GRACE_MS = 24 * 3_600_000;

/** Contacts for whom it is time, and what the run is the only one for. */
interface Found {
  seen: readonly ContactFacts[];
  due: readonly { contact: ContactFacts; key: string }[];
}

/** Begins the runs of rules that a clock sets off: at the times of a schedule, or at a date of each contact. */
@Injectable()
export class RuleClock implements TimedThings, OnModuleInit {
  readonly kind = 'automation rules';

  constructor(
    private readonly clock: Clock,
    private readonly db: TenantDb,
    private readonly worker: WorkerDb,
    private readonly runs: RunWake,
  ) {}

  onModuleInit(): void {
    this.clock.register(this);
  }

  async runDue(): Promise<number> {
    const due = await listDueRules(this.worker.sql, MOST_AT_ONCE);
    return runParts(dueTogether(due), async ({ tenantId, ids }) => {
      let done = 0;
      for (const id of ids) done += await this.db.run(tenantId, (tx) => this.look(tx, id));
      return done;
    });
  }

  /** A date is worked out for each contact when its time comes; the next time of a schedule is at most one change of clocks away. */
  followZones(): Promise<number> {
    return Promise.resolve(0);
  }

  /** One page of contacts: their runs and the place behind the last of them are one commit. */
  private async look(tx: Tx, id: string): Promise<number> {
    const rule = await takeDueRule(tx, id);
    if (!rule) return 0;
    const to = rule.lookingTo ?? rule.now;
    const page = { after: rule.lookedContact, limit: PAGE };
    const { seen, due } = await contactsOf(tx, { rule, to }, page);
    const wanted = due.filter(({ contact }) => isWanted(rule, contact));
    const starts = wanted.map(({ contact, key }) => {
      const of = { rule, contactId: contact.id, causeKey: `${key}:${contact.id}` };
      return { ...of, event: { type: rule.trigger.type, at: rule.nextAt.toISOString() }, depth: 1 };
    });
    if (await begin(tx, starts)) this.runs.wake.now();
    const last = seen.length === PAGE ? seen.at(-1) : undefined;
    if (last) await goOnBehind(tx, id, { to, contactId: last.id });
    else await lookedUpTo(tx, id, { to, next: nextLook(rule.trigger, to) ?? null });
    return 1;
  }
}

function isWanted({ conditions, trigger }: DueRule, contact: ContactFacts): boolean {
  return conditions === null || holds(conditions as unknown as Condition, factsOf({ type: trigger.type }, contact));
}

async function contactsOf(tx: Tx, { rule, to }: { rule: DueRule; to: Date }, page: ContactPage): Promise<Found> {
  const { trigger } = rule;
  if (trigger.type === 'date') return dueByDate(tx, { trigger, rule, to }, page);
  if (trigger.type !== 'schedule') return { seen: [], due: [] };
  const { run } = decideDue(trigger, { dueAt: rule.nextAt, now: to, graceSeconds: GRACE_MS / 1000 });
  if (!run) return { seen: [], due: [] };
  const seen = await audienceOf(tx, trigger, page);
  return { seen, due: seen.map((contact) => ({ contact, key: `at:${run.toISOString()}` })) };
}

async function dueByDate(
  tx: Tx,
  { trigger, rule, to }: { trigger: DateTrigger; rule: DueRule; to: Date },
  page: ContactPage,
): Promise<Found> {
  const window = { from: new Date(Math.max(rule.lookedAt.getTime(), to.getTime() - GRACE_MS)), to };
  const { attribute, yearly = false } = trigger;
  const seen = await contactsWithDay(tx, { attribute, yearly, days: daysDueIn(trigger, window) }, page);
  const zone = await tenantZone(tx);
  const due = seen.flatMap((contact) => {
    const date = String(contact.attributes[attribute]);
    const day = dueDay(trigger, { date, timezone: contact.timezone ?? zone }, window);
    return day === undefined ? [] : [{ contact, key: `on:${day}` }];
  });
  return { seen, due };
}

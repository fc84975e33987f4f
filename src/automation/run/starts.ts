import type { TenantEvent } from '../../events/event-consumers';
import type { Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import { holds, type Condition, type Facts } from '../evaluate';
import { eventTypeOf, matches } from '../trigger/match';
import type { RunEnd } from './run-end.queries';
import type { StartingEvent } from './run.queries';
import {
  contactFacts,
  depthsOf,
  insertRuns,
  pairKey,
  rulesFor,
  runsLately,
  startingEvent,
  textsOf,
  type ContactFacts,
  type NewRun,
  type StartingRule,
} from './start.queries';

/** A run that was begun by what a run did, that was begun by what a run did, …: this deep and no deeper. */
export const DEEPEST = 5;

/** A run that is to begin, its loop guard aside. */
export interface Start {
  rule: StartingRule;
  contactId: string | null;
  causeKey: string;
  event: StartingEvent;
  depth: number;
}

/** Begins the runs that these events set off. Answers how many there are. */
export async function startForEvents(tx: Tx, events: readonly TenantEvent[]): Promise<number> {
  const rules = await rulesFor(tx, [...new Set(events.map(({ type }) => type))]);
  if (!rules.length) return 0;
  const wanted = events.filter(({ type }) => rules.some(({ trigger }) => eventTypeOf(trigger) === type));
  const known = await knownOf(tx, wanted);
  const starts = wanted.flatMap((event) =>
    rules
      .filter((rule) => setsOff(rule, event, known))
      .map((rule) => ({
        rule,
        contactId: event.contactId,
        causeKey: `event:${event.id}`,
        event: startingEvent(event),
        depth: depthOf(event, known) + 1,
      })),
  );
  return begin(tx, starts);
}

/** What the rules ask of besides the event itself. */
export interface Known {
  contacts: ReadonlyMap<string, ContactFacts>;
  texts: ReadonlyMap<string, string>;
  /** By message. */
  depths: ReadonlyMap<string, number>;
}

export async function knownOf(tx: Tx, events: readonly TenantEvent[]): Promise<Known> {
  const contactIds = events.flatMap(({ contactId }) => contactId ?? []);
  const received = events.filter(({ type }) => type === 'message.received');
  return {
    contacts: await contactFacts(tx, [...new Set(contactIds)]),
    texts: await textsOf(
      tx,
      received.flatMap(({ messageId }) => messageId ?? []),
    ),
    depths: await depthsOf(
      tx,
      events.flatMap(({ messageId }) => messageId ?? []),
    ),
  };
}

/** Whether the event is what the rule waits for, and its conditions hold. */
export function setsOff({ trigger, conditions }: StartingRule, event: TenantEvent, known: Known): boolean {
  const contact = event.contactId === null ? undefined : known.contacts.get(event.contactId);
  // Whoever is gone by now is left alone.
  if (event.contactId !== null && !contact && event.type !== 'contact.deleted') return false;
  const text = event.messageId === null ? undefined : known.texts.get(event.messageId);
  if (!matches(trigger, { type: event.type, data: event.data, text, contact })) return false;
  return conditions === null || holds(conditions as unknown as Condition, factsOf(startingEvent(event), contact));
}

export function factsOf(event: StartingEvent, contact: ContactFacts | undefined): Facts {
  return { event: { ...event }, contact };
}

function depthOf({ source, data, messageId }: TenantEvent, known: Known): number {
  const { cause } = data as { cause?: { depth?: unknown } };
  // What others tell may look like a cause of ours, and is none.
  const told = (source === 'rule' || source === 'carillon') && typeof cause?.depth === 'number' ? cause.depth : 0;
  return Math.max(told, (messageId !== null && known.depths.get(messageId)) || 0);
}

/** Stores the runs, and in place of those that would go round in circles one that says so. */
export async function begin(tx: Tx, starts: readonly Start[]): Promise<number> {
  const lately = await runsLately(
    tx,
    starts.flatMap(({ rule, contactId }) => (contactId === null ? [] : [{ ruleId: rule.id, contactId }])),
  );
  const runs = starts.map((start): NewRun => {
    const { rule, contactId, depth, event } = start;
    const run = { ...blank(start), contactId, depth, event, exitEvent: rule.exitWhen?.event ?? null };
    if (depth > DEEPEST) return { ...run, onlyKey: null, end: TOO_DEEP };
    if (contactId === null) return { ...run, onlyKey: null };
    const key = pairKey({ ruleId: rule.id, contactId });
    const before = lately.get(key) ?? 0;
    lately.set(key, before + 1);
    if (before < rule.mostPerHour) return { ...run, onlyKey: rule.reentry === 'always' ? null : contactId };
    // One that says so is enough for the hour.
    const hour = new Date().toISOString().slice(0, 13);
    return { ...run, onlyKey: null, causeKey: `guard:${contactId}:${hour}`, end: tooMany(rule.mostPerHour) };
  });
  return insertRuns(tx, runs);
}

function blank({ rule, causeKey }: Start): Pick<NewRun, 'id' | 'ruleId' | 'version' | 'causeKey'> {
  return { id: uuidv7(), ruleId: rule.id, version: rule.version, causeKey };
}

const TOO_DEEP: RunEnd = {
  status: 'STOPPED',
  code: 'loop_guard',
  detail: `What rules do set off rules, more than ${DEEPEST} deep: rules seem to go round in circles.`,
};

function tooMany(most: number): RunEnd {
  return {
    status: 'STOPPED',
    code: 'loop_guard',
    detail: `The rule began more than ${most} runs for the contact within an hour (mostPerHour): it seems to go round in circles.`,
  };
}

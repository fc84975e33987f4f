/**
 * Judges a run after the faults: what the provider got (calls), what the database holds (messages) and what the API said
 * (answers) must agree. It reads nothing and knows nothing of src/: the rules are those of docs/request-path.md, written again.
 */

/** One call that reached the provider. */
export interface ProviderCall {
  messageId: string;
  /** Number of the attempt, out of the ref. */
  attempt: number;
  /** False when the provider refused it, so that it is no copy of the message. */
  taken: boolean;
}

/** One answer of POST /messages; status 0 when the connection broke before an answer came. */
export interface ApiAnswer {
  /** clientReference of the request; one a request, or one an Idempotency-Key. */
  reference: string;
  status: number;
  id?: string;
}

export interface StoredAttempt {
  number: number;
  /** Null while nobody wrote down how it ended. */
  outcome: string | null;
}

export interface StoredEvent {
  type: string;
  /** The provider's time, in milliseconds. */
  at: number;
}

export interface StoredMessage {
  id: string;
  reference: string;
  status: string;
  delivery: 'at_least_once' | 'at_most_once';
  reason: string | null;
  attempts: StoredAttempt[];
  events: StoredEvent[];
}

/** Everything that a run leaves behind. */
export interface Evidence {
  calls: readonly ProviderCall[];
  messages: readonly StoredMessage[];
  answers: readonly ApiAnswer[];
}

export interface Verdict {
  /** One sentence for each thing that must not be, with the name of its invariant first; empty: the run is good. */
  violations: string[];
  accepted: number;
  lost: number;
  /** Attempts whose outcome this side could not see. */
  unknown: number;
  /** Copies of messages that the provider took beyond the first. */
  dupCalls: number;
  states: Record<string, number>;
}

/** What the provider must have got. */
const HANDED_OVER = new Set(['SENT', 'DELIVERED', 'READ']);
/** States in which a message still waits for us. */
const UNFINISHED = new Set(['SCHEDULED', 'QUEUED', 'SENDING']);
/** A status that brings its reason along is an end that somebody can read. */
const ENDS = new Set(['FAILED', 'SUPPRESSED', 'EXPIRED', 'CANCELLED', 'UNKNOWN']);
const RANKS: Readonly<Record<string, number>> = {
  QUEUED: 0,
  SENDING: 1,
  UNKNOWN: 2,
  SENT: 4,
  DELIVERED: 5,
  FAILED: 5,
  READ: 6,
};
const STATUS_OF_OUTCOME: Readonly<Record<string, string>> = {
  ACCEPTED: 'SENT',
  REJECTED_PERMANENT: 'FAILED',
  IN_DOUBT: 'UNKNOWN',
};

interface Case {
  message: StoredMessage;
  calls: ProviderCall[];
  taken: number;
  doubts: number;
}

/** The verdict on a run that has come to rest. */
export function judge(evidence: Evidence): Verdict {
  const cases = casesOf(evidence);
  const lost = findLost(evidence, cases);
  const states = countBy(evidence.messages, ({ status }) => status);
  return {
    violations: [
      ...answersAreStored(evidence),
      ...nothingUnasked(evidence),
      ...statesAddUp(evidence, states),
      ...lost.map((id) => `lost: ${id} was accepted and neither sent nor ended with a reason`),
      ...[...cases.values()].flatMap(violationsOf),
      ...intentsOfStrangers(evidence, cases),
    ],
    accepted: new Set(evidence.answers.filter(({ status }) => status === 202).map(({ id }) => id)).size,
    lost: lost.length,
    unknown: sum(cases, ({ doubts }) => doubts),
    dupCalls: sum(cases, ({ taken }) => Math.max(0, taken - 1)),
    states,
  };
}

function casesOf({ messages, calls }: Evidence): Map<string, Case> {
  const cases = new Map(
    messages.map((message): [string, Case] => {
      const doubts = message.attempts.filter(({ outcome }) => outcome === null || outcome === 'IN_DOUBT').length;
      return [message.id, { message, calls: [], taken: 0, doubts }];
    }),
  );
  for (const call of calls) {
    const found = cases.get(call.messageId);
    found?.calls.push(call);
    if (found && call.taken) found.taken++;
  }
  return cases;
}

function answersAreStored({ answers, messages }: Evidence): string[] {
  const stored = new Map(messages.map((message) => [message.id, message]));
  return answers
    .filter(({ status, id, reference }) => status === 202 && stored.get(id ?? '')?.reference !== reference)
    .map(({ id, reference }) => `durable: 202 was answered for ${reference} with ${id}, which is not stored`);
}

function nothingUnasked({ answers, messages }: Evidence): string[] {
  const asked = Map.groupBy(answers, ({ reference }) => reference);
  const stored = Map.groupBy(messages, ({ reference }) => reference);
  return [...stored].flatMap(([reference, copies]) => {
    const answersToIt = asked.get(reference) ?? [];
    const refused = answersToIt.length > 0 && answersToIt.every(({ status }) => status >= 400 && status < 500);
    const faults: string[] = [];
    if (!answersToIt.length) faults.push(`orphan: ${reference} is stored and was never asked for`);
    if (refused) faults.push(`orphan: ${reference} is stored although it was refused`);
    if (copies.length > 1) faults.push(`orphan: ${reference} is stored ${copies.length} times`);
    return faults;
  });
}

/** Every accepted message stands in exactly one state, and none is still on its way. */
function statesAddUp({ answers, messages }: Evidence, states: Record<string, number>): string[] {
  const answered = new Set(answers.filter(({ status }) => status === 202).map(({ reference }) => reference));
  const unanswered = messages.filter(({ reference }) => !answered.has(reference)).length;
  const total = Object.values(states).reduce((a, b) => a + b, 0);
  const unfinished = messages.filter(({ status }) => UNFINISHED.has(status));
  return [
    ...(total === answered.size + unanswered
      ? []
      : [`sum: ${total} messages in all states, ${answered.size} accepted and ${unanswered} stored without an answer`]),
    ...unfinished.map(({ id, status }) => `sum: ${id} is still ${status}`),
  ];
}

function findLost({ answers }: Evidence, cases: ReadonlyMap<string, Case>): string[] {
  const accepted = answers.flatMap(({ status, id }) => (status === 202 && id ? [id] : []));
  return [...new Set(accepted)].filter((id) => {
    const found = cases.get(id);
    if (!found) return true;
    const { message, taken } = found;
    return taken === 0 && !(ENDS.has(message.status) && message.reason !== null);
  });
}

function violationsOf({ message, calls, taken, doubts }: Case): string[] {
  const { id, status, delivery, attempts } = message;
  const faults: string[] = [];
  if (HANDED_OVER.has(status) && taken === 0) faults.push(`sent: ${id} is ${status} and the provider never got it`);
  if (taken > 1 + doubts) faults.push(`duplicate: ${id} was taken ${taken} times with ${doubts} attempts in doubt`);
  if (delivery === 'at_most_once' && calls.length > 1 && taken > 1)
    faults.push(`at most once: ${id} was taken ${taken} times`);
  for (const [attempt, copies] of Map.groupBy(calls, (call) => call.attempt)) {
    if (copies.length > 1) faults.push(`duplicate: attempt ${attempt} of ${id} called ${copies.length} times`);
    if (!attempts.some(({ number }) => number === attempt))
      faults.push(`intent: attempt ${attempt} of ${id} called without having been written down`);
  }
  const expected = fold(message);
  if (!expected.includes(status)) faults.push(`fold: ${id} is ${status}, its events say ${expected.join(' or ')}`);
  return faults;
}

function intentsOfStrangers({ calls }: Evidence, cases: ReadonlyMap<string, Case>): string[] {
  return calls
    .filter(({ messageId }) => !cases.has(messageId))
    .map(({ messageId }) => `intent: the provider got ${messageId}, which nobody stored`);
}

/** The states that attempts and events allow, whatever order they came in. */
function fold({ status, attempts, events }: StoredMessage): string[] {
  const last = attempts.toSorted((a, b) => a.number - b.number).at(-1);
  const fromAttempt = (last && STATUS_OF_OUTCOME[last.outcome ?? '']) ?? 'QUEUED';
  const highest = sinceRequeue(events).toSorted(byHeight).at(-1)?.type;
  const reached = highest && rank(highest) >= rank(fromAttempt) ? highest : fromAttempt;
  if (rank(reached) >= rank('UNKNOWN')) return [reached];
  // Nothing was handed over: waiting, or ended by us.
  return HANDED_OVER.has(status) ? ['an end without the provider'] : [status];
}

/** Somebody who sends a message again ends what its events said before. */
function sinceRequeue(events: readonly StoredEvent[]): StoredEvent[] {
  const from = Math.max(-Infinity, ...events.filter(({ type }) => type === 'REQUEUED').map(({ at }) => at));
  return events.filter(({ type, at }) => type in RANKS && at >= from);
}

/** By rank, then by time; of a delivery and a failure at the same time the failure stands. */
function byHeight(a: StoredEvent, b: StoredEvent): number {
  return rank(a.type) - rank(b.type) || a.at - b.at || Number(a.type === 'FAILED') - Number(b.type === 'FAILED');
}

function rank(status: string): number {
  return RANKS[status] ?? 0;
}

function sum(cases: ReadonlyMap<string, Case>, of: (one: Case) => number): number {
  return [...cases.values()].reduce((total, one) => total + of(one), 0);
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

import { nextOccurrences, type Recurring } from './occurrences';

/** What is to be done now about something that recurs. */
export interface DueDecision {
  /** The one occurrence that runs; undefined when it is too late for every one. */
  run: Date | undefined;
  /** Those that are not made up for: the first of them, and how many, counted up to 1000. */
  missed: { from: Date; times: number } | undefined;
  /** When it is due again; undefined when that was the last. */
  next: Date | undefined;
}

const MOST_COUNTED = 1000;

/**
 * Decides about something that was due at `dueAt`. The latest occurrence runs when it is late by `graceSeconds` at most; what
 * lies before is missed. So however long nobody looked, one run follows at most, and nothing is said twice.
 */
export function decideDue(
  recurring: Recurring,
  { dueAt, now, graceSeconds }: { dueAt: Date; now: Date; graceSeconds: number },
): DueDecision {
  const [next] = nextOccurrences(recurring, now, 1);
  const past = [dueAt, ...upTo(now, nextOccurrences(recurring, dueAt, MOST_COUNTED))];
  // Where there are too many to count, the latest has to be looked for from the other end.
  const lately = new Date(Math.max(dueAt.getTime(), now.getTime() - graceSeconds * 1000) - 1);
  const latest = upTo(now, nextOccurrences(recurring, lately, MOST_COUNTED)).at(-1) ?? dueAt;
  const run = now.getTime() - latest.getTime() <= graceSeconds * 1000 ? latest : undefined;
  const missed = run ? past.filter((at) => at < run) : past;
  return { run, missed: missed[0] && { from: missed[0], times: Math.min(missed.length, MOST_COUNTED) }, next };
}

function upTo(now: Date, instants: readonly Date[]): Date[] {
  return instants.filter((at) => at <= now);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits after the first failure, the second, and so on: eight tries in a little more than a day. */
const WAITS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];

/** So that what failed together does not come again together. */
const JITTER = 0.2;

/** An endpoint may ask for more patience than we have planned, but not for ever. */
const LONGEST_ASKED_MS = 24 * HOUR;

/** Waits that the schedule knows; the next failure is the last. */
export const MOST_TRIES = WAITS.length + 1;

/**
 * How long to wait after a failure; undefined after the last.
 * @param tries failures before this one. @param askedMs what the endpoint asked for (Retry-After).
 */
export function waitMs(tries: number, askedMs = 0, random: () => number = Math.random): number | undefined {
  const planned = WAITS[tries];
  if (planned === undefined) return undefined;
  const jittered = planned * (1 - JITTER + 2 * JITTER * random());
  return Math.round(Math.max(jittered, Math.min(askedMs, LONGEST_ASKED_MS)));
}

/** The wait that a Retry-After header asks for: seconds or an HTTP date (RFC 9110, 10.2.3); undefined when it is neither. */
export function askedMs(retryAfter: string | undefined, now: Date): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d{1,9}$/.test(retryAfter.trim())) return Number(retryAfter) * SECOND;
  const at = /^[A-Z][a-z]{2}, \d/.test(retryAfter) ? Date.parse(retryAfter) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

/**
 * The time that an event names: `2025-02-03T12:14:25Z`, or `2020-01-01 12:00:00`, which is UTC. What cannot be read is
 * taken to have happened when it arrived.
 */
export function timeOf(text: string | undefined, receivedAt: Date): Date {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)) return receivedAt;
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const at = new Date(hasZone ? text : `${text}Z`);
  return Number.isNaN(at.getTime()) ? receivedAt : at;
}

/** Older than this a signed call is not believed: Vonage repeats a call for 24 hours, with the time of the first one. */
const MAX_AGE_MS = 25 * 3_600_000;

/** How far Vonage's clock may be ahead of ours. */
const MAX_AHEAD_MS = 5 * 60_000;

/** Whether a signed time, in seconds, is near enough to be believed. */
export function isRecent(seconds: number, now: Date): boolean {
  const age = now.getTime() - seconds * 1000;
  return age <= MAX_AGE_MS && age >= -MAX_AHEAD_MS;
}

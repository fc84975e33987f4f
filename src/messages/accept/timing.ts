import { Problem } from '../../platform/http/problem';

const LONGEST_AHEAD_MS = 2 * 366 * 86_400_000;
const LATEST_PAST_MS = 3_600_000;

/** When a message may go, checked against the clock: RFC 3339 in UTC, or null. Throws Problem 422. */
export function checkTiming(
  { scheduledAt, expiresAt }: { scheduledAt?: string; expiresAt?: string },
  now = Date.now(),
): { scheduledAt: string | null; expiresAt: string | null } {
  const start = scheduledAt === undefined ? null : Date.parse(scheduledAt);
  const end = expiresAt === undefined ? null : Date.parse(expiresAt);
  if (start !== null && start < now - LATEST_PAST_MS)
    throw Problem.invalidField('/scheduledAt', 'must not be more than an hour in the past');
  if (start !== null && start > now + LONGEST_AHEAD_MS)
    throw Problem.invalidField('/scheduledAt', 'must not be more than two years ahead');
  if (end !== null && end <= Math.max(now, start ?? now))
    throw Problem.invalidField('/expiresAt', 'must be later than now and than scheduledAt');
  return { scheduledAt: iso(start), expiresAt: iso(end) };
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

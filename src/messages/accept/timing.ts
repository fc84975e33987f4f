import { isRfc3339 } from '../../platform/http/time-fields';
import { Problem, type FieldError } from '../../platform/http/problem';
import { recurrenceFault } from '../../platform/time/recurrence-rule';
import { instantOf, localTimeOf } from '../../platform/time/wall-clock';

const LONGEST_AHEAD_MS = 2 * 366 * 86_400_000;
const LATEST_PAST_MS = 3_600_000;

/** What a request says of when a message is to go. */
export interface GivenTime {
  scheduledAt?: string | undefined;
  timezone?: string | undefined;
  recurrence?: string | undefined;
  expiresAt?: string | undefined;
  graceSeconds?: number | undefined;
}

/** When a message may go. `localAt` and `timezone` where it was asked for by a wall clock: the instant follows from them. */
export interface Timing {
  scheduledAt: string | null;
  localAt: string | null;
  timezone: string | null;
  graceSeconds: number | null;
  expiresAt: string | null;
}

/**
 * Reads when a message may go and checks it against the clock. A local time without offset is never guessed at: it needs its
 * zone. Throws Problem 422 naming every field that does not fit the others.
 */
export function checkTiming(given: GivenTime, now = Date.now()): Timing {
  const faults = togetherFaults(given);
  if (faults.length) throw Problem.invalidFields(faults);
  const timing = readTiming(given);
  const start = timing.scheduledAt === null ? null : Date.parse(timing.scheduledAt);
  const end = timing.expiresAt === null ? null : Date.parse(timing.expiresAt);
  if (start !== null && start < now - LATEST_PAST_MS)
    throw Problem.invalidField('/scheduledAt', 'must not be more than an hour in the past');
  if (start !== null && start > now + LONGEST_AHEAD_MS)
    throw Problem.invalidField('/scheduledAt', 'must not be more than two years ahead');
  if (end !== null && end <= Math.max(now, start ?? now))
    throw Problem.invalidField('/expiresAt', 'must be later than now and than scheduledAt');
  return timing;
}

function readTiming({ scheduledAt, timezone, recurrence, expiresAt, graceSeconds }: GivenTime): Timing {
  const rest = { graceSeconds: graceSeconds ?? null, expiresAt: iso(expiresAt) };
  if (scheduledAt === undefined || timezone === undefined)
    return { scheduledAt: iso(scheduledAt), localAt: null, timezone: null, ...rest };
  // The rule goes by the wall clock, however its start was told.
  const localAt =
    recurrence !== undefined && isRfc3339(scheduledAt) ? localTimeOf(new Date(scheduledAt), timezone) : scheduledAt;
  return { scheduledAt: instantOf(localAt, timezone).toISOString(), localAt: withSeconds(localAt), timezone, ...rest };
}

function togetherFaults({ scheduledAt, timezone, recurrence, expiresAt, graceSeconds }: GivenTime): FieldError[] {
  const faults: FieldError[] = [];
  const fault = (pointer: string, message: string) => void faults.push({ pointer, message });
  const hasOffset = scheduledAt !== undefined && isRfc3339(scheduledAt);
  if (scheduledAt === undefined) {
    if (recurrence !== undefined) fault('/scheduledAt', 'is needed with recurrence');
    for (const [name, value] of Object.entries({ timezone, graceSeconds }))
      if (value !== undefined && recurrence === undefined) fault(`/${name}`, 'goes only with scheduledAt');
  } else if (!hasOffset && timezone === undefined)
    fault('/scheduledAt', 'must have an offset such as Z or +02:00, or a timezone beside it');
  else if (hasOffset && timezone !== undefined && recurrence === undefined)
    fault('/timezone', 'goes only with a local time without offset, or with recurrence');
  if (recurrence === undefined) return faults;
  const ruleFault = recurrenceFault(recurrence);
  if (ruleFault) fault('/recurrence', ruleFault);
  if (timezone === undefined && (scheduledAt === undefined || hasOffset))
    fault('/timezone', 'is needed with recurrence');
  if (expiresAt !== undefined) fault('/expiresAt', 'cannot be combined with recurrence; UNTIL in the rule ends it');
  return faults;
}

function withSeconds(local: string): string {
  return local.length === 16 ? `${local}:00` : local;
}

function iso(instant: string | undefined): string | null {
  return instant === undefined ? null : new Date(instant).toISOString();
}

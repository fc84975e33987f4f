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

function togetherFaults(given: GivenTime): FieldError[] {
  return [...(given.scheduledAt === undefined ? withoutStart(given) : startFaults(given)), ...ruleFaults(given)];
}

function withoutStart({ timezone, recurrence, graceSeconds }: GivenTime): FieldError[] {
  if (recurrence !== undefined) return [{ pointer: '/scheduledAt', message: 'is needed with recurrence' }];
  return Object.entries({ timezone, graceSeconds }).flatMap(([name, value]) =>
    value === undefined ? [] : [{ pointer: `/${name}`, message: 'goes only with scheduledAt' }],
  );
}

function startFaults({ scheduledAt, timezone, recurrence }: GivenTime): FieldError[] {
  const hasOffset = isRfc3339(scheduledAt);
  if (!hasOffset && timezone === undefined)
    return [{ pointer: '/scheduledAt', message: 'must have an offset such as Z or +02:00, or a timezone beside it' }];
  if (hasOffset && timezone !== undefined && recurrence === undefined)
    return [{ pointer: '/timezone', message: 'goes only with a local time without offset, or with recurrence' }];
  return [];
}

function ruleFaults({ scheduledAt, timezone, recurrence, expiresAt }: GivenTime): FieldError[] {
  if (recurrence === undefined) return [];
  const fault = recurrenceFault(recurrence);
  const hasLocal = scheduledAt !== undefined && !isRfc3339(scheduledAt);
  return [
    ...(fault === undefined ? [] : [{ pointer: '/recurrence', message: fault }]),
    ...(timezone === undefined && !hasLocal ? [{ pointer: '/timezone', message: 'is needed with recurrence' }] : []),
    ...(expiresAt === undefined
      ? []
      : [{ pointer: '/expiresAt', message: 'cannot be combined with recurrence; UNTIL in the rule ends it' }]),
  ];
}

function withSeconds(local: string): string {
  return local.length === 16 ? `${local}:00` : local;
}

function iso(instant: string | undefined): string | null {
  return instant === undefined ? null : new Date(instant).toISOString();
}

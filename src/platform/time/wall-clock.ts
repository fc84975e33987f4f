import { Temporal } from 'temporal-polyfill';

/** A date and a time of day as a clock on a wall shows them, without a zone: `2026-12-01T09:00:00`. */
export type LocalTime = string;

/**
 * The instant at which clocks of a zone show a local time. The one rule of this program for the two odd nights of a year
 * (`compatible` of Temporal): a time that is skipped is moved forward by as much as was skipped, and of a time that comes
 * twice the first is meant. Libraries and databases differ here, so nothing else may decide it.
 */
export function instantOf(local: LocalTime, timezone: string): Date {
  const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(timezone, { disambiguation: 'compatible' });
  return new Date(zoned.epochMilliseconds);
}

/** What clocks of a zone show at an instant, to the second. */
export function localTimeOf(instant: Date, timezone: string): LocalTime {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timezone);
  return zoned.toPlainDateTime().toString({ smallestUnit: 'second' });
}

import { Temporal } from 'temporal-polyfill';
import { instantOf } from '../platform/time/wall-clock';

const HOURS = 24;
const DAYS = 7;

/** How often something was done in an hour of the week; 0 is Monday from 00:00 on, 167 Sunday from 23:00 on. */
export interface HourCount {
  hour: number;
  n: number;
}

/** Somebody who reads at nine may read at ten, and who reads at nine on Mondays perhaps on Tuesdays. */
const NEIGHBOUR = 0.5;
const ANOTHER_DAY = 0.25;

/** The hour of the week around which most was done; the earlier one of several; null where nothing was. */
export function bestHour(counts: readonly HourCount[]): number | null {
  if (!counts.some(({ n }) => n > 0)) return null;
  const scores = Array.from({ length: DAYS * HOURS }, (_, hour) =>
    counts.reduce((sum, count) => sum + count.n * nearness(hour, count.hour), 0),
  );
  return scores.indexOf(Math.max(...scores));
}

function nearness(a: number, b: number): number {
  const apart = Math.abs(a - b) % HOURS;
  const hours = Math.min(apart, HOURS - apart);
  if (hours > 1) return 0;
  const away = Math.abs(a - b);
  const isSameDay = Math.min(away, DAYS * HOURS - away) <= 1;
  return (hours === 0 ? 1 : NEIGHBOUR) * (isSameDay ? 1 : ANOTHER_DAY);
}

/** When an hour of the week begins next in a zone. */
export function nextBegin(hourOfWeek: number, timezone: string, now: Date): Date {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timezone).toPlainDate();
  const days = Math.floor(hourOfWeek / HOURS) + 1 - today.dayOfWeek;
  const at = (week: number): Date =>
    instantOf(`${today.add({ days: days + week * DAYS }).toString()}T${pad(hourOfWeek % HOURS)}:00:00`, timezone);
  return [at(0), at(1)].find((time) => time > now) ?? at(2);
}

function pad(hour: number): string {
  return String(hour).padStart(2, '0');
}

import { instantOf, localTimeOf } from '../../platform/time/wall-clock';
import type { DateTrigger } from './match';

const DAY_MS = 86_400_000;

/** A stretch of time: behind `from`, up to `to`. */
export interface Window {
  from: Date;
  to: Date;
}

/** Days of the attribute that can fall due in the window, wherever a contact lives; for yearly ones month and day only. */
export function daysDueIn({ days, yearly }: DateTrigger, { from, to }: Window): string[] {
  const found = new Set<string>();
  for (let at = from.getTime() - DAY_MS; at <= to.getTime() + DAY_MS; at += DAY_MS)
    for (const day of datesFallingOn(dayOf(new Date(at)), days, yearly === true))
      found.add(yearly ? day.slice(5) : day);
  return [...found];
}

/** When the date of a contact falls due in the window, as its day there; undefined where it does not. */
export function dueDay(
  trigger: DateTrigger,
  { date, timezone }: { date: string; timezone: string },
  { from, to }: Window,
): string | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(date)) return undefined;
  const wanted = trigger.yearly ? date.slice(5, 10) : date.slice(0, 10);
  const last = Date.parse(`${localTimeOf(to, timezone).slice(0, 10)}T00:00:00Z`);
  const first = Date.parse(`${localTimeOf(from, timezone).slice(0, 10)}T00:00:00Z`);
  for (let day = first; day <= last; day += DAY_MS) {
    const local = dayOf(new Date(day));
    const dates = datesFallingOn(local, trigger.days, trigger.yearly === true);
    if (!dates.some((each) => (trigger.yearly ? each.slice(5) : each) === wanted)) continue;
    const at = instantOf(`${local}T${trigger.at}:00`, timezone);
    if (at > from && at <= to) return local;
  }
  return undefined;
}

/** Which dates are so many days before this day; in a year without it, the 29th of February is kept on the 28th. */
function datesFallingOn(day: string, days: number, yearly: boolean): string[] {
  const date = dayOf(new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS));
  const isLast = date.endsWith('-02-28') && !isLeap(Number(date.slice(0, 4)));
  return yearly && isLast ? [date, `${date.slice(0, 8)}29`] : [date];
}

function isLeap(year: number): boolean {
  return new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

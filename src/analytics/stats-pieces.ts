import { Temporal } from 'temporal-polyfill';
import { instantOf, localTimeOf } from '../platform/time/wall-clock';
import { spansOf, type Span } from './count-messages.queries';
import { QUARTER_MS } from './figures';

/** From where the figures of a period are taken; no two parts hold the same quarter. */
export interface Pieces {
  /** Whole days of the tenant's zone, without those in `exceptDays`. */
  days: { from: string; to: string } | null;
  exceptDays: string[];
  /** Quarters of an hour, without those in `exceptQuarters`. */
  quarters: Span[];
  /** Whole hours, without those in `exceptHours`; null where more than the day is kept apart. */
  hours: Span[] | null;
  exceptHours: Date[];
  exceptQuarters: Date[];
  /** Counted from messages: what begins or ends within a quarter, and what was not rolled up yet. */
  counted: Span[];
}

export interface Asked {
  period: Span;
  /** The zone of the days that are there, if these days may be used. */
  dayZone: string | null;
  /** Hours in which a day of the asked zone begins, but not at their beginning; null where hours may not be used. */
  splitHours: readonly Date[] | null;
  /** Quarters that changed since they were rolled up. */
  dirty: readonly Date[];
}

const HOUR_MS = 3_600_000;
/** Counted quarters that are so near are read in one go. */
const NEAR_MS = 0;

/** Takes a period apart. */
export function piecesOf({ period, dayZone, splitHours, dirty }: Asked): Pieces {
  const from = ceil(period.from, QUARTER_MS);
  const to = floor(period.to, QUARTER_MS);
  const nothing = { days: null, exceptDays: [], quarters: [], hours: null, exceptHours: [], exceptQuarters: [] };
  if (from >= to) return { ...nothing, counted: [period] };
  const changed = dirty.filter((at) => at >= from && at < to);
  const edges = [
    { from: period.from, to: from },
    { from: to, to: period.to },
  ];
  const counted = [...edges, ...spansOf(changed, NEAR_MS)].filter(isSome);
  const whole = { ...nothing, exceptQuarters: changed, counted };
  if (splitHours) return { ...whole, ...byHours({ from, to }, [...splitHours, ...changed]) };
  if (dayZone !== null) return { ...whole, ...byDays({ from, to }, dayZone, changed) };
  return { ...whole, quarters: [{ from, to }] };
}

function byDays({ from, to }: Span, zone: string, changed: readonly Date[]): Partial<Pieces> {
  const firstDay = dayOf(new Date(from.getTime() - 1), zone);
  const first = startOf(firstDay, zone) >= from ? firstDay : dayAfter(firstDay);
  const last = dayOf(to, zone);
  if (first >= last) return { quarters: [{ from, to }] };
  const exceptDays = [...new Set(changed.map((at) => dayOf(at, zone)))].filter((day) => day >= first && day < last);
  const quarters = [
    { from, to: startOf(first, zone) },
    ...exceptDays.map((day) => ({ from: startOf(day, zone), to: startOf(dayAfter(day), zone) })),
    { from: startOf(last, zone), to },
  ];
  return { days: { from: first, to: last }, exceptDays, quarters: quarters.filter(isSome) };
}

function byHours({ from, to }: Span, broken: readonly Date[]): Partial<Pieces> {
  const [first, last] = [ceil(from, HOUR_MS), floor(to, HOUR_MS)];
  if (first >= last) return { hours: [], quarters: [{ from, to }] };
  const times = new Set(broken.map((at) => floor(at, HOUR_MS).getTime()));
  const exceptHours = [...times].map((time) => new Date(time)).filter((at) => at >= first && at < last);
  const quarters = [
    { from, to: first },
    ...exceptHours.map((at) => ({ from: at, to: new Date(at.getTime() + HOUR_MS) })),
    { from: last, to },
  ];
  return { hours: [{ from: first, to: last }], exceptHours, quarters: quarters.filter(isSome) };
}

function isSome({ from, to }: Span): boolean {
  return from < to;
}

function dayOf(at: Date, zone: string): string {
  return localTimeOf(at, zone).slice(0, -'T00:00:00'.length);
}

function dayAfter(day: string): string {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toString();
}

function startOf(day: string, zone: string): Date {
  return instantOf(`${day}T00:00:00`, zone);
}

export function floor(at: Date, ms: number): Date {
  return new Date(Math.floor(at.getTime() / ms) * ms);
}

function ceil(at: Date, ms: number): Date {
  return new Date(Math.ceil(at.getTime() / ms) * ms);
}

import { Temporal } from 'temporal-polyfill';
import { instantOf, localTimeOf } from '../platform/time/wall-clock';
import { spansOf, type Span } from './count-messages.queries';
import { QUARTER_MS } from './figures';

/** From where the figures of a period are taken; no two parts hold the same quarter. */
export interface Pieces {
  /** Days of the tenant's zone, from the first to before the last. */
  days: { from: string; to: string }[];
  /** Quarters of an hour. */
  quarters: Span[];
  /** Whole hours; null where more than the day is kept apart. */
  hours: Span[] | null;
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

/** Takes a period apart. */
export function piecesOf({ period, dayZone, splitHours, dirty }: Asked): Pieces {
  const from = ceil(period.from, QUARTER_MS);
  const to = floor(period.to, QUARTER_MS);
  if (from >= to) return { days: [], quarters: [], hours: null, counted: [period] };
  const edges = [
    { from: period.from, to: from },
    { from: to, to: period.to },
  ];
  const changed = spansOf(
    dirty.filter((at) => at >= from && at < to),
    0,
  );
  const counted = [...edges, ...changed].filter(isSome);
  const whole = { from, to };
  if (splitHours) return { days: [], ...byHours(whole, splitHours, changed), counted };
  if (dayZone !== null) return { hours: null, ...byDays(whole, dayZone, changed), counted };
  return { days: [], quarters: without(whole, changed), hours: null, counted };
}

function byDays(period: Span, zone: string, changed: readonly Span[]): Pick<Pieces, 'days' | 'quarters'> {
  const firstDay = dayOf(new Date(period.from.getTime() - 1), zone);
  const first = startOf(firstDay, zone) >= period.from ? firstDay : dayAfter(firstDay);
  const last = dayOf(period.to, zone);
  if (first >= last) return { days: [], quarters: without(period, changed) };
  const days: Pieces['days'] = [];
  let next = first;
  for (const span of changed) {
    const [from, to] = [dayOf(span.from, zone), dayAfter(dayOf(new Date(span.to.getTime() - 1), zone))];
    if (next < from && from <= last) days.push({ from: next, to: from });
    if (to > next) next = to;
  }
  if (next < last) days.push({ from: next, to: last });
  const taken = days.map(({ from, to }) => ({ from: startOf(from, zone), to: startOf(to, zone) }));
  return { days, quarters: without(period, [...taken, ...changed]) };
}

function byHours(
  period: Span,
  splitHours: readonly Date[],
  changed: readonly Span[],
): Pick<Pieces, 'quarters' | 'hours'> {
  const split = splitHours.map((from) => ({ from, to: new Date(from.getTime() + HOUR_MS) }));
  const broken = changed.map(({ from, to }) => ({ from: floor(from, HOUR_MS), to: ceil(to, HOUR_MS) }));
  const whole = { from: ceil(period.from, HOUR_MS), to: floor(period.to, HOUR_MS) };
  const hours = isSome(whole) ? without(whole, [...split, ...broken]) : [];
  return { hours, quarters: without(period, [...hours, ...changed]) };
}

/** What is left of a span. */
function without({ from, to }: Span, holes: readonly Span[]): Span[] {
  const left: Span[] = [];
  let next = from;
  for (const hole of holes.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    if (hole.from >= to) break;
    if (hole.from > next) left.push({ from: next, to: hole.from });
    if (hole.to > next) next = hole.to;
  }
  return [...left, { from: next, to }].filter(isSome);
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

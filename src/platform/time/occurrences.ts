import {
  dayNumber,
  daysOfMonth,
  daysOfWeek,
  daysOfYear,
  monthOf,
  nextMonth,
  takesDay,
  weekdayOf,
  yearOf,
  type DayNumber,
} from './period-days';
import { parseRecurrence, type RecurrenceRule } from './recurrence-rule';
import { instantOf, localTimeOf, type LocalTime } from './wall-clock';

/** Something that comes again and again by the wall clock of a zone. */
export interface Recurring {
  /** The first time that may be one, by the wall clock. */
  start: LocalTime;
  timezone: string;
  /** A rule without fault (recurrenceFault). */
  recurrence: string;
}

/**
 * The next instants after `after`, at most `count`. A rule speaks of wall clocks: its times are worked out without any zone,
 * and each becomes an instant by the one rule of wall-clock.ts. Two wall times that fall on one instant, as they can where a
 * clock is set forward, are one occurrence. Empty when there is none up to the year 2200, or none that is found with
 * reasonable work; so a rule that never falls on a day ends, and quickly.
 */
export function nextOccurrences({ start, timezone, recurrence }: Recurring, after: Date, count: number): Date[] {
  const rule = parseRecurrence(recurrence);
  const found: Date[] = [];
  // A day earlier: around the night of a change, wall clocks and instants do not go in step.
  const from = rule.count === undefined ? wallMs(localTimeOf(after, timezone)) - DAY_MS : -Infinity;
  let counted = 0;
  let last = -Infinity;
  for (const wall of wallTimes(rule, wallMs(start), from)) {
    const instant = instantOf(new Date(wall).toISOString().slice(0, 19), timezone);
    if (rule.until && instant > rule.until) break;
    if (instant.getTime() <= last) continue;
    last = instant.getTime();
    if (rule.count !== undefined && ++counted > rule.count) break;
    if (instant <= after) continue;
    found.push(instant);
    if (found.length === count) break;
  }
  return found;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const LAST_YEAR = 2200;

/** Most periods and times of day that one search looks at: some milliseconds of work, whatever the rule. */
const MOST_WORK = 60_000;

/** Times by a wall clock, as milliseconds without a zone, in their order: from `start` on, and leaving out most before `from`. */
function* wallTimes(rule: RecurrenceRule, start: number, from: number): Generator<number> {
  let work = 0;
  for (const period of PERIODS[rule.freq](rule, start, from)) {
    work += 1 + period.length;
    if (work > MOST_WORK || (period[0] !== undefined && new Date(period[0]).getUTCFullYear() > LAST_YEAR)) return;
    for (const time of picked(rule, period)) if (time >= start) yield time;
  }
}

/** Those of a period that BYSETPOS names, or all, in order. */
function picked({ positions }: RecurrenceRule, period: readonly number[]): readonly number[] {
  const times = [...new Set(period)].sort((a, b) => a - b);
  if (!positions) return times;
  const chosen = positions.flatMap((place) => times.at(place > 0 ? place - 1 : place) ?? []);
  return [...new Set(chosen)].sort((a, b) => a - b);
}

/** The candidates of one period after the other. Each period comes, also where it has none, so that the work is counted. */
type Periods = (rule: RecurrenceRule, start: number, from: number) => Generator<number[]>;

const PERIODS: Readonly<Record<RecurrenceRule['freq'], Periods>> = {
  *HOURLY(rule, start, from) {
    const minuteMs = rule.minute === undefined ? 0 : (rule.minute - new Date(start).getUTCMinutes()) * 60_000;
    const step = rule.interval * HOUR_MS;
    let at = start + periodsBefore(from, start, step) * step;
    for (;;) {
      const day = Math.floor(at / DAY_MS);
      if (yearOf(day) > LAST_YEAR) return;
      const isDay = takesDay(rule, day);
      const isHour = !rule.hours || rule.hours.includes(new Date(at).getUTCHours());
      yield isDay && isHour ? [at + minuteMs] : [];
      // Over the rest of a day, or of a month, in which there is nothing.
      const skipTo = isDay ? at + step : nextDay(rule, day) * DAY_MS;
      at += Math.max(1, Math.ceil((skipTo - at) / step)) * step;
    }
  },
  *DAILY(rule, start, from) {
    const first = Math.floor(start / DAY_MS);
    let day = first + periodsBefore(from, start, rule.interval * DAY_MS) * rule.interval;
    while (yearOf(day) <= LAST_YEAR) {
      const isDay = takesDay(rule, day);
      yield isDay ? timesOn([day], rule, start) : [];
      const skipTo = isDay ? day + rule.interval : nextDay(rule, day);
      day += Math.max(1, Math.ceil((skipTo - day) / rule.interval)) * rule.interval;
    }
  },
  *WEEKLY(rule, start, from) {
    const first = Math.floor(start / DAY_MS);
    const step = 7 * rule.interval;
    const monday = first - ((weekdayOf(first) - rule.weekStart + 7) % 7);
    let week = monday + periodsBefore(from, monday * DAY_MS, step * DAY_MS) * step;
    for (; yearOf(week) <= LAST_YEAR; week += step) yield timesOn(daysOfWeek(rule, week, first), rule, start);
  },
  *MONTHLY(rule, start, from) {
    const first = Math.floor(start / DAY_MS);
    const begin = yearOf(first) * 12 + monthOf(first) - 1;
    const gone = from === -Infinity ? 0 : monthsOf(from) - begin - 1;
    let month = begin + Math.max(0, Math.floor(gone / rule.interval)) * rule.interval;
    for (; month < (LAST_YEAR + 1) * 12; month += rule.interval)
      yield timesOn(daysOfMonth(rule, dayNumber(Math.floor(month / 12), (month % 12) + 1, 1), first), rule, start);
  },
  *YEARLY(rule, start, from) {
    const first = Math.floor(start / DAY_MS);
    const begin = yearOf(first);
    const gone = from === -Infinity ? 0 : yearOf(Math.floor(from / DAY_MS)) - begin - 1;
    let year = begin + Math.max(0, Math.floor(gone / rule.interval)) * rule.interval;
    for (; year <= LAST_YEAR; year += rule.interval) yield timesOn(daysOfYear(rule, year, first), rule, start);
  },
};

function monthsOf(wall: number): number {
  const day = Math.floor(wall / DAY_MS);
  return yearOf(day) * 12 + monthOf(day) - 1;
}

/** Whole periods that are over before `from`. */
function periodsBefore(from: number, start: number, lengthMs: number): number {
  return from === -Infinity ? 0 : Math.max(0, Math.floor((from - start) / lengthMs) - 1);
}

/** The next day at which it is worth to look again: over a month that the rule does not name. */
function nextDay({ months }: RecurrenceRule, day: DayNumber): DayNumber {
  return months && !months.includes(monthOf(day)) ? nextMonth(day) : day + 1;
}

/** Every hour of the rule on these days. */
function timesOn(days: readonly DayNumber[], rule: RecurrenceRule, start: number): number[] {
  const clock = new Date(start);
  const hours = rule.hours ?? [clock.getUTCHours()];
  const rest = (rule.minute ?? clock.getUTCMinutes()) * 60_000 + clock.getUTCSeconds() * 1000;
  return days.flatMap((day) => hours.map((hour) => day * DAY_MS + hour * HOUR_MS + rest));
}

function wallMs(local: LocalTime): number {
  return Date.parse(`${local}Z`);
}

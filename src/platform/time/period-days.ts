import type { RecurrenceRule, RuleDay } from './recurrence-rule';

/** A day, counted from 1970-01-01. Days and times here are those of a wall clock, reckoned as if there were no zones. */
export type DayNumber = number;

const DAY_MS = 86_400_000;

export function dayNumber(year: number, month: number, day: number): DayNumber {
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

export function yearOf(day: DayNumber): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}

export function monthOf(day: DayNumber): number {
  return new Date(day * DAY_MS).getUTCMonth() + 1;
}

export function dayOfMonth(day: DayNumber): number {
  return new Date(day * DAY_MS).getUTCDate();
}

/** 1970-01-01 was a Thursday. */
export function weekdayOf(day: DayNumber): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** The first day of the month after that of `day`. */
export function nextMonth(day: DayNumber): DayNumber {
  return dayNumber(yearOf(day), monthOf(day) + 1, 1);
}

/** Some days in a row, `to` not among them. */
interface Span {
  from: DayNumber;
  to: DayNumber;
}

/** Whether a rule that only picks among days, as hourly and daily ones do, takes this one. */
export function takesDay({ months, monthDays, days }: RecurrenceRule, day: DayNumber): boolean {
  if (months && !months.includes(monthOf(day))) return false;
  if (days && !days.some(({ weekday }) => weekday === weekdayOf(day))) return false;
  if (!monthDays) return true;
  const ofMonth = dayOfMonth(day);
  const fromEnd = day - nextMonth(day);
  return monthDays.includes(ofMonth) || monthDays.includes(fromEnd);
}

/** The days of a rule in one week, from its first day on. */
export function daysOfWeek(rule: RecurrenceRule, from: DayNumber, start: DayNumber): DayNumber[] {
  const weekdays = rule.days?.map(({ weekday }) => weekday) ?? [weekdayOf(start)];
  return range({ from, to: from + 7 }).filter(
    (day) => weekdays.includes(weekdayOf(day)) && (!rule.months || rule.months.includes(monthOf(day))),
  );
}

/** The days of a rule in one month. */
export function daysOfMonth(rule: RecurrenceRule, from: DayNumber, start: DayNumber): DayNumber[] {
  if (rule.months && !rule.months.includes(monthOf(from))) return [];
  const span = { from, to: nextMonth(from) };
  if (!rule.days) return monthDaysIn(span, rule, [dayOfMonth(start)]);
  const weekdays = weekdaysIn(span, rule.days);
  if (!rule.monthDays) return weekdays;
  const both = new Set(monthDaysIn(span, { ...rule, omitsShortMonths: true }, []));
  return weekdays.filter((day) => both.has(day));
}

/** The days of a rule in one year. */
export function daysOfYear(rule: RecurrenceRule, year: number, start: DayNumber): DayNumber[] {
  const isByMonth = rule.months !== undefined || rule.monthDays !== undefined;
  if (rule.days && !isByMonth)
    return weekdaysIn({ from: dayNumber(year, 1, 1), to: dayNumber(year + 1, 1, 1) }, rule.days);
  const months = rule.months ?? (rule.monthDays ? EVERY_MONTH : [monthOf(start)]);
  return months.flatMap((month) => daysOfMonth(rule, dayNumber(year, month, 1), start));
}

const EVERY_MONTH = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** A day that the month does not have becomes its last one, unless the rule leaves such months out. */
function monthDaysIn({ from, to }: Span, rule: RecurrenceRule, otherwise: readonly number[]): DayNumber[] {
  const length = to - from;
  return (rule.monthDays ?? otherwise).flatMap((number) => {
    const place = number > 0 ? number : length + 1 + number;
    if (place >= 1 && place <= length) return [from + place - 1];
    return place > length && !rule.omitsShortMonths ? [to - 1] : [];
  });
}

function weekdaysIn(span: Span, days: readonly RuleDay[]): DayNumber[] {
  return days.flatMap(({ weekday, nth }) => {
    const all = range(span).filter((day) => weekdayOf(day) === weekday);
    if (nth === undefined) return all;
    const one = all.at(nth > 0 ? nth - 1 : nth);
    return one === undefined ? [] : [one];
  });
}

function range({ from, to }: Span): DayNumber[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

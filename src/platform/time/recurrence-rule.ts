export const FREQUENCIES = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** A weekday from 0 for Sunday to 6; `nth` where only one of a month or year is meant, from its end where negative. */
export interface RuleDay {
  weekday: number;
  nth: number | undefined;
}

/** A recurrence rule, read. Lists are undefined where the rule says nothing. */
export interface RecurrenceRule {
  freq: Frequency;
  interval: number;
  count: number | undefined;
  until: Date | undefined;
  months: readonly number[] | undefined;
  monthDays: readonly number[] | undefined;
  days: readonly RuleDay[] | undefined;
  hours: readonly number[] | undefined;
  minute: number | undefined;
  positions: readonly number[] | undefined;
  weekStart: number;
  /** A month without the day is left out, instead of taking its last day. */
  omitsShortMonths: boolean;
}

/**
 * Whether a text is a recurrence rule (RFC 5545, 3.3.10, and SKIP of RFC 7529) of the kind that is taken here; the fault in
 * words, or undefined. Syntax only: whether it ever falls on a day is for occurrences.ts to find out.
 */
export function recurrenceFault(text: string): string | undefined {
  const parts = new Map<string, string>();
  for (const part of text.split(';')) {
    const [, name, value] = /^([A-Z]+)=([A-Z0-9,+-]+)$/.exec(part) ?? [];
    if (name === undefined || value === undefined) return 'must be NAME=VALUE pairs in capitals, joined by semicolons';
    if (parts.has(name)) return `names ${name} twice`;
    parts.set(name, value);
  }
  if (!parts.has('FREQ')) return 'must have a FREQ, such as FREQ=WEEKLY';
  for (const [name, value] of parts) {
    const rule = PARTS[name];
    if (!rule) return `${name} is not supported; use ${Object.keys(PARTS).join(', ')}`;
    if (!rule.fits(value)) return `${name} must be ${rule.words}`;
  }
  return togetherFault(parts);
}

/** What a text says that has no fault. */
export function parseRecurrence(text: string): RecurrenceRule {
  const parts = new Map(text.split(';').map((part) => part.split('=') as [string, string]));
  const numbers = (name: string) => parts.get(name)?.split(',').map(Number);
  return {
    freq: parts.get('FREQ') as Frequency,
    interval: Number(parts.get('INTERVAL') ?? 1),
    count: numbers('COUNT')?.[0],
    until: readUtc(parts.get('UNTIL') ?? ''),
    months: numbers('BYMONTH'),
    monthDays: numbers('BYMONTHDAY'),
    days: parts.get('BYDAY')?.split(',').map(readDay),
    hours: numbers('BYHOUR'),
    minute: numbers('BYMINUTE')?.[0],
    positions: numbers('BYSETPOS'),
    weekStart: WEEKDAYS.indexOf(parts.get('WKST') ?? 'MO'),
    omitsShortMonths: parts.get('SKIP') === 'OMIT',
  };
}

function togetherFault(parts: ReadonlyMap<string, string>): string | undefined {
  const freq = parts.get('FREQ') ?? '';
  if (parts.has('COUNT') && parts.has('UNTIL')) return 'cannot have COUNT and UNTIL together';
  if (freq === 'WEEKLY' && parts.has('BYMONTHDAY')) return 'cannot have BYMONTHDAY with FREQ=WEEKLY';
  if (/\d/.test(parts.get('BYDAY') ?? '') && !['MONTHLY', 'YEARLY'].includes(freq))
    return 'can have numbered weekdays in BYDAY only with FREQ=MONTHLY or YEARLY';
  if (/\d/.test(parts.get('BYDAY') ?? '') && parts.has('BYMONTHDAY'))
    return 'cannot have numbered weekdays in BYDAY together with BYMONTHDAY';
  if (parts.has('BYSETPOS') && ![...parts.keys()].some((name) => /^BY(?!SETPOS)/.test(name)))
    return 'can have BYSETPOS only with another BY part';
  return undefined;
}

interface Part {
  fits(value: string): boolean;
  words: string;
}

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** SECONDLY, MINUTELY and lists of minutes are left out: nobody wants to be written to more often than every hour. */
const PARTS: Readonly<Record<string, Part>> = {
  FREQ: { fits: oneOf(...FREQUENCIES), words: 'HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY' },
  INTERVAL: { fits: number(1, 1000), words: 'a whole number from 1 to 1000' },
  COUNT: { fits: number(1, 1000), words: 'a whole number from 1 to 1000' },
  UNTIL: { fits: (value) => readUtc(value) !== undefined, words: 'an instant in UTC such as 20261231T235959Z' },
  BYMONTH: { fits: list(number(1, 12)), words: 'months from 1 to 12' },
  BYMONTHDAY: { fits: list(eitherEnd(31)), words: 'days from 1 to 31, or from -31 to -1' },
  BYDAY: { fits: list(isWeekday), words: 'weekdays such as MO, or 1MO and -1FR for the first and last of a month' },
  BYHOUR: { fits: list(number(0, 23)), words: 'hours from 0 to 23' },
  BYMINUTE: { fits: number(0, 59), words: 'one minute from 0 to 59' },
  BYSETPOS: { fits: list(eitherEnd(366)), words: 'positions from 1 to 366, or from -366 to -1' },
  WKST: { fits: oneOf('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'), words: 'a weekday such as MO' },
  SKIP: { fits: oneOf('BACKWARD', 'OMIT'), words: 'BACKWARD (the last day of a month that is too short) or OMIT' },
};

function oneOf(...values: string[]): (value: string) => boolean {
  return (value) => values.includes(value);
}

function number(min: number, max: number): (value: string) => boolean {
  return (value) => /^\d{1,4}$/.test(value) && Number(value) >= min && Number(value) <= max;
}

function eitherEnd(max: number): (value: string) => boolean {
  const fits = number(1, max);
  return (value) => fits(value.replace(/^[+-]/, ''));
}

function list(fits: (value: string) => boolean): (value: string) => boolean {
  return (values) => values.split(',').every(fits);
}

function isWeekday(value: string): boolean {
  return /^([+-]?([1-9]|[1-4]\d|5[0-3]))?(MO|TU|WE|TH|FR|SA|SU)$/.test(value);
}

function readDay(value: string): RuleDay {
  const nth = value.slice(0, -2);
  return { weekday: WEEKDAYS.indexOf(value.slice(-2)), nth: nth === '' ? undefined : Number(nth) };
}

function readUtc(value: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const instant = new Date(iso);
  // A date that the calendar does not have comes back as another one, or as none.
  return !Number.isNaN(instant.getTime()) && instant.toISOString() === iso ? instant : undefined;
}

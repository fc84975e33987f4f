/**
 * Whether a text is a recurrence rule (RFC 5545, 3.3.10) of the kind that a bulk send may have; the fault in words, or
 * undefined. Syntax only: which days it falls on is worked out when it runs.
 */
export function recurrenceFault(rule: string): string | undefined {
  const parts = new Map<string, string>();
  for (const part of rule.split(';')) {
    const [, name, value] = /^([A-Z]+)=([A-Z0-9,+-]+)$/.exec(part) ?? [];
    if (name === undefined || value === undefined) return 'must be NAME=VALUE pairs in capitals, joined by semicolons';
    if (parts.has(name)) return `names ${name} twice`;
    parts.set(name, value);
  }
  if (!parts.has('FREQ')) return 'must have a FREQ, such as FREQ=WEEKLY';
  if (parts.has('COUNT') && parts.has('UNTIL')) return 'cannot have COUNT and UNTIL together';
  for (const [name, value] of parts) {
    const rule = PARTS[name];
    if (!rule) return `${name} is not supported; use ${Object.keys(PARTS).join(', ')}`;
    if (!rule.fits(value)) return `${name} must be ${rule.words}`;
  }
  return undefined;
}

interface Part {
  fits(value: string): boolean;
  words: string;
}

/** SECONDLY, MINUTELY and lists of minutes are left out: nobody wants a bulk send more often than every hour. */
const PARTS: Readonly<Record<string, Part>> = {
  FREQ: {
    fits: oneOf('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
    words: 'HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY',
  },
  INTERVAL: { fits: number(1, 1000), words: 'a whole number from 1 to 1000' },
  COUNT: { fits: number(1, 1000), words: 'a whole number from 1 to 1000' },
  UNTIL: { fits: isUtcInstant, words: 'an instant in UTC such as 20261231T235959Z' },
  BYMONTH: { fits: list(number(1, 12)), words: 'months from 1 to 12' },
  BYMONTHDAY: { fits: list(eitherEnd(31)), words: 'days from 1 to 31, or from -31 to -1' },
  BYDAY: { fits: list(isWeekday), words: 'weekdays such as MO, or 1MO and -1FR for the first and last of a month' },
  BYHOUR: { fits: list(number(0, 23)), words: 'hours from 0 to 23' },
  BYMINUTE: { fits: number(0, 59), words: 'one minute from 0 to 59' },
  BYSETPOS: { fits: list(eitherEnd(366)), words: 'positions from 1 to 366, or from -366 to -1' },
  WKST: { fits: oneOf('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'), words: 'a weekday such as MO' },
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

function isUtcInstant(value: string): boolean {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  // A date that the calendar does not have comes back as another one, or as none.
  return !Number.isNaN(Date.parse(iso)) && new Date(iso).toISOString() === iso;
}

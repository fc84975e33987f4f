import { dueDay, daysDueIn } from './date-due';
import { nextQuarter } from './due-time';
import type { DateTrigger } from './match';

const trigger = (more: Partial<DateTrigger> = {}): DateTrigger => ({
  ...{ type: 'date', attribute: 'renewal', days: 0, at: '09:00' },
  ...more,
});
const window = (from: string, to: string) => ({ from: new Date(from), to: new Date(to) });

describe('dueDay', () => {
  it.each<[string, string, Partial<DateTrigger>, string, string, string | undefined]>([
    ['2026-12-01', 'UTC', {}, '2026-12-01T08:45:00Z', '2026-12-01T09:00:00Z', '2026-12-01'],
    ['2026-12-01', 'UTC', {}, '2026-12-01T09:00:00Z', '2026-12-01T09:15:00Z', undefined],
    ['2026-12-01', 'Europe/Berlin', {}, '2026-12-01T07:45:00Z', '2026-12-01T08:00:00Z', '2026-12-01'],
    ['2026-12-01', 'Asia/Kathmandu', {}, '2026-12-01T03:00:00Z', '2026-12-01T03:15:00Z', '2026-12-01'],
    ['2026-12-01', 'Pacific/Auckland', {}, '2026-11-30T19:45:00Z', '2026-11-30T20:00:00Z', '2026-12-01'],
    ['2026-12-01', 'UTC', { days: -7 }, '2026-11-24T08:45:00Z', '2026-11-24T09:00:00Z', '2026-11-24'],
    ['2026-12-01', 'UTC', { days: 30 }, '2026-12-31T08:45:00Z', '2026-12-31T09:00:00Z', '2026-12-31'],
    ['2026-12-01T23:00:00Z', 'UTC', {}, '2026-12-01T08:45:00Z', '2026-12-01T09:00:00Z', '2026-12-01'],
    ['1990-12-01', 'UTC', {}, '2026-12-01T08:45:00Z', '2026-12-01T09:00:00Z', undefined],
    ['1990-12-01', 'UTC', { yearly: true }, '2026-12-01T08:45:00Z', '2026-12-01T09:00:00Z', '2026-12-01'],
    ['1990-01-02', 'UTC', { yearly: true, days: -7 }, '2026-12-26T08:45:00Z', '2026-12-26T09:00:00Z', '2026-12-26'],
    ['1992-02-29', 'UTC', { yearly: true }, '2027-02-28T08:45:00Z', '2027-02-28T09:00:00Z', '2027-02-28'],
    ['1992-02-29', 'UTC', { yearly: true }, '2028-02-28T08:45:00Z', '2028-02-28T09:00:00Z', undefined],
    ['1992-02-29', 'UTC', { yearly: true }, '2028-02-29T08:45:00Z', '2028-02-29T09:00:00Z', '2028-02-29'],
    ['soon', 'UTC', {}, '2026-12-01T08:45:00Z', '2026-12-01T09:00:00Z', undefined],
    // A time that clocks skip comes as much later; one that they show twice comes at the first.
    ['2026-03-29', 'Europe/Berlin', { at: '02:30' }, '2026-03-29T01:15:00Z', '2026-03-29T01:30:00Z', '2026-03-29'],
    ['2026-10-25', 'Europe/Berlin', { at: '02:30' }, '2026-10-25T00:15:00Z', '2026-10-25T00:30:00Z', '2026-10-25'],
    ['2026-10-25', 'Europe/Berlin', { at: '02:30' }, '2026-10-25T01:15:00Z', '2026-10-25T01:30:00Z', undefined],
  ])('of %s in %s, %j, from %s to %s: %s', (date, timezone, more, from, to, expected) => {
    const found = dueDay(trigger(more), { date, timezone }, window(from, to));
    expect(found).toBe(expected);
    const days = daysDueIn(trigger(more), window(from, to));
    if (found) expect(days).toContain(more.yearly ? date.slice(5, 10) : date.slice(0, 10));
  });
});

describe('nextQuarter', () => {
  it.each([
    ['09:00', '2026-12-01T08:59:59Z', '2026-12-01T09:00:00.000Z'],
    ['09:00', '2026-12-01T09:00:00Z', '2026-12-01T09:15:00.000Z'],
    ['09:40', '2026-12-01T09:00:00Z', '2026-12-01T09:10:00.000Z'],
    ['09:40', '2026-12-01T09:12:00Z', '2026-12-01T09:25:00.000Z'],
  ])('for %s is, at %s, %s', (at, now, next) => {
    expect(nextQuarter(at, new Date(now)).toISOString()).toBe(next);
  });
});

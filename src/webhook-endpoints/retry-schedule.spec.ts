import { askedMs, MOST_TRIES, waitMs } from './retry-schedule';

const HOUR = 3_600_000;
const NOW = new Date('2026-11-21T12:00:00Z');

describe('the wait after a failure', () => {
  it('grows from seconds to hours, a fifth more or less, and ends with the eighth try', () => {
    const waits = (random: number) => Array.from({ length: MOST_TRIES }, (_, tries) => waitMs(tries, 0, () => random));
    const minutes = [5 / 60, 5, 30, 120, 300, 600, 600];
    expect(waits(0.5)).toEqual([...minutes.map((each) => each * 60_000), undefined]);
    expect(waits(0)[1]).toBe(240_000);
    expect(waits(0.999_999_9)[1]).toBe(360_000);
  });

  it('is as long as the endpoint asks for, but never shorter than planned and never longer than a day', () => {
    expect(waitMs(0, 60_000, () => 0.5)).toBe(60_000);
    expect(waitMs(3, 60_000, () => 0.5)).toBe(2 * HOUR);
    expect(waitMs(0, 999 * HOUR, () => 0.5)).toBe(24 * HOUR);
    expect(waitMs(MOST_TRIES - 1, 60_000)).toBeUndefined();
  });
});

it.each([
  ['120', 120_000],
  [' 7 ', 7_000],
  ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
  ['-5', undefined],
  ['soon', undefined],
  ['1e3', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %s asks for %s ms', (header, wait) => {
  expect(askedMs(header, NOW)).toBe(wait);
});

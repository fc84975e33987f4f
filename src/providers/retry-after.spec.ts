import { retryAfterMs } from './retry-after';

const now = new Date('2026-11-21T10:00:00Z');

it.each<[Record<string, string>, number | undefined]>([
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '90' }, 90_000],
  [{ 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': '5', 'x-ratelimit-reset': '1795255260' }, 5_000],
  [{ 'x-ratelimit-reset': '1795255260' }, 60_000],
  [{ 'x-ratelimit-reset': '1' }, 0],
  [{ 'x-ratelimit-reset': 'later' }, undefined],
  [{}, undefined],
])('%j asks for %s ms', (headers, expected) => {
  expect(retryAfterMs(headers, now)).toBe(expected);
});

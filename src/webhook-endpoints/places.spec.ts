import { freePlaces, type OpenCall } from './places';

const calls = (count: number, call: OpenCall) => Array.from({ length: count }, () => call);
const young = { begunAt: 9_500, failing: false };
const slow = { begunAt: 1_000, failing: false };
const NOW = 10_000;

it('keeps places of those that failed apart from those of the others', () => {
  expect(freePlaces([], NOW)).toEqual({ healthy: 96, failing: 32 });
  expect(freePlaces(calls(40, { ...young, failing: true }), NOW)).toEqual({ healthy: 96, failing: 0 });
  expect(freePlaces(calls(90, young), NOW)).toEqual({ healthy: 6, failing: 32 });
  expect(freePlaces(calls(200, young), NOW)).toEqual({ healthy: 0, failing: 32 });
});

it('gives the place of a call that hangs to the next, until far too many hang', () => {
  expect(freePlaces(calls(96, slow), NOW)).toEqual({ healthy: 96, failing: 32 });
  expect(freePlaces(calls(256, slow), NOW)).toEqual({ healthy: 96, failing: 0 });
  expect(freePlaces(calls(550, slow), NOW)).toEqual({ healthy: 58, failing: 0 });
});

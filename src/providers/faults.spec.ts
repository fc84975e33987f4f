import { resultOf, safeMessage } from './faults';
import { FAULT_CLASSES } from './provider';

const credentials = { authToken: 'abcd1234', accountSid: 'AC0000' };

it.each([
  ["The 'To' number +1 (415) 555-2671 is not valid", "The 'To' number [number] is not valid"],
  ['550 5.1.1 <ada@example.com> unknown', '550 5.1.1 <[address]> unknown'],
  ['bad token abcd1234 for AC0000', 'bad token [credential] for [credential]'],
  ['Error 21610 in 300 ms', 'Error 21610 in 300 ms'],
])('shows %j as %j', (text, shown) => {
  expect(safeMessage(text, { credentials })).toBe(shown);
});

it('shows at most 500 characters', () => {
  expect(safeMessage('x'.repeat(10_000), { credentials })).toHaveLength(500);
});

it('gives every class an outcome, and a wait only to those that are tried again', () => {
  const outcomes = FAULT_CLASSES.map((each) => resultOf({ class: each, code: 'x', message: 'x' }, 1_000));
  expect(outcomes.every(({ outcome }) => outcome !== undefined)).toBe(true);
  for (const result of outcomes) {
    const isTriedAgain = result.outcome === 'THROTTLED' || result.outcome === 'REJECTED_RETRY';
    expect('retryAfterMs' in result).toBe(isTriedAgain);
  }
});

import fc from 'fast-check';
import type { EventStatus } from '../providers/provider';
import { afterEvent, MESSAGE_STATUSES, STATUS, type Standing } from './message-status';

const events = fc.array(
  fc.record({
    status: fc.constantFrom<EventStatus[]>('SENT', 'DELIVERED', 'READ', 'FAILED'),
    at: fc.integer({ min: 0, max: 5 }).map((s) => new Date(1_800_000_000_000 + s * 1000)),
  }),
  { maxLength: 12 },
);
const sending: Standing = { status: 'SENDING', at: new Date(1_700_000_000_000) };
const fold = (list: { status: EventStatus; at: Date }[]) => list.reduce(afterEvent, sending);

describe('the status lattice', () => {
  it('gives the same result for every order and number of copies of the same events', () => {
    fc.assert(
      fc.property(
        events.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
        ),
        ([list, shuffled]) => expect(fold(shuffled)).toEqual(fold(list)),
      ),
      { numRuns: 10_000 },
    );
  });

  it('never lowers a rank', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MESSAGE_STATUSES), events, (status, list) => {
        let standing: Standing = { status, at: new Date(1_800_000_002_000) };
        for (const event of list) {
          const next = afterEvent(standing, event);
          expect(STATUS[next.status].rank).toBeGreaterThanOrEqual(STATUS[standing.status].rank);
          standing = next;
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it.each([
    ['keeps DELIVERED when a late SENT arrives', 'DELIVERED', 1, 'SENT', 9, 'DELIVERED'],
    ['takes a late bounce after a delivery', 'DELIVERED', 1, 'FAILED', 9, 'FAILED'],
    ['takes a delivery that is later than a failure', 'FAILED', 1, 'DELIVERED', 9, 'DELIVERED'],
    ['keeps a failure against an older delivery', 'FAILED', 9, 'DELIVERED', 1, 'FAILED'],
    ['lets a failure win a tie', 'DELIVERED', 5, 'FAILED', 5, 'FAILED'],
    ['lets READ win over a failure', 'FAILED', 9, 'READ', 1, 'READ'],
    ['keeps READ against a later failure', 'READ', 1, 'FAILED', 9, 'READ'],
    ['resolves UNKNOWN by an echo', 'UNKNOWN', 5, 'SENT', 1, 'SENT'],
    ['believes an echo of an earlier attempt more than an expiry', 'EXPIRED', 9, 'DELIVERED', 1, 'DELIVERED'],
  ] as const)('%s', (_, from, fromAt, to, toAt, expected) => {
    expect(afterEvent({ status: from, at: new Date(fromAt) }, { status: to, at: new Date(toAt) }).status).toBe(
      expected,
    );
  });
});

import { Problem } from './problem';
import { TokenBuckets } from './token-buckets';

function bucketsAt(clock: { ms: number }, maxKeys = 10) {
  return new TokenBuckets({ capacity: 10, perSecond: 2, maxKeys, now: () => clock.ms });
}

const waits = (act: () => void): number => {
  try {
    act();
    return 0;
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    return Number((error as Problem).headers['Retry-After']);
  }
};

describe('a bucket', () => {
  it('gives what it holds, then what flows in, and says how long to wait', () => {
    const clock = { ms: 0 };
    const buckets = bucketsAt(clock);
    for (let i = 0; i < 10; i++) expect(waits(() => buckets.take('a', 1))).toBe(0);
    expect(waits(() => buckets.take('a', 1))).toBe(1);
    clock.ms = 500;
    expect([waits(() => buckets.take('a', 1)), waits(() => buckets.take('a', 1))]).toEqual([0, 1]);
    expect(waits(() => buckets.take('b', 1))).toBe(0);
  });

  it('lets a dear thing go into debt, which is paid before anything else goes', () => {
    const clock = { ms: 0 };
    const buckets = bucketsAt(clock);
    expect(waits(() => buckets.take('a', 20))).toBe(0);
    expect(waits(() => buckets.take('a', 1))).toBe(5);
    clock.ms = 4_900;
    expect(waits(() => buckets.take('a', 1))).toBe(1);
    clock.ms = 5_100;
    expect(waits(() => buckets.take('a', 1))).toBe(0);
  });

  it('never holds more than it can, and forgets the one unused for longest', () => {
    const clock = { ms: 0 };
    const buckets = bucketsAt(clock, 2);
    buckets.take('a', 10);
    buckets.take('b', 10);
    clock.ms = 100;
    buckets.take('a', 1);
    buckets.take('c', 10);
    expect([waits(() => buckets.take('a', 1)), waits(() => buckets.take('b', 1))].map(Boolean)).toEqual([true, false]);
    clock.ms = 3_600_000;
    buckets.take('a', 11);
    expect(waits(() => buckets.take('a', 1))).toBe(1);
  });
});

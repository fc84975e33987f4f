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
    for (let i = 0; i < 10; i++) expect(waits(() => buckets.take('a'))).toBe(0);
    expect(waits(() => buckets.take('a'))).toBe(1);
    clock.ms = 400;
    expect(waits(() => buckets.take('a'))).toBe(1);
    clock.ms = 500;
    expect([waits(() => buckets.take('a')), waits(() => buckets.take('a'))]).toEqual([0, 1]);
    expect(waits(() => buckets.take('b'))).toBe(0);
  });

  it('never holds more than it can', () => {
    const clock = { ms: 0 };
    const buckets = bucketsAt(clock);
    buckets.take('a');
    clock.ms = 3_600_000;
    const taken = Array.from({ length: 12 }, () => waits(() => buckets.take('a')));
    expect(taken.filter(Boolean)).toHaveLength(2);
  });

  it('is forgotten when it was unused for longest and another one is needed', () => {
    const buckets = bucketsAt({ ms: 0 }, 2);
    const empty = (key: string) => Array.from({ length: 10 }, () => buckets.take(key));
    empty('a');
    empty('b');
    expect(waits(() => buckets.take('a'))).toBe(1);
    empty('c');
    expect([waits(() => buckets.take('a')), waits(() => buckets.take('b'))]).toEqual([1, 0]);
  });
});

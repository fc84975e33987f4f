import { describe, expect, it } from '@jest/globals';
import type { Problem } from './problem';
import { RateLimiter } from './rate-limit';

function limiter(maxKeys?: number) {
  const clock = { ms: 1_000 };
  const rates = new RateLimiter({ quota: 2, windowSeconds: 60, now: () => clock.ms, ...(maxKeys && { maxKeys }) });
  const refused = (key: string): Problem | undefined => {
    try {
      rates.take(key);
      return undefined;
    } catch (error) {
      return error as Problem;
    }
  };
  return { clock, rates, refused };
}

describe('RateLimiter', () => {
  it('tells the policy, what is left and for how long', () => {
    const { clock, rates } = limiter();
    expect(rates.take('a')).toEqual({ 'RateLimit-Policy': '"default";q=2;w=60', RateLimit: '"default";r=1;t=60' });
    clock.ms += 10_500;
    expect(rates.take('a')).toMatchObject({ RateLimit: '"default";r=0;t=50' });
  });

  it('refuses beyond the quota with 429 and the seconds to wait', () => {
    const { clock, rates, refused } = limiter();
    rates.take('a');
    rates.take('a');
    clock.ms += 59_999;
    expect(refused('a')).toMatchObject({
      status: 429,
      headers: { 'Retry-After': '1', RateLimit: '"default";r=0;t=1' },
    });
  });

  it('starts anew when the window closes, and refusals do not lengthen it', () => {
    const { clock, rates, refused } = limiter();
    rates.take('a');
    rates.take('a');
    clock.ms += 30_000;
    expect(refused('a')).toBeDefined();
    clock.ms += 30_000;
    expect(refused('a')).toBeUndefined();
  });

  it('counts each key for itself', () => {
    const { rates, refused } = limiter();
    rates.take('a');
    rates.take('a');
    expect(refused('b')).toBeUndefined();
  });

  it('forgets the oldest window when it remembers too many keys, and no younger one', () => {
    const { rates, refused } = limiter(2);
    for (const key of ['a', 'a', 'b', 'b', 'c']) rates.take(key);
    expect(refused('b')).toBeDefined();
    expect(refused('a')).toBeUndefined();
  });
});

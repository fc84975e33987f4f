import { retryDelayMs } from './retry-policy';

describe('retryDelayMs', () => {
  it('spreads delays evenly from zero to the doubled base', () => {
    const delays = Array.from({ length: 20_000 }, () => retryDelayMs('transactional', 3)).sort((a, b) => a - b);
    const worst = Math.max(...delays.map((d, i) => Math.abs(d / 16_000 - (i + 1) / delays.length)));
    expect(worst).toBeLessThan(0.02); // Kolmogorov-Smirnov distance to the uniform distribution
  });

  it('never waits longer than the cap of its lane', () => {
    expect(retryDelayMs('otp', 30, undefined, () => 1)).toBe(15_000);
    expect(retryDelayMs('bulk', 30, undefined, () => 1)).toBe(6 * 3_600_000);
  });

  it('never comes back before Retry-After, and clamps an absurd one', () => {
    expect(retryDelayMs('transactional', 1, 30_000, () => 0)).toBe(30_000);
    expect(retryDelayMs('transactional', 1, 30_000, () => 1)).toBe(33_000);
    expect(retryDelayMs('transactional', 1, 5, () => 0)).toBe(1_000);
    expect(retryDelayMs('transactional', 1, 1e12, () => 0)).toBe(24 * 3_600_000);
  });
});

import { percentile } from './response-times';

const binOf = (seconds: number): number => Math.floor(Math.log(Math.max(seconds, 0.001) * 1000) / Math.log(1.02));

function binned(seconds: readonly number[]): { bins: number[]; counts: number[] } {
  const groups = [...Map.groupBy(seconds.map(binOf), (bin) => bin)].sort(([a], [b]) => a - b);
  return { bins: groups.map(([bin]) => bin), counts: groups.map(([, all]) => all.length) };
}

function exact(seconds: readonly number[], part: number): number {
  const sorted = [...seconds].sort((a, b) => a - b);
  const rank = part * (sorted.length - 1);
  const [below = 0, above = 0] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  return below + (above - below) * (rank % 1);
}

describe('percentiles of response times', () => {
  it('are none without answers', () => {
    expect(percentile({ bins: [], counts: [] }, 0.5)).toBeNull();
  });

  it.each([
    ['one answer', [42]],
    ['two', [40, 120]],
    ['from a moment to a year', [0.002, 0.5, 7, 61, 3_600, 86_400, 31_536_000]],
    ['many', Array.from({ length: 5_000 }, (_, n) => 1.003 ** (n % 4_001))],
  ])('are at most one percent beside the exact ones: %s', (_, seconds) => {
    for (const part of [0, 0.05, 0.5, 0.95, 1]) {
      const wanted = exact(seconds, part);
      const told = percentile(binned(seconds), part) ?? 0;
      expect(Math.abs(told - wanted)).toBeLessThanOrEqual(wanted / 100 + 0.001);
    }
  });

  it('take a time of nothing for a millisecond', () => {
    expect(percentile(binned([0]), 0.5)).toBeCloseTo(0.001, 3);
  });
});

/** How the winner of a test is found. */
export const TEST_METRICS = ['DELIVERED', 'OPENED', 'CLICKED', 'REPLIED'] as const;
export type TestMetric = (typeof TEST_METRICS)[number];

export interface AbTest {
  /** Percent of the recipients on whom the variants are tried; the others get the winner. */
  sharePercent: number;
  /** Minutes from the last message of the test until the winner is chosen. */
  decideAfterMinutes: number;
  metric: TestMetric;
}

/** What became of one variant in its test. */
export interface VariantResult {
  variant: number;
  sent: number;
  hits: number;
}

/** Recipients of the test come first, the others when its winner is known. */
export const WAVES = { test: 0, rest: 1 } as const;

/** Which variant a recipient gets: by weight, and always the same for the same roll. @param roll a whole number from 0. */
export function pickVariant(weights: readonly number[], roll: number): number {
  let left = roll % weights.reduce((sum, weight) => sum + weight, 0);
  for (const [variant, weight] of weights.entries()) {
    if (left < weight) return variant;
    left -= weight;
  }
  return 0;
}

/** The variant with the best share of hits; of equals the first, also when none was sent. */
export function bestVariant(results: readonly VariantResult[]): number {
  const share = ({ sent, hits }: VariantResult) => (sent ? hits / sent : 0);
  const [first, ...others] = [...results].sort((a, b) => a.variant - b.variant);
  if (!first) return 0;
  return others.reduce((best, each) => (share(each) > share(best) ? each : best), first).variant;
}

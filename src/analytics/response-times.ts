/**
 * Response times are kept as counts of bins, so that those of any two periods add up. Bins grow by two percent, and a bin answers
 * with its geometric middle: a percentile is at most one percent beside the exact one (times under a millisecond count as one).
 */
const GROWTH = 1.02;

/** The bin of some seconds, in SQL. */
export const binOf = (seconds: string): string =>
  `floor(ln(greatest(${seconds}, 0.001)::float8 * 1000) / ln(${GROWTH}::float8))::smallint`;

export interface ResponseTimes {
  /** Ascending. */
  bins: readonly number[];
  counts: readonly number[];
}

/** Seconds that a part of all answers needed at most, between its neighbours as percentile_cont has it; null without answers. */
export function percentile({ bins, counts }: ResponseTimes, part: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = part * (total - 1);
  const [below, above] = [Math.floor(rank), Math.ceil(rank)].map((place) => secondsAt({ bins, counts }, place));
  if (below === undefined || above === undefined) return null;
  return Math.round((below + (above - below) * (rank % 1)) * 1000) / 1000;
}

function secondsAt({ bins, counts }: ResponseTimes, place: number): number | undefined {
  let passed = 0;
  const index = counts.findIndex((count) => (passed += count) > place);
  const bin = bins[index];
  return bin === undefined ? undefined : GROWTH ** (bin + 0.5) / 1000;
}

/** Lanes in the order in which a worker serves them, with what each may take of it and how it retries. */
export const LANES = {
  otp: { baseMs: 1_000, capMs: 15_000, lifetimeMs: 5 * 60_000, failures: 10 },
  transactional: { baseMs: 2_000, capMs: 15 * 60_000, lifetimeMs: 24 * 3_600_000, failures: 10 },
  bulk: { baseMs: 30_000, capMs: 6 * 3_600_000, lifetimeMs: 72 * 3_600_000, failures: 12 },
} as const;

export type Lane = keyof typeof LANES;
export const LANE_NAMES = Object.keys(LANES) as Lane[];

const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 24 * 3_600_000;

/**
 * How long to wait after the n-th failure (from 1), in milliseconds: full jitter, `random(0, min(cap, base * 2^n))`, so that
 * a crowd that failed together does not come back together. A provider's own Retry-After is a floor, with up to 10 % on top.
 */
export function retryDelayMs(
  lane: Lane,
  failure: number,
  retryAfterMs?: number,
  random: () => number = Math.random,
): number {
  const { baseMs, capMs } = LANES[lane];
  const backoff = random() * Math.min(capMs, baseMs * 2 ** Math.min(failure, 30));
  if (retryAfterMs === undefined) return Math.round(backoff);
  const floor = Math.min(Math.max(retryAfterMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
  return Math.round(floor * (1 + random() * 0.1));
}

/** Half of the work, for every push; the whole of it unless FAULTS=short. */
export const isShort = process.env['FAULTS'] === 'short';

/** One of two sizes of a run. */
export function size<T>(sizes: { short: T; full: T }): T {
  return isShort ? sizes.short : sizes.full;
}

/** One line of JSON for each run, to be quoted as it is. */
export function printScore(scenario: string, figures: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ scenario, ...figures })}\n`);
}

/**
 * Most messages that one dead worker can leave in doubt (docs/request-path.md): one for each call in flight, and of the calls
 * that bulk messages may share, as many as share one.
 */
export function mostInDoubt({ inflight, batchSize = 1 }: { inflight: number; batchSize?: number }): number {
  const shared = Math.min(inflight, Math.max(2, Math.floor(inflight / 16)));
  return inflight - shared + shared * batchSize;
}

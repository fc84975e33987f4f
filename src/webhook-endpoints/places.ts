/** A call under way. */
export interface OpenCall {
  /** Whether its endpoint failed the last time. */
  failing: boolean;
  /** When it began, as performance.now() says. */
  begunAt: number;
}

/** Calls of one process that began a moment ago. Endpoints that failed have places of their own, and never those of the others. */
const PLACES = { healthy: 96, failing: 32 };

/** Who has not answered by then is waited for, but not in a place that somebody else could use. */
export const SLOW_MS = 1_000;

/** So many may be waited for: a connection each. Endpoints that failed take no more than half of it. */
const MOST_SLOW = 512;

/** How many calls may begin now. However many endpoints hang, within a second there are places again. */
export function freePlaces(calls: Iterable<OpenCall>, now: number): { healthy: number; failing: number } {
  const young = { healthy: 0, failing: 0 };
  let slow = 0;
  for (const { failing, begunAt } of calls) {
    if (now - begunAt >= SLOW_MS) slow += 1;
    else young[failing ? 'failing' : 'healthy'] += 1;
  }
  const tooMany = Math.max(0, slow - MOST_SLOW);
  return {
    healthy: Math.max(0, PLACES.healthy - young.healthy - tooMany),
    failing: slow >= MOST_SLOW / 2 ? 0 : Math.max(0, PLACES.failing - young.failing),
  };
}

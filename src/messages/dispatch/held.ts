import type { ClaimedMessage } from './claim.queries';

/** A message that this worker took. */
export interface Held {
  message: ClaimedMessage;
  /** Monotonic, so a stopped or adjusted clock cannot make a stale claim look young. */
  claimedAt: number;
  /** Its intent to call is, or is being, written down: it is not given back any more. */
  dispatched: boolean;
}

/** Half of the lease is gone: a call begun now might outlive it. */
export function isStale({ claimedAt }: Held, leaseSeconds: number): boolean {
  return performance.now() - claimedAt > leaseSeconds * 500;
}

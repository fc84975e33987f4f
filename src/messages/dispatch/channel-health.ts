import { BATCH_REFUSED } from '../../providers/provider';
import type { ChannelHealth } from './breaker.queries';
import type { Settlement } from './settle.queries';

/** For so long a channel that was found in perfect health needs no word of further calls that worked, in milliseconds. */
const WELL_FOR_MS = 1_000;

/** Most channels that are remembered as well. */
const MOST_WELL = 5_000;

/**
 * Keeps from the breakers what cannot move them: calls that worked on a channel that had no fault when it was told last, a
 * second ago at most. Faults and pauses are always told, at once.
 */
export class HealthNews {
  private readonly wellUntil = new Map<string, number>();

  /** What of a batch must be told. */
  of(health: readonly ChannelHealth[]): ChannelHealth[] {
    const now = performance.now();
    return health.filter((h) => h.faults > 0 || h.pauseMs !== null || !(Number(this.wellUntil.get(keyOf(h))) > now));
  }

  /** Remembers what was told, and which of those channels were not in perfect health. */
  told(health: readonly ChannelHealth[], unwell: readonly Pick<ChannelHealth, 'tenantId' | 'channelId'>[]): void {
    if (this.wellUntil.size > MOST_WELL) this.wellUntil.clear();
    for (const h of health) this.wellUntil.set(keyOf(h), performance.now() + WELL_FOR_MS);
    for (const h of unwell) this.wellUntil.delete(keyOf(h));
  }
}

function keyOf({ tenantId, channelId }: Pick<ChannelHealth, 'tenantId' | 'channelId'>): string {
  return tenantId + channelId;
}

const PROVIDER_FAULTS = new Set<Settlement['outcome']>(['REJECTED_RETRY', 'NOT_SENT', 'IN_DOUBT']);

/** What a batch of results says about each channel in it; results without a call say nothing. */
export function healthOf(settlements: readonly Settlement[]): ChannelHealth[] {
  const channels = new Map<string, ChannelHealth>();
  for (const settlement of settlements) {
    if (!settlement.outcome) continue;
    const key = keyOf(settlement);
    const health = channels.get(key) ?? blank(settlement);
    channels.set(key, health);
    count(health, settlement);
  }
  return [...channels.values()];
}

function count(health: ChannelHealth, { outcome, fault, waitMs }: Settlement): void {
  health.calls++;
  if (outcome === 'THROTTLED') {
    health.pauseMs = Math.max(health.pauseMs ?? 0, waitMs ?? 0);
  } else if (PROVIDER_FAULTS.has(outcome) && fault?.code !== BATCH_REFUSED) {
    health.faults++;
    health.faultsInARow++;
    if (fault?.class === 'auth' || fault?.class === 'quota') health.accountFault = fault.class;
  } else {
    // A refusal of the message, or of many at once, is still an answer: the provider works.
    health.worked = true;
    health.faultsInARow = 0;
  }
}

function blank({ tenantId, channelId }: Settlement): ChannelHealth {
  return {
    tenantId,
    channelId,
    calls: 0,
    faults: 0,
    faultsInARow: 0,
    worked: false,
    accountFault: null,
    pauseMs: null,
  };
}

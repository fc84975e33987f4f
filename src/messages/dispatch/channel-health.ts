import type { ChannelHealth } from './breaker.queries';
import type { Settlement } from './settle.queries';

const PROVIDER_FAULTS = new Set<Settlement['outcome']>(['REJECTED_RETRY', 'NOT_SENT', 'IN_DOUBT']);

/** What a batch of results says about each channel in it; results without a call say nothing. */
export function healthOf(settlements: readonly Settlement[]): ChannelHealth[] {
  const channels = new Map<string, ChannelHealth>();
  for (const settlement of settlements) {
    if (!settlement.outcome) continue;
    const key = settlement.tenantId + settlement.channelId;
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
  } else if (PROVIDER_FAULTS.has(outcome)) {
    health.faults++;
    health.faultsInARow++;
    if (fault?.class === 'auth' || fault?.class === 'quota') health.accountFault = fault.class;
  } else {
    // A refusal of the message is still an answer: the provider works.
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

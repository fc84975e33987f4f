import type { OpenChannel } from '../../channels/channel-accounts';
import { settledCost } from '../../platform/metrics';
import type { Settlement } from './settle.queries';

/** Counts what messages cost that a provider has just taken, as far as it is known by now. */
export function countCost({ provider, account }: OpenChannel, settlements: readonly Settlement[]): void {
  for (const { status, cost, unitPrice, parts } of settlements) {
    const money = cost ?? unitPrice;
    if (status !== 'SENT' || !money) continue;
    const amount = Number(money.amount) * (cost ? 1 : (parts ?? 1));
    // The provider's word for it could be anything: a label may not.
    const currency = /^[A-Z]{3}$/.test(money.currency) ? money.currency : 'other';
    if (amount > 0) settledCost.inc({ provider: provider.type, channel_type: account.channelType, currency }, amount);
  }
}

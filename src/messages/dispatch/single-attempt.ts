import { Injectable } from '@nestjs/common';
import { Config } from '../../config';
import { Failpoint } from '../../platform/work/failpoint';
import { replyWindowOf } from '../reply-window';
import { countCost } from './cost-figures';
import { DispatchLedger } from './dispatch-ledger';
import { isStale, type Held } from './held';
import { FilesNotThere } from './outbound-files';
import { priceCategory, PriceTable } from './price-table';
import { Sender } from './sender';
import { settlementOf, settlementOfRefusal } from './settlement';

/** One message, one call: gate and intent, call, settle (docs/request-path.md). */
@Injectable()
export class SingleAttempt {
  constructor(
    private readonly ledger: DispatchLedger,
    private readonly sender: Sender,
    private readonly failpoint: Failpoint,
    private readonly prices: PriceTable,
    private readonly config: Config,
  ) {}

  async make(held: Held): Promise<void> {
    const { message } = held;
    const open = await this.sender.channelOf(message);
    if (!open) return this.ledger.settle(settlementOfRefusal(message, { verdict: 'CHANNEL_INACTIVE' }));
    const outbound = await this.sender.prepare(message, open).catch(notThere);
    if ('verdict' in outbound) return this.ledger.settle(settlementOfRefusal(message, outbound));
    held.dispatched = true;
    const { channelType } = open.account;
    const judged = await this.ledger.dispatch({ ...message, channelType, windowMs: replyWindowOf(outbound, open) });
    if (judged.verdict === 'LOST') return;
    if (judged.verdict !== 'GO')
      return this.ledger.settle(settlementOfRefusal(message, { ...judged, verdict: judged.verdict }));
    this.failpoint.reach('after_intent');
    if (isStale(held, this.config.LEASE_SECONDS)) return; // frozen between intent and call: it is somebody else's by now
    const result = await this.sender.call(outbound, open);
    this.failpoint.reach('after_call');
    const { echoWindowMs } = open.provider.channels[channelType] ?? { echoWindowMs: 0 };
    const category = priceCategory(open.account, outbound.content);
    const unitPrice = this.prices.priceOf(open.provider.type, open.account, message.to, category);
    const settlement = settlementOf(message, result, { echoWindowMs, unitPrice });
    await this.ledger.settle(settlement);
    countCost(open, [settlement]);
    this.failpoint.reach('after_settle');
  }
}

/** Files that are not there are a fate of the message; whatever else happens is not. */
export function notThere(error: unknown): FilesNotThere {
  if (error instanceof FilesNotThere) return error;
  throw error;
}

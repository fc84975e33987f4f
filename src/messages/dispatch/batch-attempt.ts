import { Injectable } from '@nestjs/common';
import type { OpenChannel } from '../../channels/channel-accounts';
import { Config } from '../../config';
import { uuidv7 } from '../../platform/db/uuid';
import { Failpoint } from '../../platform/work/failpoint';
import type { Attachment, SendResult } from '../../providers/provider';
import { replyWindowOf } from '../reply-window';
import { countCost } from './cost-figures';
import { DispatchLedger } from './dispatch-ledger';
import type { Judged } from './dispatch.queries';
import { isStale, type Held } from './held';
import { PriceTable } from './price-table';
import { Sender } from './sender';
import type { Settlement } from './settle.queries';
import { settlementOf, settlementOfRefusal } from './settlement';
import { arrange, type Ready } from './shared-calls';
import { notThere } from './single-attempt';

/** Messages that are to share a call. */
export interface SharedCall {
  open: OpenChannel;
  members: readonly Ready[];
}

/** Many messages, one call: one attempt for all of them, and an outcome for each (docs/request-path.md). */
@Injectable()
export class BatchAttempt {
  constructor(
    private readonly ledger: DispatchLedger,
    private readonly sender: Sender,
    private readonly failpoint: Failpoint,
    private readonly prices: PriceTable,
    private readonly config: Config,
  ) {}

  /** Which of these messages of one channel share calls, and which go alone; the rest is settled already. */
  async arrange(parcel: readonly Held[]): Promise<{ calls: SharedCall[]; alone: readonly Held[] }> {
    const [first] = parcel;
    const open = first && (await this.sender.channelOf(first.message));
    if (!open) {
      await this.ledger.settleCall(
        parcel.map(({ message }) => settlementOfRefusal(message, { verdict: 'CHANNEL_INACTIVE' })),
      );
      return { calls: [], alone: [] };
    }
    const { batch } = open.provider;
    if (!batch) return { calls: [], alone: parcel };
    const { ready, alone } = await this.ready(parcel, open);
    const arranged = arrange(ready, batch, this.config.WORKER_BATCH_SIZE);
    const calls = arranged.together.map((members) => ({ open, members }));
    return { calls, alone: [...alone, ...arranged.alone] };
  }

  /** Gate and intent of all in one commit, one call for those that may go, each settled by its own result. */
  async make({ open, members }: SharedCall): Promise<void> {
    const going = await this.dispatch({ open, members });
    const [first] = going;
    if (!first) return;
    this.failpoint.reach('after_intent');
    if (isStale(first.held, this.config.LEASE_SECONDS)) return; // frozen between intent and call
    const results = await this.sender.callTogether(
      going.map(({ outbound }) => outbound),
      open,
    );
    this.failpoint.reach('after_call');
    const settlements = going.flatMap(({ held: { message } }, index) => this.settlement(message, results[index], open));
    await this.ledger.settleCall(comingAgainTogether(settlements));
    countCost(open, settlements);
    this.failpoint.reach('after_settle');
  }

  /** Those that may go, with their intent committed; the others are settled. */
  private async dispatch({ open, members }: SharedCall): Promise<Ready[]> {
    const batchId = uuidv7();
    const { channelType } = open.account;
    for (const { held } of members) held.dispatched = true;
    const judged = await this.ledger.dispatchCall(
      members.map(({ held: { message }, outbound }) => ({
        ...message,
        channelType,
        windowMs: replyWindowOf(outbound, open),
        batchId,
      })),
    );
    const refusals = members.flatMap(({ held: { message } }, index) => refusalOf(message, judged[index]));
    if (refusals.length) await this.ledger.settleCall(refusals);
    return members.filter((_, index) => judged[index]?.verdict === 'GO');
  }

  private settlement(message: Held['message'], result: SendResult | undefined, open: OpenChannel): Settlement[] {
    if (!result) return [];
    const { echoWindowMs } = open.provider.channels[open.account.channelType] ?? { echoWindowMs: 0 };
    const unitPrice = this.prices.priceOf(open.provider.type, open.account, message.to);
    return [settlementOf(message, result, { echoWindowMs, unitPrice })];
  }

  /**
   * What the provider would get. Files that several messages name are loaded once; a message with files of its own fits
   * nobody, and they are loaded when its turn comes.
   */
  private async ready(parcel: readonly Held[], open: OpenChannel): Promise<{ ready: Ready[]; alone: Held[] }> {
    const named = Map.groupBy(parcel, ({ message }) => fileNames(message));
    const loaded = new Map<string, Promise<Attachment[]>>();
    const ready: Ready[] = [];
    const alone: Held[] = [];
    const refusals: Settlement[] = [];
    for (const [names, those] of named) {
      if (names !== '' && those.length === 1) alone.push(...those);
      else
        for (const held of those) {
          const outbound = await this.sender.prepare(held.message, open, loaded).catch(notThere);
          if ('verdict' in outbound) refusals.push(settlementOfRefusal(held.message, outbound));
          else ready.push({ held, outbound });
        }
    }
    if (refusals.length) await this.ledger.settleCall(refusals);
    return { ready, alone };
  }
}

function fileNames({ content: { attachmentIds } }: Held['message']): string {
  return Array.isArray(attachmentIds) ? attachmentIds.join() : '';
}

function refusalOf(message: Held['message'], judged: Judged | undefined): Settlement[] {
  if (!judged || judged.verdict === 'GO' || judged.verdict === 'LOST') return [];
  return [settlementOfRefusal(message, { ...judged, verdict: judged.verdict })];
}

/** One call failed, not many: its messages come again at one moment, and share a call again. */
function comingAgainTogether(settlements: readonly Settlement[]): Settlement[] {
  const waits = new Map<string, number | null>();
  return settlements.map((settlement) => {
    if (settlement.status !== 'QUEUED') return settlement;
    const key = `${settlement.outcome} ${settlement.fault?.code}`;
    if (!waits.has(key)) waits.set(key, settlement.waitMs);
    return { ...settlement, waitMs: waits.get(key) ?? settlement.waitMs };
  });
}

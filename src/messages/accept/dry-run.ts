import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { askGate, type GateAnswer } from '../../preferences/gate/gate.queries';
import { GATE_REASONS } from '../../preferences/gate/reasons';
import type { Money } from '../../providers/provider';
import { estimateParts } from '../../providers/registry';
import { priceCategory, PriceTable } from '../dispatch/price-table';
import type { DryRunResponse } from '../reading/message-response.dto';
import type { SendMessageDto } from './message.dto';
import { MessagePreparation } from './preparation';

/** What would happen to a message: everything that sending does, but for storing it. */
@Injectable()
export class DryRun {
  constructor(
    private readonly db: TenantDb,
    private readonly preparation: MessagePreparation,
    private readonly prices: PriceTable,
  ) {}

  /** Throws what sending would throw. */
  async show(caller: Caller, input: SendMessageDto): Promise<DryRunResponse> {
    const message = await this.preparation.prepare(caller, input);
    const { row, open } = message;
    const { channelType } = open.account;
    const question = { ...row, channelType, address: row.to, contactId: null, messageId: row.id };
    const parts = estimateParts(channelType, message.content.text);
    const category = priceCategory(open.account, message.content);
    const unitPrice = this.prices.priceOf(open.provider.type, open.account, row.to, category);
    return this.db.run(caller.tenantId, async (tx) => ({
      ...fateOf(row.scheduledAt, await askGate(tx, question)),
      channelId: row.channelId,
      channelType,
      providerType: row.providerType,
      from: row.from,
      to: row.to,
      messageType: row.messageType,
      content: { ...message.content },
      templateId: row.templateId,
      templateVersion: row.templateVersion,
      parts,
      cost: unitPrice ? { ...(await times(tx, unitPrice, parts ?? 1)), parts, estimated: true } : null,
    }));
  }
}

type Fate = Pick<DryRunResponse, 'outcome' | 'reason' | 'goesAt'>;

/** A message for later is asked about when its time comes; what holds now is told all the same. */
function fateOf(scheduledAt: string | null, { verdict, rule, openAt }: GateAnswer): Fate {
  const later = scheduledAt !== null && Date.parse(scheduledAt) > Date.now();
  const reason = verdict === 'GO' ? null : { ...GATE_REASONS[verdict], rule: rule && { ...rule } };
  if (later) return { outcome: 'SCHEDULED', reason, goesAt: scheduledAt };
  if (verdict === 'GO') return { outcome: 'QUEUED', reason, goesAt: null };
  if (verdict === 'QUIET_HOURS') return { outcome: 'DEFERRED', reason, goesAt: openAt?.toISOString() ?? null };
  return { outcome: 'SUPPRESSED', reason, goesAt: null };
}

/** Money is reckoned where it is stored, in decimals. */
async function times(tx: Tx, { amount, currency }: Money, parts: number): Promise<Money> {
  const [product] = await tx.query<{ amount: string }>(`SELECT ($1::numeric * $2::int)::text AS amount`, [
    amount,
    parts,
  ]);
  return { amount: product?.amount ?? amount, currency };
}

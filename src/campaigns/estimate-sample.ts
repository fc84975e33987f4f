import { Injectable } from '@nestjs/common';
import type { OpenChannel } from '../channels/channel-accounts';
import type { SendMessageDto } from '../messages/accept/message.dto';
import { MessagePreparation, type PreparedMessage } from '../messages/accept/preparation';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import type { GateVerdict } from '../preferences/gate/gate';
import { GATE_REASONS } from '../preferences/gate/reasons';
import { smsPartsOf } from '../providers/registry';
import { askGateOfSample } from './estimate.queries';
import type { Recipient } from './recipients';

/** One recipient with what it would be told. */
export interface Sampled extends Pick<Recipient, 'key' | 'contactId' | 'variables'> {
  words: Pick<SendMessageDto, 'templateId' | 'content'>;
}

/** What all messages of a bulk send have in common. */
export interface SampledSend {
  open: OpenChannel;
  purpose: 'MARKETING' | 'TRANSACTIONAL';
  topic: string | null;
}

/** What would become of a message; `code` says why it does not go out. */
export interface SampleFate {
  outcome: 'GOES' | 'SUPPRESSED' | 'REFUSED';
  code: string;
  pointer: string | null;
  /** Of a text message; 1 for every other, 0 for what does not go out. */
  parts: number;
  encoding: 'GSM-7' | 'UCS-2' | null;
}

/** Rendered at the same time: enough to keep the template threads busy, and room for others. */
const AT_ONCE = 8;

/** Makes the messages of a sample as sending would make them, and asks the gate about them. Stores nothing. */
@Injectable()
export class EstimateSampler {
  constructor(
    private readonly db: TenantDb,
    private readonly preparation: MessagePreparation,
  ) {}

  async fates(caller: Caller, of: SampledSend, sample: readonly Sampled[]): Promise<SampleFate[]> {
    const prepared: (PreparedMessage | SampleFate)[] = [];
    for (let start = 0; start < sample.length; start += AT_ONCE) {
      const some = sample.slice(start, start + AT_ONCE);
      prepared.push(...(await Promise.all(some.map((one) => this.prepare(caller, of, one)))));
    }
    const made = prepared.flatMap((one) => ('row' in one ? [one] : []));
    const questions = made.map(({ row }) => ({
      channelId: row.channelId,
      channelType: row.channelType,
      address: row.to,
      contactId: null,
      messageId: row.id,
      purpose: row.purpose,
      topic: row.topic,
    }));
    const verdicts = await this.db.run(caller.tenantId, (tx) => askGateOfSample(tx, questions));
    const verdictOf = new Map(made.map(({ row }, index) => [row.id, verdicts[index] ?? 'GO']));
    return prepared.map((one) => ('row' in one ? fateOf(one, verdictOf.get(one.row.id) ?? 'GO') : one));
  }

  private async prepare(
    caller: Caller,
    { open, purpose, topic }: SampledSend,
    { key, contactId, variables, words }: Sampled,
  ): Promise<PreparedMessage | SampleFate> {
    const usesTemplate = words.templateId !== undefined;
    try {
      return await this.preparation.prepare(caller, {
        channelId: open.channel.id,
        ...(contactId === null ? { to: key } : { contactId }),
        ...words,
        ...(usesTemplate && { variables }),
        purpose,
        ...(topic !== null && { topic }),
        lane: 'bulk',
      });
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      const pointer = error.errors[0]?.pointer ?? null;
      return { outcome: 'REFUSED', code: error.code, pointer, parts: 0, encoding: null };
    }
  }
}

/** Quiet hours only make it wait: it will go, and cost. */
function fateOf({ row, content }: PreparedMessage, verdict: GateVerdict): SampleFate {
  if (verdict !== 'GO' && verdict !== 'QUIET_HOURS')
    return { outcome: 'SUPPRESSED', code: GATE_REASONS[verdict].code, pointer: null, parts: 0, encoding: null };
  const goes = { outcome: 'GOES', code: 'goes', pointer: null } as const;
  if (row.channelType !== 'SMS' || content.text === undefined) return { ...goes, parts: 1, encoding: null };
  return { ...goes, ...smsPartsOf(content.text) };
}

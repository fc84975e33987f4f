import { Injectable } from '@nestjs/common';
import { ChannelAccounts, type OpenChannel } from '../../channels/channel-accounts';
import { Config } from '../../config';
import { messagesDispatched, sendDuration, sendOutcomes } from '../../platform/metrics';
import { Failpoint } from '../../platform/work/failpoint';
import { PageLinks } from '../../preferences/page/page-links';
import type {
  Attachment,
  ChannelType,
  Content,
  Fault,
  MessageType,
  OutboundMessage,
  SendResult,
} from '../../providers/provider';
import { TrackedWords } from '../tracking/tracked-words';
import type { ClaimedMessage } from './claim.queries';
import { OutboundFiles } from './outbound-files';
import { ApplicationIo } from './provider-io';

/** What a doubt or a claim knows of a message: enough to hand it to a provider. */
export type Sendable = Pick<
  ClaimedMessage,
  'tenantId' | 'id' | 'channelId' | 'to' | 'messageType' | 'purpose' | 'content' | 'attempts'
> & {
  topic?: string | null;
  expiresAt?: Date | null;
} & Partial<Pick<ClaimedMessage, 'trackClicks' | 'trackOpens'>>;

/** What came of a call: what the provider made of it, or why nobody knows. */
type Made<T> = { value: T; fault?: never } | { value?: never; fault: Fault };

/** A little longer than the HTTP client's own deadline: only a provider that hangs elsewhere ever meets it. */
const GRACE_MS = 2_000;

/** Hands messages to their provider. No transaction is open and no connection is held meanwhile. */
@Injectable()
export class Sender {
  constructor(
    private readonly accounts: ChannelAccounts,
    private readonly files: OutboundFiles,
    private readonly io: ApplicationIo,
    private readonly failpoint: Failpoint,
    private readonly config: Config,
    private readonly links: PageLinks,
    private readonly tracked: TrackedWords,
  ) {}

  /** The channel with its credentials opened; undefined when it is gone or cannot be read. */
  channelOf(message: Pick<Sendable, 'tenantId' | 'channelId'>): Promise<OpenChannel | undefined> {
    return this.accounts.findUsable(message.tenantId, message.channelId);
  }

  /**
   * Builds what the provider gets; the ref carries the number of the attempt that is about to be made. Files of messages that
   * are prepared with the same `loaded` are loaded once. Throws FilesNotThere.
   */
  async prepare(
    message: Sendable,
    { account }: OpenChannel,
    loaded: Map<string, Promise<Attachment[]>> = new Map(),
  ): Promise<OutboundMessage> {
    const { attachmentIds, ...content } = message.content as Content & { attachmentIds?: string[] };
    const attachments = attachmentIds?.length ? await this.load(message.tenantId, attachmentIds, loaded) : undefined;
    return {
      messageId: message.id,
      ref: `${message.id}.${message.attempts + 1}`,
      channelType: account.channelType,
      messageType: message.messageType as MessageType,
      to: message.to,
      content: {
        ...content,
        ...this.tracked.of(content, message),
        ...this.unsubscribeHeaders(message, account.channelType),
        ...(attachments && { attachments }),
      },
      purpose: message.purpose,
      ...(message.expiresAt && { expiresAt: message.expiresAt }),
    };
  }

  private load(tenantId: string, ids: string[], loaded: Map<string, Promise<Attachment[]>>): Promise<Attachment[]> {
    const known = loaded.get(ids.join());
    if (known) return known;
    const files = this.files.load(tenantId, ids);
    loaded.set(ids.join(), files);
    return files;
  }

  /** Makes the call. Whatever goes wrong inside a provider is IN_DOUBT: it may have been after the first byte. */
  async call(outbound: OutboundMessage, open: OpenChannel): Promise<SendResult> {
    const { provider, account } = open;
    const labels = { provider: provider.type, channel_type: account.channelType };
    messagesDispatched.inc(labels);
    const made = await this.make(open, () => provider.send(outbound, account, this.io));
    const result = made.value ?? { outcome: 'IN_DOUBT' as const, fault: made.fault };
    sendOutcomes.inc({ ...labels, outcome: result.outcome });
    return result;
  }

  /** Makes one call for all of these; a result for each, in their order. What cannot be told apart is IN_DOUBT for all. */
  async callTogether(outbound: readonly OutboundMessage[], open: OpenChannel): Promise<SendResult[]> {
    const { provider, account } = open;
    const labels = { provider: provider.type, channel_type: account.channelType };
    messagesDispatched.inc(labels, outbound.length);
    const made = await this.make(open, async () => {
      const results = (await provider.batch?.send(outbound, account, this.io)) ?? [];
      if (results.length !== outbound.length) throw new Error('Not one result a message');
      return results;
    });
    const results = made.value ?? outbound.map(() => ({ outcome: 'IN_DOUBT' as const, fault: made.fault }));
    for (const { outcome } of results) sendOutcomes.inc({ ...labels, outcome });
    return results;
  }

  private async make<T>({ provider }: OpenChannel, call: () => Promise<T>): Promise<Made<T>> {
    this.failpoint.reach('during_call', 50);
    const done = sendDuration.startTimer({ provider: provider.type });
    try {
      return await withDeadline(call(), this.config.PROVIDER_TIMEOUT_MS + GRACE_MS);
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      const message = `The ${provider.type} provider failed inside Carillon (${name}).`;
      return { fault: { class: 'ambiguous', code: 'provider_error', message } };
    } finally {
      done();
    }
  }

  /** Advertising by e-mail carries the way out of it where mailboxes look for it, whatever else it says (RFC 8058). */
  private unsubscribeHeaders(message: Sendable, channelType: ChannelType): Pick<Content, 'headers'> {
    if (channelType !== 'EMAIL' || message.purpose !== 'MARKETING') return {};
    const { tenantId, to, id, topic = null } = message;
    const { headers = {} } = message.content as Content;
    return {
      headers: this.links.withUnsubscribe(headers, { tenantId, channelType, address: to, messageId: id, topic }),
    };
  }
}

function withDeadline<T>(call: Promise<T>, ms: number): Promise<Made<T>> {
  return new Promise((resolve, reject) => {
    const fault = { class: 'ambiguous', code: 'timeout', message: `No result within ${ms} ms.` } as const;
    const timer = setTimeout(() => resolve({ fault }), ms);
    call.then((value) => resolve({ value }), reject).finally(() => clearTimeout(timer));
  });
}

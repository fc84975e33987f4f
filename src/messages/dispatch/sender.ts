import { Injectable } from '@nestjs/common';
import { ChannelAccounts, type OpenChannel } from '../../channels/channel-accounts';
import { Config } from '../../config';
import { TenantDb } from '../../platform/db/tenant-db';
import { sendDuration, sendOutcomes } from '../../platform/metrics';
import { Failpoint } from '../../platform/work/failpoint';
import { PageLinks } from '../../preferences/page/page-links';
import type {
  Attachment,
  ChannelType,
  Content,
  MessageType,
  OutboundMessage,
  SendResult,
} from '../../providers/provider';
import { loadAttachments } from '../accept/attachment.queries';
import type { ClaimedMessage } from './claim.queries';
import { ApplicationIo } from './provider-io';

/** What a doubt or a claim knows of a message: enough to hand it to a provider. */
export type Sendable = Pick<
  ClaimedMessage,
  'tenantId' | 'id' | 'channelId' | 'to' | 'messageType' | 'purpose' | 'content' | 'attempts'
> & {
  topic?: string | null;
  expiresAt?: Date | null;
};

/** A little longer than the HTTP client's own deadline: only a provider that hangs elsewhere ever meets it. */
const GRACE_MS = 2_000;

/** Hands one message to its provider. No transaction is open and no connection is held meanwhile. */
@Injectable()
export class Sender {
  constructor(
    private readonly accounts: ChannelAccounts,
    private readonly db: TenantDb,
    private readonly io: ApplicationIo,
    private readonly failpoint: Failpoint,
    private readonly config: Config,
    private readonly links: PageLinks,
  ) {}

  /** The channel with its credentials opened; undefined when it is gone or cannot be read. */
  channelOf(message: Pick<Sendable, 'tenantId' | 'channelId'>): Promise<OpenChannel | undefined> {
    return this.accounts.findUsable(message.tenantId, message.channelId);
  }

  /** Builds what the provider gets; the ref carries the number of the attempt that is about to be made. */
  async prepare(message: Sendable, { account }: OpenChannel): Promise<OutboundMessage> {
    const { attachmentIds, ...content } = message.content as Content & { attachmentIds?: string[] };
    const attachments = attachmentIds?.length ? await this.attachments(message.tenantId, attachmentIds) : undefined;
    return {
      messageId: message.id,
      ref: `${message.id}.${message.attempts + 1}`,
      channelType: account.channelType,
      messageType: message.messageType as MessageType,
      to: message.to,
      content: {
        ...content,
        ...this.unsubscribeHeaders(message, account.channelType),
        ...(attachments && { attachments }),
      },
      purpose: message.purpose,
      ...(message.expiresAt && { expiresAt: message.expiresAt }),
    };
  }

  /** Makes the call. Whatever goes wrong inside a provider is IN_DOUBT: it may have been after the first byte. */
  async call(outbound: OutboundMessage, open: OpenChannel): Promise<SendResult> {
    const { provider } = open;
    this.failpoint.reach('during_call', 50);
    const done = sendDuration.startTimer({ provider: provider.type });
    const result = await this.resultOf(outbound, open);
    done();
    sendOutcomes.inc({ provider: provider.type, outcome: result.outcome });
    return result;
  }

  private async resultOf(outbound: OutboundMessage, { provider, account }: OpenChannel): Promise<SendResult> {
    try {
      return await withDeadline(provider.send(outbound, account, this.io), this.config.PROVIDER_TIMEOUT_MS + GRACE_MS);
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      const message = `The ${provider.type} provider failed inside Carillon (${name}).`;
      return { outcome: 'IN_DOUBT', fault: { class: 'ambiguous', code: 'provider_error', message } };
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

  private attachments(tenantId: string, ids: string[]): Promise<Attachment[]> {
    return this.db.run(tenantId, (tx) => loadAttachments(tx, ids));
  }
}

async function withDeadline(call: Promise<SendResult>, ms: number): Promise<SendResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<SendResult>((resolve) => {
    const fault = { class: 'ambiguous', code: 'timeout', message: `No result within ${ms} ms.` } as const;
    timer = setTimeout(() => resolve({ outcome: 'IN_DOUBT', fault }), ms);
  });
  return Promise.race([call, late]).finally(() => clearTimeout(timer));
}

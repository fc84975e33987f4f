import { Injectable } from '@nestjs/common';
import { ChannelAccounts, type OpenChannel } from '../channels/channel-accounts';
import { log } from '../platform/log';
import { TenantDb } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import { Problem } from '../platform/http/problem';
import { webhookCalls } from '../platform/metrics';
import { Wake } from '../platform/work/wake';
import { ApplicationIo } from '../messages/dispatch/provider-io';
import type { WebhookReply, WebhookRequest } from '../providers/provider';
import { findProvider } from '../providers/registry';
import { CommunicationWebhookLog } from './communication-webhook-log.entity';
import { channelByKey, channelsByAccount, type RoutedChannel } from './webhook-route.queries';

const ACCEPTED: WebhookReply = { status: 200 };

/** Most accounts that one call may name. */
const MOST_ACCOUNTS = 100;

/** Headers that are kept with a call: those that say what it is. Credentials and addresses of proxies are not. */
const KEPT_HEADERS =
  /^(content-type|user-agent|x-twilio-.*|i-twilio-.*|x-sandbox-.*|x-mailgun-.*|x-amz-sns-.*|x-hub-.*)$/;

/** Takes a provider's call in: verified on the bytes as they came, stored, and only then acknowledged. */
@Injectable()
export class WebhookIntake {
  readonly wake = new Wake();

  constructor(
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    private readonly io: ApplicationIo,
  ) {}

  /**
   * Throws Problem 404 for a provider that does not exist, and the same Problem 401 for an unknown channel, a missing
   * signature and a wrong one: nobody learns which channels there are.
   */
  async receive(providerType: string, channelKey: string | undefined, request: WebhookRequest): Promise<WebhookReply> {
    const webhook = findProvider(providerType)?.webhook;
    if (!webhook) throw Problem.notFound('provider');
    const receivers = await this.receivers(providerType, channelKey, request);
    const [open] = receivers;
    webhookCalls.inc({ provider: providerType, verdict: open ? 'accepted' : 'refused' });
    if (!open) {
      log.warn({ providerType }, 'webhook refused');
      throw Problem.unauthorized();
    }
    const reply = await webhook.handshake?.(request, open.account, this.io);
    if (reply) return reply;
    for (const receiver of receivers) await this.store(receiver, request);
    this.wake.now();
    return webhook.replyTo?.(request) ?? webhook.reply ?? ACCEPTED;
  }

  /** One channel for each account that the call names and whose secret signed it. */
  private async receivers(providerType: string, channelKey: string | undefined, request: WebhookRequest) {
    const receivers: OpenChannel[] = [];
    for (const candidates of await this.candidates(providerType, channelKey, request)) {
      const open = await this.firstAuthentic(candidates, request);
      if (open) receivers.push(open);
    }
    return receivers;
  }

  private async firstAuthentic(candidates: readonly RoutedChannel[], request: WebhookRequest) {
    for (const { tenantId, id } of candidates) {
      const open = await this.accounts.findUsable(tenantId, id);
      if (open && (await open.provider.webhook?.verify(request, open.account, this.io))) return open;
    }
    return undefined;
  }

  private async candidates(
    providerType: string,
    channelKey: string | undefined,
    request: WebhookRequest,
  ): Promise<RoutedChannel[][]> {
    if (channelKey !== undefined) return [await channelByKey(this.db, providerType, channelKey)];
    const named = findProvider(providerType)?.webhook?.accountKeys?.(request) ?? [];
    const accounts = [...new Set(named)].slice(0, MOST_ACCOUNTS);
    return Promise.all(accounts.map((account) => channelsByAccount(this.db, providerType, account)));
  }

  /** A key that was seen on this channel before is not stored again. */
  private store({ channel, provider }: OpenChannel, request: WebhookRequest): Promise<unknown> {
    const log = {
      tenantId: channel.tenantId,
      id: uuidv7(),
      channelId: channel.id,
      providerType: channel.providerType,
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => KEPT_HEADERS.test(name))),
      rawBody: request.rawBody,
      receivedAt: request.receivedAt,
      onceKey: provider.webhook?.onceKey?.(request) ?? null,
    };
    return this.db.run(channel.tenantId, (tx) =>
      tx.manager.createQueryBuilder().insert().into(CommunicationWebhookLog).values(log).orIgnore().execute(),
    );
  }
}

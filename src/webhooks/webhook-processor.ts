import { Injectable } from '@nestjs/common';
import { ChannelAccounts, type OpenChannel } from '../channels/channel-accounts';
import { WorkerDb } from '../platform/db/worker-db';
import { log } from '../platform/log';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { providerEvents, webhookLag } from '../platform/metrics';
import type { Wake } from '../platform/work/wake';
import type { ProviderEvent, WebhookRequest } from '../providers/provider';
import { ProviderEvents } from './provider-events';
import { WebhookIntake } from './webhook-intake';
import { CommunicationWebhookLog } from './communication-webhook-log.entity';
import { emptyOldCalls, failCall, finishCall, takePendingCalls, type PendingCall } from './webhook-log.queries';

const CALLS_AT_ONCE = 50;
const EMPTIED_AT_ONCE = 1000;

/** Makes stored calls of providers into what they mean. Each call is one transaction: all of its events, or none. */
@Injectable()
export class WebhookProcessor {
  constructor(
    private readonly worker: WorkerDb,
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    private readonly events: ProviderEvents,
    private readonly intake: WebhookIntake,
  ) {}

  /** Rings when a call was stored in this process. */
  get wake(): Wake {
    return this.intake.wake;
  }

  /** Processes what is due. Answers how many calls that were. */
  async processDue(): Promise<number> {
    const calls = await takePendingCalls(this.worker.sql, CALLS_AT_ONCE);
    // In the order in which they came: events do not need it, people who write twice do.
    for (const call of calls) await this.process(call);
    return calls.length;
  }

  /** Empties calls that are older: they hold what people wrote. Answers how many. */
  emptyOld(hours: number): Promise<number> {
    return emptyOldCalls(this.worker.sql, hours, EMPTIED_AT_ONCE);
  }

  private async process({ tenantId, id }: PendingCall): Promise<void> {
    try {
      const { call, open, events } = await this.db.run(tenantId, (tx) => this.apply(tx, id));
      countCall(call, open, events);
    } catch (error) {
      log.warn({ err: error, tenantId, webhookLogId: id }, 'webhook call not processed');
      const name = error instanceof Error ? error.message : 'unknown error';
      await this.db.run(tenantId, (tx) => failCall(tx, id, name)).catch(() => undefined); // due again by itself after a minute
    }
  }

  private async apply(tx: Tx, id: string) {
    const call = await tx.manager.findOneByOrFail(CommunicationWebhookLog, { tenantId: tx.tenantId, id });
    const open = await this.accounts.find(tx.tenantId, call.channelId);
    if (!open?.provider.webhook) throw new Error('The channel or its provider is gone');
    const events = open.provider.webhook.parse(requestOf(call), open.account);
    await this.events.applyAll(tx, open, events);
    await finishCall(
      tx,
      id,
      events.length,
      events.some(({ kind }) => kind !== 'unknown'),
    );
    return { call, open, events };
  }
}

function countCall(
  { receivedAt }: CommunicationWebhookLog,
  { provider, account }: OpenChannel,
  events: readonly ProviderEvent[],
): void {
  webhookLag.observe({ provider: provider.type }, Math.max(0, Date.now() - receivedAt.getTime()) / 1000);
  for (const event of events)
    providerEvents.inc({ provider: provider.type, channel_type: account.channelType, type: typeOf(event) });
}

function typeOf(event: ProviderEvent): string {
  if (event.kind === 'status') return event.status;
  if (event.kind === 'engagement') return event.machine ? `MACHINE_${event.action}` : event.action;
  return event.kind === 'consent' ? event.action : event.kind.toUpperCase();
}

function requestOf(call: CommunicationWebhookLog): WebhookRequest {
  return {
    method: call.method === 'GET' ? 'GET' : 'POST',
    url: call.url,
    headers: call.headers as Record<string, string>,
    query: Object.fromEntries(new URL(call.url).searchParams),
    rawBody: call.rawBody,
    receivedAt: call.receivedAt,
  };
}

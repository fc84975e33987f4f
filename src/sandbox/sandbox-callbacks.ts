import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ChannelAccounts } from '../channels/channel-accounts';
import { WorkerDb } from '../platform/db/worker-db';
import { log } from '../platform/log';
import type { Wake } from '../platform/work/wake';
import { WebhookIntake } from '../webhooks/webhook-intake';
import { SandboxOutbox } from './sandbox-outbox';
import { deleteEvents, lockDueEvents, type DueEvent } from './sandbox.queries';

const EVENTS_AT_ONCE = 500;

/** Plays the provider's side: brings the call-backs that are due to the same door that every provider uses, signed. */
@Injectable()
export class SandboxCallbacks {
  constructor(
    private readonly worker: WorkerDb,
    private readonly accounts: ChannelAccounts,
    private readonly intake: WebhookIntake,
    private readonly outbox: SandboxOutbox,
  ) {}

  /** Rings when a call-back is due. */
  get wake(): Wake {
    return this.outbox.wake;
  }

  /** Answers how many events were brought. Delivered again after a crash in between, like every provider's. */
  bringDue(): Promise<number> {
    return this.worker.sql.transaction(async (sql) => {
      const due = await lockDueEvents(sql, EVENTS_AT_ONCE);
      if (!due.length) return 0;
      const channels = Map.groupBy(due, ({ tenantId, channelId }) => `${tenantId} ${channelId}`);
      await Promise.all([...channels.values()].map((events) => this.bring(events)));
      await deleteEvents(sql, due);
      return due.length;
    });
  }

  /** All events of one channel in one call, as providers batch theirs. */
  private async bring(events: DueEvent[]): Promise<void> {
    const [first] = events;
    const open = first && (await this.accounts.findUsable(first.tenantId, first.channelId));
    if (!open) return; // the channel is gone, and with it the address to call
    const rawBody = Buffer.from(JSON.stringify({ events: events.flatMap(({ body }) => body.events ?? []) }));
    const signature = createHmac('sha256', open.account.webhookSecret).update(rawBody).digest('hex');
    const { webhookKey } = open.channel;
    await this.intake
      .receive('sandbox', webhookKey, {
        method: 'POST',
        url: this.accounts.webhookUrl(open.channel),
        headers: { 'content-type': 'application/json', 'x-sandbox-signature': signature },
        query: {},
        rawBody,
        receivedAt: new Date(),
      })
      .catch((error: unknown) => log.warn({ err: error, channelId: open.channel.id }, 'sandbox call-back refused'));
  }
}

import { Injectable } from '@nestjs/common';
import { Outbox } from '../messages/dispatch/provider-io';
import type { Sql } from '../platform/db/sql';
import { TenantDb } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import { Batcher } from '../platform/work/batcher';
import { Wake } from '../platform/work/wake';
import type { Account, OutboundMessage } from '../providers/provider';
import { storeDeliveries, storeEvents, type Delivery, type PlannedEvent } from './sandbox.queries';

/** What the sandbox provider "sent", and the call-backs that it is going to make: both durable, both in the database. */
@Injectable()
export class SandboxOutbox extends Outbox {
  /** Rings when a call-back was planned. */
  readonly wake = new Wake();
  private readonly deliveries: Batcher<Delivery, number>;
  private readonly events: Batcher<PlannedEvent, void>;

  constructor(private readonly db: TenantDb) {
    super();
    const options = { maxSize: 200, inFlight: 2, worthSecond: 64 };
    this.deliveries = new Batcher((items) => this.byTenant(items, storeDeliveries), options);
    this.events = new Batcher((items) => this.byTenant(items, storeEvents), options);
  }

  override async deliver(account: Account, message: OutboundMessage, providerMessageId: string): Promise<number> {
    return this.deliveries.add({
      tenantId: account.tenantId,
      id: uuidv7(),
      channelId: account.channelId,
      messageId: message.messageId,
      ref: message.ref,
      providerMessageId,
      to: message.to,
      from: account.from,
      messageType: message.messageType,
      content: withoutBytes(message),
    });
  }

  override async emit(account: Account, body: Record<string, unknown>, delayMs: number): Promise<void> {
    await this.events.add({ tenantId: account.tenantId, id: uuidv7(), channelId: account.channelId, body, delayMs });
    setTimeout(() => this.wake.now(), delayMs).unref();
  }

  /** One commit for the items of several tenants, each under its own tenant's policy. */
  private async byTenant<Item extends { tenantId: string; id: string }, Result>(
    items: Item[],
    store: (sql: Sql, tenantId: string, items: Item[]) => Promise<Result[]>,
  ): Promise<Result[]> {
    const results = new Map<string, Result>();
    const groups = [...Map.groupBy(items, ({ tenantId }) => tenantId)].sort(([a], [b]) => (a < b ? -1 : 1));
    await this.db.runTogether(
      groups.map(([tenantId, group]) => ({
        tenantId,
        run: async (sql) => {
          const stored = await store(sql, tenantId, group);
          group.forEach(({ id }, i) => results.set(id, stored[i] as Result));
        },
      })),
    );
    return items.map(({ id }) => results.get(id) as Result);
  }
}

function withoutBytes({ content }: OutboundMessage): object {
  const { attachments, ...rest } = content;
  if (!attachments) return rest;
  const files = attachments.map(({ filename, contentType, content: { length } }) => ({
    filename,
    contentType,
    sizeBytes: length,
  }));
  return { ...rest, attachments: files };
}

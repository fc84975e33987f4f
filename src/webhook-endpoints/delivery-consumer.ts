import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventConsumers, type EventConsumer, type TenantEvent } from '../events/event-consumers';
import type { Tx } from '../platform/db/tenant-db';
import { DeliveriesWorker } from './deliveries-worker';
import { queueEvents } from './delivery.queries';

/** Behind every other step at the end of a transaction. */
const LAST = Number.MAX_SAFE_INTEGER;
const SOON_MS = 10;

/** Puts what Carillon tells into the queues of the endpoints whose filter lets it through. */
@Injectable()
export class DeliveryConsumer implements EventConsumer, OnModuleInit {
  readonly name = 'webhooks';

  constructor(
    private readonly consumers: EventConsumers,
    private readonly deliveries: DeliveriesWorker,
  ) {}

  onModuleInit(): void {
    this.consumers.register(this);
  }

  /** What tenants tell by themselves they know. */
  async take(tx: Tx, events: readonly TenantEvent[]): Promise<void> {
    const own = events.filter(({ source }) => source === 'carillon').map(({ id }) => id);
    if (!own.length || !(await queueEvents(tx, own))) return;
    // A look before the commit would find nothing.
    tx.atEnd(LAST, async () => void setTimeout(() => this.deliveries.wake.now(), SOON_MS).unref());
  }
}

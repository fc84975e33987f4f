import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/db/tenant-db';

/** Something that happened at a tenant, as consumers see it. */
export interface TenantEvent {
  id: string;
  /** Such as order.paid or message.delivered. */
  type: string;
  /** Who told it: api, sns, sqs, kafka, rule or carillon. */
  source: string;
  contactId: string | null;
  messageId: string | null;
  sessionId: string | null;
  /** The payload of a tenant's own event; ids and states of one of Carillon's. */
  data: Record<string, unknown>;
  at: Date;
}

/** A part of Carillon that acts when something happens. It registers itself in its onModuleInit. */
export interface EventConsumer {
  /** In log lines: `rules`. */
  readonly name: string;
  /**
   * Called in the transaction that marks the events handled: what it stores commits with that, or not at all. It stores what is
   * to be done and calls nobody outside. When it throws, everything is rolled back and the events come again one by one, three
   * times with growing waits; after that an event is FAILED, and waits for a person.
   */
  take(tx: Tx, events: readonly TenantEvent[]): Promise<void>;
}

/** Who acts on events. */
@Injectable()
export class EventConsumers {
  private readonly consumers: EventConsumer[] = [];

  register(consumer: EventConsumer): void {
    this.consumers.push(consumer);
  }

  get all(): readonly EventConsumer[] {
    return this.consumers;
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventConsumers, type EventConsumer, type TenantEvent } from '../../events/event-consumers';
import type { Tx } from '../../platform/db/tenant-db';
import { RunWake } from './run-wake';
import { endAtEvents } from './run-end.queries';
import { wakeWaiting } from './run.queries';
import { startForEvents } from './starts';

/** What events do to rules: they end runs, wake runs that wait for them, and begin runs. In this order: none ends or wakes what it began. */
@Injectable()
export class RuleEvents implements EventConsumer, OnModuleInit {
  readonly name = 'rules';

  constructor(
    private readonly consumers: EventConsumers,
    private readonly runs: RunWake,
  ) {}

  onModuleInit(): void {
    this.consumers.register(this);
  }

  async take(tx: Tx, events: readonly TenantEvent[]): Promise<void> {
    let due = 0;
    for (const part of inTheirOrder(events)) {
      await endAtEvents(tx, part);
      due += await wakeWaiting(tx, part);
      due += await startForEvents(tx, part);
    }
    if (due) this.runs.wake.now();
  }
}

/** Parts with one event of a contact at most: of two, the second meets the run that the first one began. */
function inTheirOrder(events: readonly TenantEvent[]): TenantEvent[][] {
  const parts: TenantEvent[][] = [[]];
  let about = new Set<string>();
  for (const event of events) {
    if (event.contactId !== null && about.has(event.contactId)) {
      parts.push([]);
      about = new Set();
    }
    if (event.contactId !== null) about.add(event.contactId);
    parts.at(-1)?.push(event);
  }
  return parts;
}

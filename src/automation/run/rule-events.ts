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
    await endAtEvents(tx, events);
    const woken = await wakeWaiting(tx, events);
    const begun = await startForEvents(tx, events);
    if (woken + begun) this.runs.wake.now();
  }
}

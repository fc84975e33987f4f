import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../platform/db/tenant-db';
import { Problem } from '../../platform/http/problem';
import { EventConsumers, type EventConsumer, type TenantEvent } from '../event-consumers';
import { UNREADABLE } from './event-source.queries';
import { SourceIntake } from './source-intake';
import { SOURCE_KINDS } from './source-settings';

/** Reads a message that was put aside anew, when a person asks for it (POST /events/{id}/retry). */
@Injectable()
export class UnreadableAgain implements EventConsumer, OnModuleInit {
  readonly name = 'unreadable messages';

  constructor(
    private readonly consumers: EventConsumers,
    private readonly intake: SourceIntake,
  ) {}

  onModuleInit(): void {
    this.consumers.register(this);
  }

  async take(tx: Tx, events: readonly TenantEvent[]): Promise<void> {
    for (const { type, source, data } of events) {
      const kind = SOURCE_KINDS.find((each) => each === source);
      const { raw, sourceId, truncated } = data;
      if (type !== UNREADABLE || !kind || typeof raw !== 'string') continue;
      if (truncated === true) throw Problem.invalidField('/payload/raw', 'too_large: only its beginning was kept');
      await this.intake.again(tx, kind, { body: raw, sourceId: String(sourceId) });
    }
  }
}

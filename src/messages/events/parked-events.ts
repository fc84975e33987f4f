import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import { applyFacet, applyStatus, facetOf } from './message-events.queries';
import { adoptEvent, findParked, type ParkedEvent } from './parked-events.queries';
import { WorkerDb } from '../../platform/db/worker-db';

const STATUS_TYPES = ['SENT', 'DELIVERED', 'READ', 'FAILED'] as const;

/** Events that came before their message was known by the provider's id: matched later, kept for seven days. */
@Injectable()
export class ParkedEvents {
  constructor(
    private readonly worker: WorkerDb,
    private readonly db: TenantDb,
  ) {}

  /** Answers how many events found their message. */
  async match(): Promise<number> {
    const parked = await findParked(this.worker.sql);
    for (const event of parked) await this.apply(event);
    return parked.length;
  }

  private apply(event: ParkedEvent): Promise<void> {
    return this.db.run(event.tenantId, async (tx) => {
      if (!(await adoptEvent(tx, event))) return;
      const { messageId, at, detail } = event;
      const status = STATUS_TYPES.find((type) => type === event.type);
      const facet = facetOf(event.type, detail['machine'] === true);
      if (facet) await applyFacet(tx, messageId, facet, at);
      if (!status) return;
      const { class: code, message } = detail;
      await applyStatus(tx, {
        messageId,
        status,
        at,
        providerMessageId: event.providerMessageId,
        reason: typeof code === 'string' && typeof message === 'string' ? { code, detail: message } : null,
        cost: null,
        parts: null,
      });
    });
  }
}

import { Injectable } from '@nestjs/common';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import { CommunicationWebhookLog } from './communication-webhook-log.entity';
import { WebhookIntake } from './webhook-intake';
import { replayCall } from './webhook-log.queries';
import type { WebhookLogQuery, WebhookLogResponse } from './webhook.dto';

const FILTERS = ['status', 'channelId', 'providerType'] as const;

/** The log of providers' calls, as operators see it. Bodies are not shown: they hold what people wrote. */
@Injectable()
export class WebhookLogs {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly intake: WebhookIntake,
  ) {}

  async list(caller: Caller, query: WebhookLogQuery): Promise<Page<WebhookLogResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /webhook-logs', query };
    const after = this.cursors.after(list);
    const calls = await this.db.run(caller.tenantId, (tx) => {
      const rows = tx.manager
        .createQueryBuilder(CommunicationWebhookLog, 'l')
        .where('l.tenantId = :tenantId', { tenantId: tx.tenantId })
        .orderBy('l.id', 'DESC')
        .limit(query.limit + 1);
      if (after) rows.andWhere('l.id < :after', { after });
      for (const filter of FILTERS)
        if (query[filter] !== undefined) rows.andWhere(`l.${filter} = :${filter}`, { [filter]: query[filter] });
      return rows.getMany();
    });
    return this.cursors.page(list, calls.map(logView));
  }

  /** Has a stored call processed again. Throws Problem 404, 409 when its body is not kept any more. */
  replay(caller: Caller, id: string): Promise<WebhookLogResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      const call = { tenantId: tx.tenantId, id };
      if (!(await replayCall(tx, id))) {
        if (!(await tx.manager.existsBy(CommunicationWebhookLog, call))) throw Problem.notFound('webhook log');
        throw Problem.conflict('webhook_emptied', 'What the provider sent is kept for a limited time, which is over.');
      }
      this.intake.wake.now();
      return logView(await tx.manager.findOneByOrFail(CommunicationWebhookLog, call));
    });
  }
}

function logView(call: CommunicationWebhookLog): WebhookLogResponse {
  return {
    id: call.id,
    channelId: call.channelId,
    providerType: call.providerType,
    method: call.method,
    status: call.status,
    attempts: call.attempts,
    eventCount: call.eventCount,
    error: call.error,
    sizeBytes: call.rawBody.length,
    receivedAt: call.receivedAt.toISOString(),
    processedAt: call.processedAt?.toISOString() ?? null,
    emptiedAt: call.emptiedAt?.toISOString() ?? null,
  };
}

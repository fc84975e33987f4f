import { setInterest } from '../events/event-interest.queries';
import { tellEvents } from '../events/tell';
import type { Tx } from '../platform/db/tenant-db';
import { DISABLED_EVENT, typesOf } from './event-filter';
import { WebhookEndpoint } from './webhook-endpoint.entity';

export type DisabledReason = 'manual' | 'gone' | 'failing';

/** In the list of interests. */
const CONSUMER = 'webhooks';

/** Taken before anything else where endpoints of a tenant change: what all of them want is worked out from all of them. */
export async function holdEndpoints(tx: Tx): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1::text || ' webhook endpoints', 0))`, [tx.tenantId]);
}

/** Has Carillon tell what the tenant's endpoints want to know: disabled ones too, so that it can be replayed to them. */
export async function followFilters(tx: Tx): Promise<void> {
  const [row] = await tx.query<{ words: string[] | null }>(
    `SELECT array_agg(DISTINCT word) AS words FROM webhook_endpoint, unnest(event_types) AS word
     WHERE tenant_id = $1 AND deleted_at IS NULL`,
    [tx.tenantId],
  );
  await setInterest(
    tx,
    CONSUMER,
    typesOf(row?.words ?? []).filter((type) => type !== DISABLED_EVENT),
  );
}

/** The row, but for deleted ones. */
export async function findEndpoint(tx: Tx, id: string): Promise<WebhookEndpoint | undefined> {
  const endpoint = await tx.manager.findOneBy(WebhookEndpoint, { tenantId: tx.tenantId, id });
  return endpoint && !endpoint.deletedAt ? endpoint : undefined;
}

export async function countEndpoints(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM webhook_endpoint WHERE tenant_id = $1 AND deleted_at IS NULL`,
    [tx.tenantId],
  );
  return row?.count ?? 0;
}

/** Newest first, one more than `limit`. */
export function listEndpoints(tx: Tx, limit: number, after: string | null): Promise<WebhookEndpoint[]> {
  const rows = tx.manager
    .createQueryBuilder(WebhookEndpoint, 'e')
    .where('e.tenantId = :tenantId AND e.deletedAt IS NULL', { tenantId: tx.tenantId })
    .orderBy('e.id', 'DESC')
    .limit(limit + 1);
  if (after) rows.andWhere('e.id < :after', { after });
  return rows.getMany();
}

/** What still waits for an endpoint that is called no more. What is under way finds another fence. */
export async function endQueue(
  tx: Tx,
  endpointId: string,
  reason: 'endpoint_disabled' | 'endpoint_deleted',
): Promise<void> {
  await tx.query(
    `UPDATE webhook_delivery SET status = 'FAILED', reason = $3, finished_at = now(), lease_until = NULL, fence = fence + 1
     WHERE tenant_id = $1 AND endpoint_id = $2 AND status = 'PENDING'`,
    [tx.tenantId, endpointId, reason],
  );
}

/** Switches an endpoint off by itself, and tells the others. False when somebody else was faster. */
export async function disableEndpoint(tx: Tx, id: string, reason: Exclude<DisabledReason, 'manual'>): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE webhook_endpoint SET status = 'DISABLED', disabled_reason = $3, disabled_at = now(), updated_at = now()
     WHERE tenant_id = $1 AND id = $2 AND status = 'ACTIVE' AND deleted_at IS NULL RETURNING 1`,
    [tx.tenantId, id, reason],
  );
  if (!rows.length) return false;
  await endQueue(tx, id, 'endpoint_disabled');
  await tellEvents(tx, [{ type: DISABLED_EVENT, source: 'carillon', data: { endpointId: id, reason } }]);
  return true;
}

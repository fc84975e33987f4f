import type { Tx } from '../platform/db/tenant-db';
import type { WebhookAttempt } from './webhook-attempt.entity';
import type { WebhookDelivery } from './webhook-delivery.entity';

/**
 * Whether an endpoint may be told of an event: its filter lets it through, and whoever set its address may read messages of the
 * channel type.
 */
const FITS = `('*' = ANY (w.event_types) OR e.type = ANY (w.event_types) OR split_part(e.type, '.', 1) || '.*' = ANY (w.event_types))
  AND (e.channel_type IS NULL OR w.message_types IS NULL OR e.channel_type = ANY (w.message_types))`;

/** References of callers may hold anything: they are told with the message, while it has them. */
const QUEUED = `new_event_id(), w.id, e.id, e.type, e.channel_type, e.contact_id, e.data - 'clientReference', e.at`;
const INTO = `INSERT INTO webhook_delivery (tenant_id, id, endpoint_id, event_id, type, channel_type, contact_id, data, at)`;

/** Puts events into the queues of the endpoints that want them. Answers how many deliveries that made. */
export async function queueEvents(tx: Tx, eventIds: readonly string[]): Promise<number> {
  const rows = await tx.query(
    `${INTO} SELECT $1, ${QUEUED} FROM tenant_event e JOIN webhook_endpoint w ON w.tenant_id = e.tenant_id
     WHERE e.tenant_id = $1 AND e.id = ANY ($2::uuid[]) AND w.status = 'ACTIVE' AND w.deleted_at IS NULL AND ${FITS}
     ORDER BY e.id
     ON CONFLICT (tenant_id, endpoint_id, event_id) DO NOTHING RETURNING 1`,
    [tx.tenantId, eventIds],
  );
  return rows.length;
}

/** What the queue of an endpoint is filled with again. */
export interface ReplayFilter {
  endpointId: string;
  since: Date;
  types: readonly string[];
  limit: number;
}

/**
 * Puts events since a moment into the queue of an endpoint, told before or not, the earliest first. What waits already stays as
 * it is. Answers the times of those it looked at, the last of them last.
 */
export function replayEvents(
  tx: Tx,
  { endpointId, since, types, limit }: ReplayFilter,
): Promise<{ at: Date; queued: boolean }[]> {
  return tx.query(
    `WITH e AS (
       SELECT e.* FROM tenant_event e JOIN webhook_endpoint w ON w.tenant_id = e.tenant_id AND w.id = $2
       WHERE e.tenant_id = $1 AND e.source = 'carillon' AND e.created_at >= $3 AND e.status = 'HANDLED'
         AND e.type = ANY ($4::text[]) AND ${FITS}
       ORDER BY e.created_at, e.id LIMIT $5
     ),
     queued AS (
       ${INTO} SELECT $1, ${QUEUED} FROM e, webhook_endpoint w WHERE w.tenant_id = $1 AND w.id = $2
       ON CONFLICT (tenant_id, endpoint_id, event_id) DO UPDATE SET status = 'PENDING', reason = NULL, tries = 0,
         due_at = now(), finished_at = NULL
         WHERE webhook_delivery.status <> 'PENDING'
       RETURNING event_id
     )
     SELECT e.created_at AS at, q.event_id IS NOT NULL AS queued FROM e LEFT JOIN queued q ON q.event_id = e.id
     ORDER BY e.created_at, e.id`,
    [tx.tenantId, endpointId, since, types, limit],
  );
}

/** An event of no stream, for one endpoint, in front of everything that waits for it. */
export async function queueTest(
  tx: Tx,
  { id, eventId, endpointId, type }: { id: string; eventId: string; endpointId: string; type: string },
): Promise<void> {
  await tx.query(
    `INSERT INTO webhook_delivery (tenant_id, id, endpoint_id, event_id, type, data, at, due_at)
     VALUES ($1, $2, $3, $4, $5, $6, now(), '1970-01-01')`,
    [tx.tenantId, id, endpointId, eventId, type, JSON.stringify({ endpointId })],
  );
}

const DELIVERY = `SELECT id, endpoint_id AS "endpointId", event_id AS "eventId", type, status, reason, attempts, data, at,
  status_code AS "statusCode", due_at AS "dueAt", created_at AS "createdAt", finished_at AS "finishedAt"
  FROM webhook_delivery WHERE tenant_id = $1 AND endpoint_id = $2`;

export type DeliveryRow = Pick<
  WebhookDelivery,
  | 'id'
  | 'endpointId'
  | 'eventId'
  | 'type'
  | 'status'
  | 'reason'
  | 'attempts'
  | 'data'
  | 'at'
  | 'statusCode'
  | 'dueAt'
  | 'createdAt'
  | 'finishedAt'
>;

export async function findDelivery(tx: Tx, endpointId: string, id: string): Promise<DeliveryRow | undefined> {
  const [row] = await tx.query<DeliveryRow>(`${DELIVERY} AND id = $3`, [tx.tenantId, endpointId, id]);
  return row;
}

export interface DeliveryFilter {
  endpointId: string;
  status: string | null;
  type: string | null;
  after: string | null;
  limit: number;
}

/** Newest first, one more than `limit`. */
export function listDeliveries(
  tx: Tx,
  { endpointId, status, type, after, limit }: DeliveryFilter,
): Promise<DeliveryRow[]> {
  return tx.query<DeliveryRow>(
    `${DELIVERY} AND ($3::text IS NULL OR status = $3) AND ($4::text IS NULL OR type = $4) AND ($5::uuid IS NULL OR id < $5)
     ORDER BY id DESC LIMIT $6`,
    [tx.tenantId, endpointId, status, type, after, limit + 1],
  );
}

export type AttemptRow = Pick<
  WebhookAttempt,
  'attemptNo' | 'startedAt' | 'durationMs' | 'statusCode' | 'fault' | 'answer'
>;

/** In the order in which they were made; the last hundred. */
export async function attemptsOf(tx: Tx, deliveryId: string): Promise<AttemptRow[]> {
  const rows = await tx.query<AttemptRow>(
    `SELECT attempt_no AS "attemptNo", started_at AS "startedAt", duration_ms AS "durationMs", status_code AS "statusCode",
       fault, answer
     FROM webhook_attempt WHERE tenant_id = $1 AND delivery_id = $2 ORDER BY attempt_no DESC LIMIT 100`,
    [tx.tenantId, deliveryId],
  );
  return rows.toReversed();
}

/** Tells it again, from the first try on; what waits is told at once. False while it is being told. */
export async function retryDelivery(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE webhook_delivery SET status = 'PENDING', reason = NULL, tries = 0, due_at = now(), finished_at = NULL,
       fence = fence + 1, lease_until = NULL
     WHERE tenant_id = $1 AND id = $2 AND (lease_until IS NULL OR lease_until < now()) RETURNING 1`,
    [tx.tenantId, id],
  );
  return rows.length > 0;
}

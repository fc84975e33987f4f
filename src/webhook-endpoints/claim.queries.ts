import type { PooledSql, Sql } from '../platform/db/sql';
import { SLOW_MS } from './places';

/** One queue: what one endpoint is to be told. */
export interface EndpointQueue {
  tenantId: string;
  endpointId: string;
}

/** A delivery that this process holds. */
export interface ClaimedDelivery extends EndpointQueue {
  id: string;
  fence: string;
  /** Whether its endpoint failed the last time. */
  failing: boolean;
}

/** Most queues that one look finds; the next goes on after the last of them. */
export const MOST_QUEUES = 256;

export const RING_START: EndpointQueue = {
  tenantId: '00000000-0000-0000-0000-000000000000',
  endpointId: '00000000-0000-0000-0000-000000000000',
};

/** Calls at a time to one endpoint, over all processes: to one that answers, and to one that fails or is slow to answer. */
const AT_ONCE = { healthy: 8, failing: 1 };

/** A delivery is with whoever took it for so long: the longest call, and what is stored before and after it. */
const LEASE_SECONDS = 60;

/** It jumps from endpoint to endpoint: a million deliveries that wait for one of them are one step. */
const QUEUES = `
WITH RECURSIVE queues AS (
  (SELECT d.tenant_id, d.endpoint_id, d.due_at FROM webhook_delivery d
   WHERE d.status = 'PENDING' AND (d.tenant_id, d.endpoint_id) > ($1::uuid, $2::uuid)
   ORDER BY d.tenant_id, d.endpoint_id, d.due_at LIMIT 1)
  UNION ALL
  SELECT n.tenant_id, n.endpoint_id, n.due_at FROM queues q CROSS JOIN LATERAL (
    SELECT d.tenant_id, d.endpoint_id, d.due_at FROM webhook_delivery d
    WHERE d.status = 'PENDING' AND (d.tenant_id, d.endpoint_id) > (q.tenant_id, q.endpoint_id)
    ORDER BY d.tenant_id, d.endpoint_id, d.due_at LIMIT 1) n
)
SELECT tenant_id AS "tenantId", endpoint_id AS "endpointId", due_at <= now() AS due FROM queues LIMIT ${MOST_QUEUES}`;

/** The queues that hold anything, from a place in the ring on. */
export function listQueues(sql: Sql, after: EndpointQueue): Promise<(EndpointQueue & { due: boolean })[]> {
  return sql.query(QUEUES, [after.tenantId, after.endpointId]);
}

/** One claim at a time, so that the count of what is under way is exact. */
const ONE_AT_A_TIME = `SELECT pg_advisory_xact_lock(hashtextextended('webhook deliveries', 0))`;

/**
 * Each queue offers what it may have under way beside what is, first due first; the offers are taken in turns. Endpoints that
 * failed share places of their own, so that any number of dead ones leaves the others theirs.
 */
const CLAIM = `
WITH seen AS (SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS q(tenant_id, endpoint_id)),
room AS (
  SELECT s.tenant_id, s.endpoint_id, e.failing_since IS NOT NULL AS failing,
    CASE WHEN e.failing_since IS NULL AND h.slow = 0 THEN ${AT_ONCE.healthy} ELSE ${AT_ONCE.failing} END - h.held AS free
  FROM seen s JOIN webhook_endpoint e ON e.tenant_id = s.tenant_id AND e.id = s.endpoint_id
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS held,
      count(*) FILTER (WHERE w.lease_until < now() + interval '${LEASE_SECONDS * 1000 - SLOW_MS} ms')::int AS slow
    FROM webhook_delivery w
    WHERE w.tenant_id = s.tenant_id AND w.endpoint_id = s.endpoint_id AND w.lease_until > now()) h
  WHERE e.status = 'ACTIVE' AND e.deleted_at IS NULL
),
offered AS (
  SELECT o.tenant_id, o.id, r.failing, o.turn FROM room r CROSS JOIN LATERAL (
    SELECT d.tenant_id, d.id, row_number() OVER (ORDER BY d.due_at) AS turn FROM (
      SELECT w.tenant_id, w.id, w.due_at FROM webhook_delivery w
      WHERE w.status = 'PENDING' AND w.tenant_id = r.tenant_id AND w.endpoint_id = r.endpoint_id AND w.due_at <= now()
      ORDER BY w.due_at LIMIT greatest(r.free, 0)) d) o
),
taken AS (
  (SELECT * FROM offered WHERE NOT failing ORDER BY turn LIMIT $3)
  UNION ALL
  (SELECT * FROM offered WHERE failing ORDER BY turn LIMIT $4)
)
UPDATE webhook_delivery d SET fence = d.fence + 1, lease_until = now() + interval '${LEASE_SECONDS} seconds',
  due_at = now() + interval '${LEASE_SECONDS} seconds'
FROM taken t WHERE d.tenant_id = t.tenant_id AND d.id = t.id AND d.status = 'PENDING'
RETURNING d.tenant_id AS "tenantId", d.endpoint_id AS "endpointId", d.id, d.fence, t.failing`;

/** Takes what is due in these queues, at most as much as there are places. */
export function claimDeliveries(
  sql: PooledSql,
  queues: readonly EndpointQueue[],
  places: { healthy: number; failing: number },
): Promise<ClaimedDelivery[]> {
  const tenants = queues.map(({ tenantId }) => tenantId);
  const endpoints = queues.map(({ endpointId }) => endpointId);
  return sql.together<ClaimedDelivery>(
    { text: ONE_AT_A_TIME, values: [] },
    { text: CLAIM, values: [tenants, endpoints, places.healthy, places.failing] },
  );
}

/** Takes away what is over for so long. Answers how many. */
export async function forgetOldDeliveries(sql: Sql, days: number, limit: number): Promise<number> {
  const rows = await sql.query(
    `DELETE FROM webhook_delivery WHERE ctid = ANY (ARRAY(SELECT ctid FROM webhook_delivery
       WHERE finished_at < now() - make_interval(days => $1) ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING 1`,
    [days, limit],
  );
  return rows.length;
}

/** Ends what came into the queue of an endpoint just when that was switched off or deleted. */
export async function endStrayDeliveries(sql: Sql): Promise<void> {
  await sql.query(
    `UPDATE webhook_delivery d SET status = 'FAILED', finished_at = now(), lease_until = NULL, fence = d.fence + 1,
       reason = CASE WHEN e.deleted_at IS NULL THEN 'endpoint_disabled' ELSE 'endpoint_deleted' END
     FROM webhook_endpoint e
     WHERE (e.status = 'DISABLED' OR e.deleted_at IS NOT NULL) AND d.tenant_id = e.tenant_id AND d.endpoint_id = e.id
       AND d.status = 'PENDING'`,
  );
}

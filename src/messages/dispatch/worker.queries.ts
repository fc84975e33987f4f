import type { Sql } from '../../platform/db/sql';

/** Says that this worker lives. */
export async function heartbeat(sql: Sql, worker: { id: string; host: string; pid: number }): Promise<void> {
  await sql.query(
    `INSERT INTO worker (id, host, pid) VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()`,
    [worker.id, worker.host, worker.pid],
  );
}

/** Signs a worker off, and forgets those that were not heard of for a day. */
export async function signOff(sql: Sql, workerId: string): Promise<void> {
  await sql.query(`DELETE FROM worker WHERE id = $1 OR heartbeat_at < now() - interval '1 day'`, [workerId]);
}

/** A message whose worker is gone. */
export interface LostMessage {
  tenantId: string;
  id: string;
  channelId: string;
  channelType: string;
  providerType: string;
  lostLeases: number;
  /** True when its attempt was written down as dispatched: the provider may have it. */
  dispatched: boolean;
}

/**
 * Messages whose lease ran out or whose worker fell silent, by the database's clock only. Locked until the caller's commit,
 * so two reapers never take the same one.
 */
export function findLost(sql: Sql, deadSeconds: number): Promise<LostMessage[]> {
  return sql.query<LostMessage>(
    `SELECT m.tenant_id AS "tenantId", m.id, m.channel_id AS "channelId", m.channel_type AS "channelType",
       m.provider_type AS "providerType", m.lost_leases AS "lostLeases", EXISTS (SELECT 1 FROM message_attempt a
         WHERE a.tenant_id = m.tenant_id AND a.message_id = m.id AND a.attempt_no = m.attempts + 1
           AND a.fence = m.lease_token AND a.settled_at IS NULL) AS dispatched
     FROM communication_message m
     WHERE m.status = 'SENDING' AND (m.lease_until < now() OR NOT EXISTS (
       SELECT 1 FROM worker w WHERE w.id = m.lease_owner AND w.heartbeat_at > now() - make_interval(secs => $1)))
     LIMIT 1000 FOR UPDATE OF m SKIP LOCKED`,
    [deadSeconds],
  );
}

/**
 * Puts lost messages back: never dispatched, QUEUED as if nothing had been; dispatched, UNKNOWN until `waitMs` has passed.
 * Each bumps the fence, so that a worker that comes back from the dead cannot settle any more. `dead` ends it as poison.
 */
export async function recoverLost(
  sql: Sql,
  lost: readonly { tenantId: string; id: string; dispatched: boolean; waitMs: number; dead: boolean }[],
): Promise<void> {
  await sql.query(
    `WITH lost AS (SELECT * FROM jsonb_to_recordset($1::jsonb)
       AS l("tenantId" uuid, id uuid, dispatched boolean, "waitMs" float8, dead boolean)),
     evidence AS (
       UPDATE message_attempt a SET settled_at = now(), outcome = 'IN_DOUBT', fault_class = 'ambiguous',
         fault_code = 'worker_lost', fault_message = 'The worker was lost between the call and its result.'
       FROM lost l JOIN communication_message m ON m.tenant_id = l."tenantId" AND m.id = l.id
       WHERE l.dispatched AND a.tenant_id = m.tenant_id AND a.message_id = m.id AND a.attempt_no = m.attempts + 1
     )
     UPDATE communication_message m SET
       status = CASE WHEN l.dispatched THEN 'UNKNOWN' ELSE 'QUEUED' END,
       status_at = CASE WHEN l.dispatched THEN now() ELSE m.status_at END,
       reason_code = CASE WHEN l.dead THEN 'quarantined' WHEN l.dispatched THEN 'worker_lost' END,
       reason_detail = CASE WHEN l.dead THEN 'Three workers in a row were lost while sending this message.'
         WHEN l.dispatched THEN 'The worker was lost between the call and its result; waiting for word from the provider.' END,
       attempts = m.attempts + l.dispatched::int,
       lost_leases = m.lost_leases + l.dispatched::int,
       resolve_at = CASE WHEN l.dispatched AND NOT l.dead THEN now() + make_interval(secs => l."waitMs" / 1000) END,
       dead_at = CASE WHEN l.dead THEN now() END,
       lease_token = m.lease_token + 1, lease_owner = NULL, lease_until = NULL
     FROM lost l WHERE m.tenant_id = l."tenantId" AND m.id = l.id`,
    [JSON.stringify(lost)],
  );
}

/** Ends messages whose expiresAt passed while they waited for their turn. */
export async function expireOverdue(sql: Sql): Promise<number> {
  const rows = await sql.query(
    `WITH overdue AS (
       SELECT tenant_id, id FROM communication_message
       WHERE status IN ('QUEUED', 'SCHEDULED') AND expires_at <= now() LIMIT 1000 FOR UPDATE SKIP LOCKED)
     UPDATE communication_message m SET status = 'EXPIRED', status_at = now(), dead_at = now(), reason_code = 'expired',
       reason_detail = 'expiresAt had passed before the message could go out.'
     FROM overdue o WHERE m.tenant_id = o.tenant_id AND m.id = o.id RETURNING 1`,
  );
  return rows.length;
}

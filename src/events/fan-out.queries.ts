import type { Sql } from '../platform/db/sql';
import type { Tx } from '../platform/db/tenant-db';
import type { TenantEvent } from './event-consumers';

/** First key of the lock that makes one worker at a time hand out a tenant's events; the second is the tenant's hash. */
const FAN_OUT_LOCK = 1_163_284_301;

/** Tenants that have something due; the index is skipped through, so that one with a million events costs no more. */
export function tenantsWithEvents(sql: Sql): Promise<{ tenantId: string }[]> {
  return sql.query(
    `WITH RECURSIVE due AS (
       (SELECT tenant_id FROM tenant_event WHERE status = 'PENDING' AND due_at <= clock_timestamp() ORDER BY tenant_id LIMIT 1)
       UNION ALL
       SELECT (SELECT e.tenant_id FROM tenant_event e
         WHERE e.status = 'PENDING' AND e.due_at <= clock_timestamp() AND e.tenant_id > due.tenant_id
         ORDER BY e.tenant_id LIMIT 1)
       FROM due WHERE due.tenant_id IS NOT NULL)
     SELECT tenant_id AS "tenantId" FROM due WHERE tenant_id IS NOT NULL`,
  );
}

/** Holds the tenant's stream until the end of the transaction; false when another worker has it. */
export async function holdStream(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ held: boolean }>(`SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS held`, [
    FAN_OUT_LOCK,
    tx.tenantId,
  ]);
  return row?.held === true;
}

const EVENT = `id, type, source, contact_id AS "contactId", message_id AS "messageId", session_id AS "sessionId", data, at`;

/** What is due, first told first. */
export function dueEvents(tx: Tx, limit: number): Promise<TenantEvent[]> {
  return tx.query<TenantEvent>(
    `SELECT ${EVENT} FROM tenant_event WHERE tenant_id = $1 AND status = 'PENDING' AND due_at <= clock_timestamp()
     ORDER BY due_at, id LIMIT $2 FOR NO KEY UPDATE`,
    [tx.tenantId, limit],
  );
}

/** One of them, when it is still due. */
export async function dueEvent(tx: Tx, id: string): Promise<TenantEvent | undefined> {
  const [event] = await tx.query<TenantEvent>(
    `SELECT ${EVENT} FROM tenant_event WHERE tenant_id = $1 AND id = $2 AND status = 'PENDING' FOR NO KEY UPDATE`,
    [tx.tenantId, id],
  );
  return event;
}

/** They are done, and have their place in the order in which readers see them. */
export async function markHandled(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE tenant_event e SET status = 'HANDLED', handled_at = clock_timestamp(), failure = NULL, seq = n.seq
     FROM (SELECT id, nextval('tenant_event_seq') AS seq FROM unnest($2::uuid[]) WITH ORDINALITY AS o (id, place) ORDER BY place) n
     WHERE e.tenant_id = $1 AND e.id = n.id`,
    [tx.tenantId, ids],
  );
}

/** It failed: it comes again after a wait, or, after the last try, waits for a person. Answers whether that was the last. */
export async function markFailed(tx: Tx, id: string, failure: string, mostTries: number): Promise<boolean> {
  const [row] = await tx.query<{ status: string }>(
    `UPDATE tenant_event SET tries = tries + 1, failure = $3,
       status = CASE WHEN tries + 1 >= $4 THEN 'FAILED' ELSE 'PENDING' END,
       due_at = clock_timestamp() + make_interval(secs => power(2, tries) * (0.75 + random() / 2))
     WHERE tenant_id = $1 AND id = $2 AND status = 'PENDING' RETURNING status`,
    [tx.tenantId, id, failure.slice(0, 500), mostTries],
  );
  return row?.status === 'FAILED';
}

/** Events that are done are kept for a time, so that rules can be tried on them and readers can go on; failed ones as long. */
export async function pruneEvents(sql: Sql, days: number, limit: number): Promise<number> {
  const rows = await sql.query(
    `DELETE FROM tenant_event WHERE ctid = ANY (ARRAY(SELECT ctid FROM tenant_event
       WHERE status <> 'PENDING' AND created_at < now() - make_interval(days => $1)
       ORDER BY created_at LIMIT $2)) RETURNING 1`,
    [days, limit],
  );
  return rows.length;
}

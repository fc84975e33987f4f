import type { Sql } from '../../platform/db/sql';
import type { TenantDb, Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { EventSource } from './event-source.entity';

/** Whether another source than this one has the name. */
export async function nameIsTaken(tx: Tx, name: string, otherThan: string): Promise<boolean> {
  const rows = await tx.query(`SELECT 1 FROM event_source WHERE tenant_id = $1 AND name = $2 AND id <> $3`, [
    tx.tenantId,
    name,
    otherThan,
  ]);
  return rows.length > 0;
}

/** One change of the tenant's sources at a time, so that their number and names can be counted. */
export async function lockSources(tx: Tx): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1 || ' event sources', 0))`, [tx.tenantId]);
}

export interface HeldSource {
  tenantId: string;
  id: string;
  revision: number;
}

const HOLD = `
UPDATE event_source SET lease_owner = $1, lease_until = clock_timestamp() + make_interval(secs => $2)
WHERE (tenant_id, id) IN (
  SELECT tenant_id, id FROM event_source
  WHERE kind IN ('sqs', 'kafka') AND status = 'ACTIVE'
    AND (lease_owner = $1 OR lease_until IS NULL OR lease_until < clock_timestamp())
  ORDER BY lease_owner = $1 DESC NULLS LAST, lease_until NULLS FIRST LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING tenant_id AS "tenantId", id, revision`;

/** Keeps the sources that this process consumes, and takes others that nobody does. */
export function holdSources(
  sql: Sql,
  { owner, seconds, most }: { owner: string; seconds: number; most: number },
): Promise<HeldSource[]> {
  return sql.query<HeldSource>(HOLD, [owner, seconds, most]);
}

/** Another process goes on at once. */
export async function releaseSources(sql: Sql, owner: string): Promise<void> {
  await sql.query(`UPDATE event_source SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = $1`, [owner]);
}

const SECONDS_BETWEEN_NOTES = 5;

/** Something came: an error of before is over. Written now and then only. */
export async function noteArrival(tx: Tx, id: string): Promise<void> {
  await tx.query(
    `UPDATE event_source SET last_message_at = now(), last_error = NULL, last_error_at = NULL
     WHERE tenant_id = $1 AND id = $2
       AND (last_error IS NOT NULL OR last_message_at IS NULL OR last_message_at < now() - make_interval(secs => $3))`,
    [tx.tenantId, id, SECONDS_BETWEEN_NOTES],
  );
}

/** It works, or why not: null, or words that hold no secret. */
export async function noteError(tx: Tx, id: string, error: string | null): Promise<void> {
  await tx.query(
    `UPDATE event_source SET last_error = $3, last_error_at = CASE WHEN $3::text IS NULL THEN NULL ELSE now() END
     WHERE tenant_id = $1 AND id = $2 AND (last_error IS DISTINCT FROM $3 OR $3 IS NOT NULL)`,
    [tx.tenantId, id, error],
  );
}

/** The source that has this key in its address. The row shows itself to whoever presents the key. */
export async function sourceByKey(
  db: TenantDb,
  key: string,
): Promise<Pick<EventSource, 'tenantId' | 'id' | 'kind' | 'status' | 'settings'> | undefined> {
  const [row] = await db.present('app.webhook_key', key, (sql) =>
    sql.query<Pick<EventSource, 'tenantId' | 'id' | 'kind' | 'status' | 'settings'>>(
      `SELECT tenant_id AS "tenantId", id, kind, status, settings FROM event_source WHERE source_key = $1`,
      [key],
    ),
  );
  return row;
}

/** What could not be read. */
export interface Unreadable {
  source: 'sns' | 'sqs' | 'kafka';
  /** The source's own id of it: come again, it is the same. */
  eventId: string;
  reason: string;
  data: Record<string, unknown>;
}

/** The name under which it stands among the events. */
export const UNREADABLE = 'carillon.unreadable_message';

/** Into the dead letter at once: trying it again would not help. */
export async function storeUnreadable(tx: Tx, { source, eventId, reason, data }: Unreadable): Promise<void> {
  await tx.query(
    `INSERT INTO tenant_event (tenant_id, id, type, source, event_id, data, status, failure)
     VALUES ($1, $2, $3, $4, $5, $6, 'FAILED', $7) ON CONFLICT (tenant_id, event_id) WHERE event_id IS NOT NULL DO NOTHING`,
    [tx.tenantId, uuidv7(), UNREADABLE, source, eventId, JSON.stringify(data), reason],
  );
}

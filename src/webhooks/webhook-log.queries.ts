import type { Sql } from '../platform/db/sql';
import type { Tx } from '../platform/db/tenant-db';

/** A stored call whose turn it is. */
export interface PendingCall {
  tenantId: string;
  id: string;
}

/** A call after so many failed tries is left for a person. */
const MOST_ATTEMPTS = 8;

/** Takes calls for one minute; whoever crashes with one only makes it wait. */
export function takePendingCalls(sql: Sql, limit: number): Promise<PendingCall[]> {
  return sql.query<PendingCall>(
    `WITH due AS (
       SELECT tenant_id, id FROM communication_webhook_log WHERE status = 'PENDING' AND due_at <= now()
       ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     UPDATE communication_webhook_log l SET due_at = now() + interval '60 seconds', attempts = l.attempts + 1
     FROM due d WHERE l.tenant_id = d.tenant_id AND l.id = d.id
     RETURNING l.tenant_id AS "tenantId", l.id`,
    [limit],
  );
}

/** The call is done: PROCESSED, or IGNORED when there was nothing in it for us. */
export async function finishCall(tx: Tx, id: string, eventCount: number, known: boolean): Promise<void> {
  await tx.query(
    `UPDATE communication_webhook_log SET status = $3, event_count = $4, processed_at = now(), error = NULL
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, known ? 'PROCESSED' : 'IGNORED', eventCount],
  );
}

/** It could not be processed; tried again with growing pauses, then left as FAILED until somebody replays it. */
export async function failCall(tx: Tx, id: string, error: string): Promise<void> {
  await tx.query(
    `UPDATE communication_webhook_log SET error = $3,
       status = CASE WHEN attempts >= ${MOST_ATTEMPTS} THEN 'FAILED' ELSE 'PENDING' END,
       due_at = now() + make_interval(secs => power(2, attempts))
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, error.slice(0, 500)],
  );
}

/** Back to the beginning. Events that had their effect find their place taken, so nothing happens twice. False once it is empty. */
export async function replayCall(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE communication_webhook_log SET status = 'PENDING', attempts = 0, due_at = now(), error = NULL
     WHERE tenant_id = $1 AND id = $2 AND emptied_at IS NULL RETURNING 1`,
    [tx.tenantId, id],
  );
  return rows.length > 0;
}

/** Takes what providers sent out of calls that are older; what was not processed yet is kept until it is. Answers how many. */
export async function emptyOldCalls(sql: Sql, hours: number, limit: number): Promise<number> {
  const rows = await sql.query(
    `UPDATE communication_webhook_log SET raw_body = '', headers = '{}', url = split_part(url, '?', 1), emptied_at = now()
     WHERE ctid = ANY(ARRAY(SELECT ctid FROM communication_webhook_log
       WHERE emptied_at IS NULL AND status <> 'PENDING' AND received_at < now() - make_interval(hours => $1)
       ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING 1`,
    [hours, limit],
  );
  return rows.length;
}

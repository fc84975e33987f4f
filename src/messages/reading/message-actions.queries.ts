import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import type { DeadLetterFilterDto } from './message-query.dto';

/** Most dead letters that one replay takes. */
export const MOST_REPLAYED = 1000;

/** Calls a message back; false when a worker has it already. The row's lock decides between the two. */
export async function cancelMessage(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    `WITH cancelled AS (
       UPDATE communication_message SET status = 'CANCELLED', status_at = now(), reason_code = 'cancelled',
         reason_detail = 'Called back through the API before it was sent.'
       WHERE tenant_id = $1 AND id = $2 AND status IN ('QUEUED', 'SCHEDULED') RETURNING id, tenant_id),
     schedule AS (
       UPDATE scheduled_message s SET status = 'CANCELLED', updated_at = now() FROM cancelled c
       WHERE s.tenant_id = c.tenant_id AND s.message_id = c.id)
     SELECT id FROM cancelled`,
    [tx.tenantId, id],
  );
  return rows.length > 0;
}

/** Back to the queue with a new budget of failures; the gates are asked again. False when it stands elsewhere by now. */
export async function requeueMessage(tx: Tx, id: string): Promise<boolean> {
  return (await requeue(tx, `id = $2 AND status IN ('FAILED', 'EXPIRED', 'SUPPRESSED', 'UNKNOWN')`, [id])) > 0;
}

/** The same for several at once. Answers how many of them there were. */
export function requeueMessages(tx: Tx, ids: readonly string[]): Promise<number> {
  return requeue(tx, `id = ANY($2::uuid[]) AND status IN ('FAILED', 'EXPIRED')`, [ids]);
}

/** Replays dead letters by id. Those that are not dead letters any more are left alone, so a replay may be repeated. */
export function replayByIds(tx: Tx, ids: readonly string[]): Promise<number> {
  return requeue(tx, 'id = ANY($2::uuid[]) AND dead_at IS NOT NULL', [ids]);
}

/** Replays at most 1000 dead letters that match. */
export function replayByFilter(tx: Tx, { channelId, reason }: DeadLetterFilterDto): Promise<number> {
  return requeue(
    tx,
    `id IN (SELECT id FROM communication_message WHERE tenant_id = $1 AND dead_at IS NOT NULL
       AND ($2::uuid IS NULL OR channel_id = $2) AND ($3::text IS NULL OR reason_code = $3)
       ORDER BY id LIMIT ${MOST_REPLAYED}) AND dead_at IS NOT NULL`,
    [channelId ?? null, reason ?? null],
  );
}

/** An attempt that a dead worker never settled counts too: the next one must not take its number. */
async function requeue(tx: Tx, which: string, values: readonly unknown[]): Promise<number> {
  const rows = await tx.query<{ id: string; channelId: string }>(
    `UPDATE communication_message m SET status = 'QUEUED', status_at = now(), due_at = now(), failures = 0, lost_leases = 0,
       attempts = greatest(m.attempts, (SELECT max(a.attempt_no) FROM message_attempt a
         WHERE a.tenant_id = m.tenant_id AND a.message_id = m.id)),
       dead_at = NULL, resolve_at = NULL, reason_code = 'requeued', reason_detail = 'Sent back to the queue through the API.',
       reason_rule = NULL,
       expires_at = CASE WHEN expires_at <= now() THEN NULL ELSE expires_at END
     WHERE tenant_id = $1 AND direction = 'OUTBOUND' AND erased_at IS NULL AND ${which}
     RETURNING id, channel_id AS "channelId"`,
    [tx.tenantId, ...values],
  );
  await noteAction(tx, rows, 'REQUEUED');
  return rows.length;
}

/** Puts what a person did on the timeline. */
export async function noteAction(
  tx: Sql & { tenantId: string },
  messages: readonly { id: string; channelId: string }[],
  type: string,
): Promise<void> {
  if (!messages.length) return;
  await tx.query(
    `INSERT INTO message_event (tenant_id, channel_id, event_key, message_id, type, at)
     SELECT $1, m."channelId", 'api:' || gen_random_uuid(), m.id, $3, clock_timestamp()
     FROM jsonb_to_recordset($2::jsonb) AS m(id uuid, "channelId" uuid)`,
    [tx.tenantId, JSON.stringify(messages), type],
  );
}

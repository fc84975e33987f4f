import type { Sql } from '../platform/db/sql';
import type { Tx } from '../platform/db/tenant-db';
import { SandboxMessage } from './sandbox-message.entity';

/** A message that the sandbox "sent". */
export interface Delivery {
  tenantId: string;
  id: string;
  channelId: string;
  messageId: string;
  ref: string;
  providerMessageId: string;
  to: string;
  from: string;
  messageType: string;
  content: object;
}

/** A call-back that is due after `delayMs`. */
export interface PlannedEvent {
  tenantId: string;
  id: string;
  channelId: string;
  body: object;
  delayMs: number;
}

/**
 * Stores deliveries of one tenant; answers for each how often its message was handed over before. Of a message that was erased
 * on its way, only the fact is kept.
 */
export async function storeDeliveries(sql: Sql, tenantId: string, deliveries: readonly Delivery[]): Promise<number[]> {
  const rows = await sql.query<{ id: string; before: number }>(
    `WITH input AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS d(id uuid, "channelId" uuid, "messageId" uuid, ref text,
       "providerMessageId" text, "to" text, "from" text, "messageType" text, content jsonb)),
     erased AS (
       SELECT m.id, m.erased_at FROM communication_message m
       WHERE m.tenant_id = $1 AND m.id IN (SELECT "messageId" FROM input) FOR SHARE),
     stored AS (
       INSERT INTO sandbox_message (tenant_id, id, channel_id, message_id, ref, provider_message_id, to_address, from_address,
         message_type, content)
       SELECT $1::uuid, i.id, "channelId", "messageId", ref, "providerMessageId",
         CASE WHEN e.erased_at IS NULL THEN "to" ELSE 'erased' END, "from", "messageType",
         CASE WHEN e.erased_at IS NULL THEN content ELSE '{}' END
       FROM input i LEFT JOIN erased e ON e.id = i."messageId")
     SELECT i.id, (SELECT count(*)::int FROM sandbox_message s WHERE s.tenant_id = $1 AND s.message_id = i."messageId") AS before
     FROM input i`,
    [tenantId, JSON.stringify(deliveries)],
  );
  const before = new Map(rows.map((row) => [row.id, row.before]));
  return deliveries.map(({ id }) => before.get(id) ?? 0);
}

/** Stores planned call-backs of one tenant. */
export async function storeEvents(sql: Sql, tenantId: string, events: readonly PlannedEvent[]): Promise<void[]> {
  await sql.query(
    `INSERT INTO sandbox_event (tenant_id, id, channel_id, body, due_at)
     SELECT $1::uuid, id, "channelId", body, clock_timestamp() + make_interval(secs => "delayMs" / 1000)
     FROM jsonb_to_recordset($2::jsonb) AS e(id uuid, "channelId" uuid, body jsonb, "delayMs" float8)`,
    [tenantId, JSON.stringify(events)],
  );
  return events.map(() => undefined);
}

/** A call-back whose time has come. */
export interface DueEvent {
  tenantId: string;
  id: string;
  channelId: string;
  body: { events?: unknown[] };
}

/** Locks due call-backs until the caller's commit. */
export function lockDueEvents(sql: Sql, limit: number): Promise<DueEvent[]> {
  return sql.query<DueEvent>(
    `SELECT tenant_id AS "tenantId", id, channel_id AS "channelId", body FROM sandbox_event
     WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [limit],
  );
}

/** The call-back was made. */
export async function deleteEvents(sql: Sql, events: readonly DueEvent[]): Promise<void> {
  await sql.query(
    `DELETE FROM sandbox_event e USING jsonb_to_recordset($1::jsonb) AS d("tenantId" uuid, id uuid)
     WHERE e.tenant_id = d."tenantId" AND e.id = d.id`,
    [JSON.stringify(events.map(({ tenantId, id }) => ({ tenantId, id })))],
  );
}

/** What was "sent", newest first, one more than asked for. */
export function listDeliveries(tx: Tx, query: { limit: number; messageId?: string }, after: string | null) {
  const rows = tx.manager
    .createQueryBuilder(SandboxMessage, 's')
    .where('s.tenantId = :tenantId', { tenantId: tx.tenantId })
    .orderBy('s.id', 'DESC')
    .limit(query.limit + 1);
  if (after) rows.andWhere('s.id < :after', { after });
  if (query.messageId) rows.andWhere('s.messageId = :messageId', { messageId: query.messageId });
  return rows.getMany();
}

import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';

/** A parked event whose message is known by now. */
export interface ParkedEvent {
  tenantId: string;
  channelId: string;
  eventKey: string;
  messageId: string;
  providerMessageId: string;
  type: string;
  at: Date;
  detail: Record<string, unknown>;
}

export function findParked(sql: Sql): Promise<ParkedEvent[]> {
  return sql.query<ParkedEvent>(
    `SELECT e.tenant_id AS "tenantId", e.channel_id AS "channelId", e.event_key AS "eventKey", m.id AS "messageId",
       e.provider_message_id AS "providerMessageId", e.type, e.at, e.detail
     FROM message_event e JOIN communication_message m ON m.tenant_id = e.tenant_id AND m.channel_id = e.channel_id
       AND m.provider_message_id = e.provider_message_id
     WHERE e.message_id IS NULL AND e.provider_message_id IS NOT NULL ORDER BY e.at LIMIT 500`,
  );
}

/** Gives a parked event to its message; false when somebody else did. */
export async function adoptEvent(tx: Tx, { channelId, eventKey, messageId }: ParkedEvent): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE message_event SET message_id = $4, detail = CASE WHEN EXISTS (SELECT 1 FROM communication_message m
       WHERE m.tenant_id = $1 AND m.id = $4 AND m.erased_at IS NOT NULL) THEN '{}' ELSE detail END
     WHERE tenant_id = $1 AND channel_id = $2 AND event_key = $3 AND message_id IS NULL RETURNING 1`,
    [tx.tenantId, channelId, eventKey, messageId],
  );
  return rows.length > 0;
}

export async function forgetParked(sql: Sql): Promise<void> {
  await sql.query(
    `DELETE FROM message_event WHERE message_id IS NULL AND type <> 'RECEIVED' AND received_at < now() - interval '7 days'`,
  );
}

import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import type { InboundEvent } from '../../providers/provider';

/** A text message of which parts came in. */
export interface PartedMessage {
  channelId: string;
  sender: string;
  reference: string;
}

/** Minutes after which a message is shown without the parts that are missing. */
const PATIENCE_MINUTES = 15;

/** Keeps a part. Parts of one message wait for each other here, so that one of them sees all. */
export async function keepPart(tx: Tx, message: PartedMessage, part: number, event: InboundEvent): Promise<void> {
  const { channelId, sender, reference } = message;
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
    `inbound part ${tx.tenantId} ${channelId} ${sender} ${reference}`,
  ]);
  await tx.query(
    `INSERT INTO inbound_part (tenant_id, channel_id, sender, reference, part, event)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [tx.tenantId, channelId, sender, reference, part, JSON.stringify(event)],
  );
}

/** What is kept of a message, in the order of its parts. */
export async function partsOf(tx: Tx, message: PartedMessage): Promise<InboundEvent[]> {
  const rows = await tx.query<{ event: Omit<InboundEvent, 'at'> & { at: string } }>(
    `SELECT event FROM inbound_part
     WHERE tenant_id = $1 AND channel_id = $2 AND sender = $3 AND reference = $4 ORDER BY part`,
    [tx.tenantId, message.channelId, message.sender, message.reference],
  );
  return rows.map(({ event }) => ({ ...event, at: new Date(event.at) }));
}

export async function dropParts(tx: Tx, { channelId, sender, reference }: PartedMessage): Promise<void> {
  await tx.query(
    `DELETE FROM inbound_part WHERE tenant_id = $1 AND channel_id = $2 AND sender = $3 AND reference = $4`,
    [tx.tenantId, channelId, sender, reference],
  );
}

/** Messages whose missing parts are not waited for any longer. */
export function findLateMessages(sql: Sql, limit: number): Promise<(PartedMessage & { tenantId: string })[]> {
  return sql.query(
    `SELECT tenant_id AS "tenantId", channel_id AS "channelId", sender, reference FROM inbound_part
     GROUP BY tenant_id, channel_id, sender, reference
     HAVING min(received_at) < now() - make_interval(mins => ${PATIENCE_MINUTES}) LIMIT $1`,
    [limit],
  );
}

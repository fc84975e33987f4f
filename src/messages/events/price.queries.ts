import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import type { Money } from '../../providers/provider';

/** A message whose price is to be asked for now. */
export interface DuePrice {
  tenantId: string;
  messageId: string;
  channelId: string;
  providerMessageId: string;
  attempts: number;
}

/** The provider is asked soon what this message cost, unless that is known. */
export async function askPriceSoon(tx: Tx, messageId: string): Promise<void> {
  await tx.query(
    `INSERT INTO price_due (tenant_id, message_id, due_at)
     SELECT tenant_id, id, now() + interval '5 minutes' FROM communication_message
     WHERE tenant_id = $1 AND id = $2 AND (cost_amount IS NULL OR cost_estimated) ON CONFLICT DO NOTHING`,
    [tx.tenantId, messageId],
  );
}

/** Takes messages that are due, each time for longer: 5, 10, 20 … minutes. Whoever crashes with one only makes it wait. */
export function takeDuePrices(sql: Sql, limit: number): Promise<DuePrice[]> {
  return sql.query<DuePrice>(
    `WITH due AS (
       SELECT tenant_id, message_id FROM price_due WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     UPDATE price_due p SET attempts = p.attempts + 1, due_at = now() + make_interval(mins => 5 * power(2, p.attempts)::int)
     FROM due d JOIN communication_message m ON m.tenant_id = d.tenant_id AND m.id = d.message_id
     WHERE p.tenant_id = d.tenant_id AND p.message_id = d.message_id
     RETURNING p.tenant_id AS "tenantId", p.message_id AS "messageId", m.channel_id AS "channelId",
       coalesce(m.provider_message_id, '') AS "providerMessageId", p.attempts`,
    [limit],
  );
}

/** The price is known, or never will be. */
export async function endPrice(tx: Tx, messageId: string, cost: Money | undefined): Promise<void> {
  await tx.query(`DELETE FROM price_due WHERE tenant_id = $1 AND message_id = $2`, [tx.tenantId, messageId]);
  if (!cost) return;
  await tx.query(
    `UPDATE communication_message SET cost_amount = $3, cost_currency = $4, cost_estimated = false
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, messageId, cost.amount, cost.currency],
  );
}

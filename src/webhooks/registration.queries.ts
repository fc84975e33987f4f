import type { Sql } from '../platform/db/sql';
import type { Tx } from '../platform/db/tenant-db';

/** A channel whose provider is to be told where to call. */
export interface DueRegistration {
  tenantId: string;
  channelId: string;
  attempts: number;
}

/** Takes channels that are due, each time for longer: 1, 2, 4 … minutes. Whoever crashes with one only makes it wait. */
export function takeDueRegistrations(sql: Sql, limit: number): Promise<DueRegistration[]> {
  return sql.query<DueRegistration>(
    `WITH due AS (
       SELECT tenant_id, channel_id FROM channel_state WHERE register_due_at <= now()
       ORDER BY register_due_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
     UPDATE channel_state s SET register_attempts = s.register_attempts + 1,
       register_due_at = now() + make_interval(mins => power(2, s.register_attempts)::int)
     FROM due d WHERE s.tenant_id = d.tenant_id AND s.channel_id = d.channel_id
     RETURNING s.tenant_id AS "tenantId", s.channel_id AS "channelId", s.register_attempts AS attempts`,
    [limit],
  );
}

/** Nothing more to tell the provider. `reason` stands in the channel where it did not take it; null where it did. */
export async function endRegistration(tx: Tx, channelId: string, reason: string | null): Promise<void> {
  await tx.query(`UPDATE channel_state SET register_due_at = NULL WHERE tenant_id = $1 AND channel_id = $2`, [
    tx.tenantId,
    channelId,
  ]);
  await noteRegistration(tx, channelId, reason);
}

/** What hinders the registration, for whoever reads the channel. */
export async function noteRegistration(tx: Tx, channelId: string, reason: string | null): Promise<void> {
  await tx.query(`UPDATE communication_channel SET status_reason = $3 WHERE tenant_id = $1 AND id = $2`, [
    tx.tenantId,
    channelId,
    reason,
  ]);
}

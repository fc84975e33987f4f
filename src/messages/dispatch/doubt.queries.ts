import type { Sql } from '../../platform/db/sql';
import type { Lane } from './retry-policy';

/** A message in doubt whose waiting time for the provider's echo is over. */
export interface Doubt {
  tenantId: string;
  id: string;
  channelId: string;
  attempts: number;
  failures: number;
  lane: Lane;
  ageMs: number;
  delivery: 'at_least_once' | 'at_most_once';
  purpose: 'TRANSACTIONAL' | 'MARKETING';
  to: string;
  channelType: string;
  messageType: string;
  content: Record<string, unknown>;
  lastDispatchedAt: Date;
}

/** Takes doubts that are due, for one minute: nobody else takes them meanwhile, and a crash only makes them wait again. */
export function takeDoubts(sql: Sql, limit: number): Promise<Doubt[]> {
  return sql.query<Doubt>(
    `WITH due AS (
       SELECT tenant_id, id FROM communication_message WHERE status = 'UNKNOWN' AND resolve_at <= now()
       ORDER BY resolve_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     UPDATE communication_message m SET resolve_at = now() + interval '60 seconds'
     FROM due d WHERE m.tenant_id = d.tenant_id AND m.id = d.id
     RETURNING m.tenant_id AS "tenantId", m.id, m.channel_id AS "channelId", m.attempts, m.failures, m.lane,
       extract(epoch FROM now() - m.created_at)::float8 * 1000 AS "ageMs", m.delivery, m.purpose,
       m.to_address AS "to", m.channel_type AS "channelType", m.message_type AS "messageType", m.content,
       coalesce((SELECT a.dispatched_at FROM message_attempt a WHERE a.tenant_id = m.tenant_id AND a.message_id = m.id
         ORDER BY a.attempt_no DESC LIMIT 1), m.created_at) AS "lastDispatchedAt"`,
    [limit],
  );
}

/** Sends again: the message goes back to the queue, unless its words were erased meanwhile. */
export async function resend(sql: Sql, doubt: Pick<Doubt, 'tenantId' | 'id'>, detail: string): Promise<void> {
  await sql.query(
    `UPDATE communication_message SET status = 'QUEUED', due_at = now(), resolve_at = NULL,
       reason_code = 'resent_after_doubt', reason_detail = $3
     WHERE tenant_id = $1 AND id = $2 AND status = 'UNKNOWN' AND erased_at IS NULL`,
    [doubt.tenantId, doubt.id, detail],
  );
}

/**
 * Leaves it UNKNOWN for good, among the dead letters, where a person may decide. A late word from the provider still
 * settles it.
 */
export async function leaveUnknown(sql: Sql, doubt: Pick<Doubt, 'tenantId' | 'id'>, detail: string): Promise<void> {
  await sql.query(
    `UPDATE communication_message SET resolve_at = NULL, dead_at = now(), reason_code = 'outcome_unknown', reason_detail = $3
     WHERE tenant_id = $1 AND id = $2 AND status = 'UNKNOWN' AND erased_at IS NULL`,
    [doubt.tenantId, doubt.id, detail],
  );
}

/** The provider was asked and knows the message: what it says holds. */
export async function settleDoubt(
  sql: Sql,
  doubt: Pick<Doubt, 'tenantId' | 'id'>,
  found: { providerMessageId: string; status: string; at: Date },
): Promise<void> {
  await sql.query(
    `UPDATE communication_message SET status = $3, status_at = $4, provider_message_id = $5, resolve_at = NULL,
       reason_code = NULL, reason_detail = NULL, sent_at = coalesce(sent_at, $4),
       delivered_at = CASE WHEN $3 IN ('DELIVERED', 'READ') THEN coalesce(delivered_at, $4) ELSE delivered_at END,
       read_at = CASE WHEN $3 = 'READ' THEN coalesce(read_at, $4) ELSE read_at END,
       failed_at = CASE WHEN $3 = 'FAILED' THEN $4 ELSE failed_at END
     WHERE tenant_id = $1 AND id = $2 AND status = 'UNKNOWN'`,
    [doubt.tenantId, doubt.id, found.status, found.at, found.providerMessageId],
  );
}

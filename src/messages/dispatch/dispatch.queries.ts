import type { Sql } from '../../platform/db/sql';
import type { ClaimedMessage } from './claim.queries';

/** Why a message may not go out now. GO: it may, and its attempt is written down as dispatched. */
export type Verdict =
  'GO' | 'LOST' | 'CHANNEL_INACTIVE' | 'EXPIRED' | 'DO_NOT_CONTACT' | 'SUPPRESSED' | 'OPTED_OUT' | 'WINDOW_CLOSED';

/**
 * The gate and the intent in one commit. Every message is asked again, at the last moment, whether it may go: still ours
 * (the fence), not expired, tenant and channel active, nobody said no, and the person wrote lately where the provider
 * demands it. Those that may get an attempt row in state dispatched
 * BEFORE any byte leaves, so a crash from here on leaves a trace. FOR SHARE holds off the reaper until the commit.
 */
const DISPATCH = `
WITH wanted AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS w("tenantId" uuid, id uuid, fence bigint, attempt smallint,
  "windowMs" float8)),
held AS (
  SELECT m.tenant_id, m.id, m.status, m.channel_id, m.channel_type, m.contact_id, m.to_address, m.purpose, m.topic, m.expires_at,
    w."windowMs"
  FROM wanted w JOIN communication_message m ON m.tenant_id = w."tenantId" AND m.id = w.id
  WHERE m.lease_token = w.fence FOR SHARE OF m
),
judged AS (
  SELECT w."tenantId" AS tenant_id, w.id, w.fence, w.attempt, CASE
    WHEN m.status IS DISTINCT FROM 'SENDING' THEN 'LOST'
    WHEN t.status <> 'ACTIVE' OR c.status <> 'ACTIVE' OR c.deleted_at IS NOT NULL THEN 'CHANNEL_INACTIVE'
    WHEN m.expires_at <= now() THEN 'EXPIRED'
    WHEN EXISTS (SELECT 1 FROM suppression s WHERE s.tenant_id = m.tenant_id AND s.channel_type = m.channel_type
      AND s.address = m.to_address AND s.lifted_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > now())
      AND s.purpose IN ('ALL', m.purpose)) THEN 'SUPPRESSED'
    WHEN p.do_not_contact THEN 'DO_NOT_CONTACT'
    WHEN p.channels -> m.channel_type ->> 'allowed' = 'false' OR p.topics -> m.topic ->> m.channel_type = 'false'
      THEN 'OPTED_OUT'
    WHEN m."windowMs" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM communication_session h WHERE h.tenant_id = m.tenant_id
      AND h.counterpart = m.to_address AND h.channel_id = m.channel_id
      AND h.last_inbound_at > now() - make_interval(secs => m."windowMs" / 1000)) THEN 'WINDOW_CLOSED'
    ELSE 'GO' END AS verdict
  FROM wanted w LEFT JOIN held m ON m.tenant_id = w."tenantId" AND m.id = w.id
  LEFT JOIN tenant t ON t.id = m.tenant_id
  LEFT JOIN communication_channel c ON c.tenant_id = m.tenant_id AND c.id = m.channel_id
  LEFT JOIN contact_communication_preference p ON p.tenant_id = m.tenant_id AND p.contact_id = m.contact_id
),
intent AS (
  INSERT INTO message_attempt (tenant_id, message_id, attempt_no, fence, worker_id)
  SELECT tenant_id, id, attempt, fence, $2 FROM judged WHERE verdict = 'GO'
)
SELECT tenant_id AS "tenantId", id, verdict FROM judged`;

/** A message that is to go out. */
export type Wanted = Pick<ClaimedMessage, 'tenantId' | 'id' | 'fence' | 'attempts'> & {
  /** The person must have written within so many milliseconds; undefined: need not have written. */
  windowMs?: number | undefined;
};

/** Judges messages that this worker holds, and writes down the intent to call for each that may go. */
export async function dispatchMessages(sql: Sql, workerId: string, messages: readonly Wanted[]): Promise<Verdict[]> {
  const wanted = messages.map((m) => ({
    tenantId: m.tenantId,
    id: m.id,
    fence: m.fence,
    attempt: m.attempts + 1,
    windowMs: m.windowMs,
  }));
  const rows = await sql.query<{ tenantId: string; id: string; verdict: Verdict }>(DISPATCH, [
    JSON.stringify(wanted),
    workerId,
  ]);
  const verdicts = new Map(rows.map((row) => [row.tenantId + row.id, row.verdict]));
  return messages.map((m) => verdicts.get(m.tenantId + m.id) ?? 'LOST');
}

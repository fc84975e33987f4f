import type { Pool } from 'pg';
import type { StoredMessage } from '../oracle/oracle';

/**
 * All messages that went out or were to, with attempts and the provider's events, as the database holds them. Those of a bulk
 * send are known by their address.
 */
export async function readMessages(sql: Pool): Promise<StoredMessage[]> {
  const { rows } = await sql.query<StoredMessage>(
    `SELECT m.id, coalesce(m.client_reference,
         CASE WHEN m.campaign_id IS NOT NULL THEN m.to_address END, '') AS reference, m.status, m.delivery, m.reason_code AS reason,
       coalesce((SELECT json_agg(json_build_object('number', a.attempt_no, 'outcome', a.outcome) ORDER BY a.attempt_no)
         FROM message_attempt a WHERE a.tenant_id = m.tenant_id AND a.message_id = m.id), '[]') AS attempts,
       coalesce((SELECT json_agg(json_build_object('type', e.type, 'at', extract(epoch FROM e.at) * 1000))
         FROM message_event e WHERE e.tenant_id = m.tenant_id AND e.message_id = m.id), '[]') AS events
     FROM communication_message m WHERE m.direction = 'OUTBOUND' ORDER BY m.seq`,
  );
  return rows;
}

/** A message that a worker holds. */
export interface HeldMessage {
  id: string;
  /** Its attempt is written down: the provider may have it. */
  dispatched: boolean;
}

/** What the worker with this process id holds at this moment, or held when it died. */
export async function heldBy(sql: Pool, pid: number): Promise<HeldMessage[]> {
  const { rows } = await sql.query<HeldMessage>(
    `SELECT m.id, EXISTS (SELECT 1 FROM message_attempt a WHERE a.tenant_id = m.tenant_id AND a.message_id = m.id
         AND a.attempt_no = m.attempts + 1 AND a.settled_at IS NULL) AS dispatched
     FROM communication_message m JOIN worker w ON w.id = m.lease_owner
     WHERE w.pid = $1 AND m.status = 'SENDING'`,
    [pid],
  );
  return rows;
}

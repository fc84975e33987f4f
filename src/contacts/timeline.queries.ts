import type { Tx } from '../platform/db/tenant-db';

/** A message as the timeline of a contact shows it. */
export interface TimelineRow {
  id: string;
  sessionId: string;
  channelId: string;
  channelType: string;
  direction: string;
  from: string;
  to: string;
  messageType: string;
  content: Record<string, unknown>;
  status: string;
  reasonCode: string | null;
  reasonDetail: string | null;
  createdAt: Date;
  sentAt: Date | null;
  deliveredAt: Date | null;
  readAt: Date | null;
}

/**
 * Messages have no index by contact, so they are reached through conversations: those that began with this contact, and
 * those with an address it holds now, which began with a contact that is deleted since.
 */
const TIMELINE = `
SELECT m.id, m.session_id AS "sessionId", m.channel_id AS "channelId", m.channel_type AS "channelType", m.direction,
  m.from_address AS "from", m.to_address AS "to", m.message_type AS "messageType", m.content, m.status,
  m.reason_code AS "reasonCode", m.reason_detail AS "reasonDetail", m.created_at AS "createdAt", m.sent_at AS "sentAt",
  m.delivered_at AS "deliveredAt", m.read_at AS "readAt"
FROM communication_message m
WHERE m.tenant_id = $1 AND m.contact_id = $2 AND ($3::uuid IS NULL OR m.id < $3)
  AND m.session_id IN (
    SELECT s.id FROM communication_session s WHERE s.tenant_id = $1 AND s.contact_id = $2
    UNION
    SELECT s.id FROM contact_identity i JOIN communication_session s
      ON s.tenant_id = i.tenant_id AND s.counterpart = i.address AND s.channel_type = i.channel_type
    WHERE i.tenant_id = $1 AND i.contact_id = $2)
ORDER BY m.id DESC LIMIT $4`;

/** Newest first, one more than the limit. `after` is the id to continue behind. */
export function listTimeline(tx: Tx, contactId: string, page: { after: string | null; limit: number }) {
  return tx.query<TimelineRow>(TIMELINE, [tx.tenantId, contactId, page.after, page.limit + 1]);
}

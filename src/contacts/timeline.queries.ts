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
 * Conversations in which messages of a person can be, given all ids of the person ($2): messages have no index by contact.
 * They are those with an address that the person holds or wrote from, whoever they began with: an address may have been
 * somebody else's before. The messages in them that are the person's say so themselves.
 */
export const SESSIONS_OF_PERSON = `
SELECT s.id FROM communication_session s WHERE s.tenant_id = $1 AND s.counterpart IN (
  SELECT i.address FROM contact_identity i WHERE i.tenant_id = $1 AND i.contact_id = ANY($2::uuid[])
  UNION SELECT o.counterpart FROM communication_session o WHERE o.tenant_id = $1 AND o.contact_id = ANY($2))`;

const TIMELINE = `
SELECT m.id, m.session_id AS "sessionId", m.channel_id AS "channelId", m.channel_type AS "channelType", m.direction,
  m.from_address AS "from", m.to_address AS "to", m.message_type AS "messageType", m.content, m.status,
  m.reason_code AS "reasonCode", m.reason_detail AS "reasonDetail", m.created_at AS "createdAt", m.sent_at AS "sentAt",
  m.delivered_at AS "deliveredAt", m.read_at AS "readAt"
FROM communication_message m
WHERE m.tenant_id = $1 AND m.contact_id = ANY($2::uuid[]) AND ($3::uuid IS NULL OR m.id < $3) AND m.direction <> 'INTERNAL'
  AND m.session_id IN (${SESSIONS_OF_PERSON})
ORDER BY m.id DESC LIMIT $4`;

/** Every id under which rows of a person may stand: the contact's own, and those of contacts that became part of it. */
export async function idsOfPerson(tx: Tx, contactId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM contact WHERE tenant_id = $1 AND (id = $2 OR merged_into = $2) ORDER BY id`,
    [tx.tenantId, contactId],
  );
  return rows.map(({ id }) => id);
}

/** Newest first, one more than the limit. `after` is the id to continue behind. */
export async function listTimeline(tx: Tx, contactId: string, page: { after: string | null; limit: number }) {
  const ids = await idsOfPerson(tx, contactId);
  return tx.query<TimelineRow>(TIMELINE, [tx.tenantId, ids, page.after, page.limit + 1]);
}

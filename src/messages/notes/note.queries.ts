import type { Tx } from '../../platform/db/tenant-db';

/**
 * Stores a note in a conversation; false when there is none, or its contact was erased. The contact is held against an erasure at
 * this moment: it finds the note and empties it, or the note finds that nobody is left to write about.
 */
export async function insertNote(
  tx: Tx,
  note: { id: string; sessionId: string; author: string; text: string },
): Promise<boolean> {
  const rows = await tx.query(
    `WITH conversation AS (
       SELECT s.id, s.contact_id, s.channel_id, s.channel_type, h.provider_type
       FROM communication_session s
       JOIN contact c ON c.tenant_id = s.tenant_id AND c.id = s.contact_id
       JOIN communication_channel h ON h.tenant_id = s.tenant_id AND h.id = s.channel_id
       WHERE s.tenant_id = $1 AND s.id = $3 AND c.erased_at IS NULL FOR KEY SHARE OF c)
     INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type,
       direction, lane, purpose, from_address, to_address, message_type, content, delivery, status)
     SELECT $1, $2, id, contact_id, channel_id, channel_type, provider_type, 'INTERNAL', 'transactional', 'TRANSACTIONAL',
       $4, 'internal', 'TEXT', jsonb_build_object('text', $5::text), 'at_most_once', 'NOTED'
     FROM conversation RETURNING id`,
    [tx.tenantId, note.id, note.sessionId, note.author, note.text],
  );
  return rows.length > 0;
}

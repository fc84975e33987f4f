import type { Tx } from '../../platform/db/tenant-db';
import type { InboundEvent } from '../../providers/provider';
import type { OpenedSession } from '../../sessions/session.queries';
import type { InboundChannel } from './inbound';

/** Takes the event's place; false when it was taken before. */
export async function claimEventKey(tx: Tx, channelId: string, event: InboundEvent): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO message_event (tenant_id, channel_id, event_key, type, at)
     VALUES ($1, $2, $3, 'RECEIVED', $4) ON CONFLICT DO NOTHING RETURNING 1`,
    [tx.tenantId, channelId, event.eventKey, event.at],
  );
  return rows.length > 0;
}

/** Says which message the event became. */
export async function nameEventsMessage(tx: Tx, channelId: string, eventKey: string, messageId: string): Promise<void> {
  await tx.query(`UPDATE message_event SET message_id = $4 WHERE tenant_id = $1 AND channel_id = $2 AND event_key = $3`, [
    tx.tenantId,
    channelId,
    eventKey,
    messageId,
  ]);
}

/** Stores a message as received. Its provider time stands in status_at; created_at is when we heard of it. */
export async function insertInbound(
  tx: Tx,
  inbound: { id: string; session: OpenedSession; channel: InboundChannel; event: InboundEvent; from: string },
): Promise<void> {
  const { id, session, channel, event, from } = inbound;
  await tx.query(
    `INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type,
       direction, lane, purpose, from_address, to_address, message_type, content, in_reply_to, delivery, status, status_at,
       provider_message_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'INBOUND', 'transactional', 'TRANSACTIONAL', $8, $9, $10, $11, $12, 'at_least_once',
       'RECEIVED', $13, $14)`,
    [
      tx.tenantId,
      id,
      session.id,
      session.contactId,
      channel.id,
      channel.channelType,
      channel.providerType,
      from,
      event.to.slice(0, 320),
      event.messageType,
      JSON.stringify(withoutFiles(event)),
      event.inReplyTo ?? null,
      event.at,
      event.providerMessageId,
    ],
  );
}

/** Of files that came along, name, type and size; the bytes stay in the webhook log. */
function withoutFiles({ content }: InboundEvent): object {
  const { attachments, ...rest } = content;
  if (!attachments?.length) return rest;
  return {
    ...rest,
    attachments: attachments.map((file) => ({
      filename: file.filename,
      contentType: file.contentType,
      sizeBytes: file.content.length,
    })),
  };
}

import type { Tx } from '../../platform/db/tenant-db';
import type { Attachment, InboundEvent } from '../../providers/provider';
import type { OpenedSession } from '../../sessions/session.queries';

/** The channel that a message came in on. */
export interface InboundChannel {
  id: string;
  channelType: string;
  providerType: string;
}

/** The channel of this id, also one that was deleted meanwhile: what came in on it is not lost. */
export async function channelOf(tx: Tx, id: string): Promise<InboundChannel | undefined> {
  const [channel] = await tx.query<InboundChannel>(
    `SELECT id, channel_type AS "channelType", provider_type AS "providerType" FROM communication_channel
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id],
  );
  return channel;
}

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
  await tx.query(
    `UPDATE message_event SET message_id = $4 WHERE tenant_id = $1 AND channel_id = $2 AND event_key = $3`,
    [tx.tenantId, channelId, eventKey, messageId],
  );
}

/**
 * Stores a message as received. Its provider time stands in status_at; created_at is when we heard of it. Its mood is told later,
 * where the tenant wants that (src/messages/sentiment).
 */
export async function insertInbound(
  tx: Tx,
  inbound: {
    id: string;
    session: OpenedSession;
    channel: InboundChannel;
    event: InboundEvent;
    from: string;
    content: object;
  },
): Promise<void> {
  const { id, session, channel, event, from, content } = inbound;
  await tx.query(
    `INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type,
       direction, lane, purpose, from_address, to_address, message_type, content, in_reply_to, delivery, status, status_at,
       provider_message_id, sentiment_due_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'INBOUND', 'transactional', 'TRANSACTIONAL', $8, $9, $10, $11, $12, 'at_least_once',
       'RECEIVED', $13, $14,
       (SELECT now() FROM tenant WHERE id = $1 AND session_settings ->> 'sentiment' IN ('LOCAL', 'ENDPOINT')))`,
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
      JSON.stringify(content),
      event.inReplyTo ?? null,
      event.at,
      event.providerMessageId,
    ],
  );
}

/** A file that came along, with the id that it gets. */
export interface NewFile {
  id: string;
  file: Attachment;
}

/** A file as the content of its message names it. */
export function describeFile(
  { id, filename, contentType }: { id: string; filename: string; contentType: string },
  sizeBytes: number,
): object {
  return { attachmentId: id, filename, contentType, sizeBytes };
}

/** Files that came along, kept beside the message in the same commit; a worker brings them to the storage soon. */
export async function insertFiles(tx: Tx, messageId: string, files: readonly NewFile[]): Promise<void> {
  for (const { id, file } of files)
    await tx.query(
      `INSERT INTO communication_attachment (tenant_id, id, message_id, filename, content_type, size_bytes, sha256, content)
       VALUES ($1, $2, $3, $4, $5, $6, sha256($7), $7)`,
      [
        tx.tenantId,
        id,
        messageId,
        file.filename.slice(0, 200),
        file.contentType.slice(0, 120),
        file.content.length,
        file.content,
      ],
    );
}

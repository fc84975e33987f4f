import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import { insertAttachment, type NewAttachment, type StoredBytes } from '../attachments/file.queries';
import { describeFile } from './inbound.queries';

/** A file that is to be fetched now. */
export interface DueMedia {
  tenantId: string;
  id: string;
  messageId: string;
  channelId: string;
  ref: string;
  attempts: number;
}

/** The file of a message that came in is fetched soon. */
export async function awaitMedia(tx: Tx, messageId: string, channelId: string, ref: string): Promise<void> {
  await tx.query(`INSERT INTO inbound_media (tenant_id, id, message_id, channel_id, ref) VALUES ($1, $2, $3, $4, $5)`, [
    tx.tenantId,
    uuidv7(),
    messageId,
    channelId,
    ref,
  ]);
}

/** Takes files that are due, each time for longer: 1, 2, 4 … minutes. Whoever crashes with one only makes it wait. */
export function takeDueMedia(sql: Sql, limit: number): Promise<DueMedia[]> {
  return sql.query<DueMedia>(
    `WITH due AS (
       SELECT tenant_id, id FROM inbound_media WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     UPDATE inbound_media i SET attempts = i.attempts + 1, due_at = now() + make_interval(mins => power(2, i.attempts)::int)
     FROM due d WHERE i.tenant_id = d.tenant_id AND i.id = d.id
     RETURNING i.tenant_id AS "tenantId", i.id, i.message_id AS "messageId", i.channel_id AS "channelId", i.ref, i.attempts`,
    [limit],
  );
}

/** Keeps a fetched file with its message. */
export async function keepMedia(
  tx: Tx,
  { id, messageId }: DueMedia,
  { attachment, bytes }: { attachment: NewAttachment; bytes: StoredBytes },
): Promise<void> {
  if (!(await takeOff(tx, id))) return; // another worker was faster
  await insertAttachment(tx, attachment, bytes);
  await tx.query(
    `UPDATE communication_message
     SET content = jsonb_set(content, '{attachments}', coalesce(content -> 'attachments', '[]') || $3::jsonb)
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, messageId, JSON.stringify([describeFile(attachment, bytes.size)])],
  );
}

/** The provider does not hand it out: the message says so. */
export async function giveMediaUp(tx: Tx, { id, messageId }: DueMedia, why: string): Promise<void> {
  if (!(await takeOff(tx, id))) return;
  await tx.query(
    `UPDATE communication_message SET content = jsonb_set(content, '{media,missing}', to_jsonb($3::text))
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, messageId, why.slice(0, 500)],
  );
}

async function takeOff(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(`DELETE FROM inbound_media WHERE tenant_id = $1 AND id = $2 RETURNING 1`, [
    tx.tenantId,
    id,
  ]);
  return rows.length > 0;
}

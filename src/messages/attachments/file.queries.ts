import type { Tx } from '../../platform/db/tenant-db';
import { Problem } from '../../platform/http/problem';

/** Bytes that lie in the storage and are nobody's yet. */
export interface StoredBytes {
  id: string;
  key: string;
  sha256: Buffer;
  size: number;
}

/** Says before anything is stored under a key that it is to be removed, unless somebody adopts it within the hour. */
export async function announceKey(tx: Tx, key: string): Promise<void> {
  await tx.query(
    `INSERT INTO file_removal (tenant_id, storage_key, due_at) VALUES ($1, $2, now() + interval '1 hour')`,
    [tx.tenantId, key],
  );
}

/** Has what was announced removed now. */
export async function abandonKey(tx: Tx, key: string): Promise<void> {
  await tx.query(`UPDATE file_removal SET due_at = now() WHERE tenant_id = $1 AND storage_key = $2`, [
    tx.tenantId,
    key,
  ]);
}

/**
 * Makes the bytes a file with one more use, and answers its id: that of the file which has the same bytes already, where
 * there is one; ours are then removed. Throws Problem 503 when they took so long that somebody is removing them.
 */
export async function adoptBytes(tx: Tx, bytes: StoredBytes): Promise<string> {
  const free = await tx.query(
    `DELETE FROM file_removal WHERE tenant_id = $1 AND storage_key = $2 AND attempts = 0 RETURNING 1`,
    [tx.tenantId, bytes.key],
  );
  if (!free.length) throw Problem.unavailable(new Error('The file was adopted too late'));
  const [file] = await tx.query<{ id: string }>(
    `INSERT INTO communication_file (tenant_id, id, sha256, storage_key, size_bytes, uses) VALUES ($1, $2, $3, $4, $5, 1)
     ON CONFLICT (tenant_id, sha256) DO UPDATE SET uses = communication_file.uses + 1 RETURNING id`,
    [tx.tenantId, bytes.id, bytes.sha256, bytes.key, bytes.size],
  );
  if (file && file.id !== bytes.id)
    await tx.query(`INSERT INTO file_removal (tenant_id, storage_key, due_at) VALUES ($1, $2, now())`, [
      tx.tenantId,
      bytes.key,
    ]);
  return file?.id ?? bytes.id;
}

export interface NewAttachment {
  id: string;
  /** Of a message that came in. */
  messageId: string | null;
  filename: string;
  contentType: string;
}

/** An attachment whose content is the file. */
export async function insertAttachment(tx: Tx, attachment: NewAttachment, bytes: StoredBytes): Promise<void> {
  const fileId = await adoptBytes(tx, bytes);
  await tx.query(
    `INSERT INTO communication_attachment (tenant_id, id, message_id, filename, content_type, size_bytes, sha256, file_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tx.tenantId,
      attachment.id,
      attachment.messageId,
      attachment.filename.slice(0, 200),
      attachment.contentType.slice(0, 120),
      bytes.size,
      bytes.sha256,
      fileId,
    ],
  );
}

/** What is needed to hand a file out: exactly one of content, key and time of removal. */
export interface FileSource {
  filename: string;
  contentType: string;
  size: number;
  sha256: string;
  /** Of a file that was not brought to the storage yet. */
  content: Buffer | null;
  key: string | null;
  removedAt: Date | null;
}

const SOURCE = `a.filename, a.content_type AS "contentType", a.size_bytes::int AS size, encode(a.sha256, 'hex') AS sha256,
  a.content, f.storage_key AS key, a.removed_at AS "removedAt"`;

/** The attachments of these ids, in this order; those that are not the tenant's are left out. */
export function findSources(tx: Tx, ids: readonly string[]): Promise<FileSource[]> {
  return tx.query<FileSource>(
    `SELECT ${SOURCE}
     FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted(id, place)
     JOIN communication_attachment a ON a.tenant_id = $1 AND a.id = wanted.id
     LEFT JOIN communication_file f ON f.tenant_id = a.tenant_id AND f.id = a.file_id
     ORDER BY wanted.place`,
    [tx.tenantId, ids],
  );
}

import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import { adoptBytes, type StoredBytes } from './file.queries';

/**
 * Empties attachments whose time is over and that no waiting message names; what else is known of them stays. 0 days: none
 * but those whose time was ended on purpose (used_at '-infinity'). Answers how many.
 */
export async function emptyOldAttachments(sql: Sql, days: number, limit: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `WITH old AS (
       SELECT a.tenant_id, a.id, a.file_id FROM communication_attachment a
       WHERE a.removed_at IS NULL
         AND a.used_at <= CASE WHEN $1 = 0 THEN '-infinity' ELSE now() - make_interval(days => $1) END
         AND NOT EXISTS (
           SELECT 1 FROM communication_message m
           WHERE m.tenant_id = a.tenant_id AND m.content -> 'attachmentIds' ? a.id::text
             AND m.status IN ('QUEUED', 'SCHEDULED', 'SENDING', 'UNKNOWN') AND m.content ? 'attachmentIds')
       ORDER BY a.used_at LIMIT $2 FOR UPDATE OF a SKIP LOCKED),
     emptied AS (
       UPDATE communication_attachment a SET removed_at = now(), content = NULL, file_id = NULL
       FROM old WHERE a.tenant_id = old.tenant_id AND a.id = old.id),
     fewer AS (
       UPDATE communication_file f SET uses = f.uses - u.uses
       FROM (SELECT tenant_id, file_id, count(*)::int AS uses FROM old WHERE file_id IS NOT NULL GROUP BY 1, 2) u
       WHERE f.tenant_id = u.tenant_id AND f.id = u.file_id)
     SELECT count(*)::int AS count FROM old`,
    [days, limit],
  );
  return row?.count ?? 0;
}

/** Has files that no attachment uses removed from the storage. Answers how many. */
export async function dropUnusedFiles(sql: Sql, limit: number): Promise<number> {
  const rows = await sql.query(
    `WITH unused AS (
       SELECT tenant_id, id FROM communication_file WHERE uses = 0 LIMIT $1 FOR UPDATE SKIP LOCKED),
     dropped AS (
       DELETE FROM communication_file f USING unused u WHERE f.tenant_id = u.tenant_id AND f.id = u.id
       RETURNING f.tenant_id, f.storage_key)
     INSERT INTO file_removal (tenant_id, storage_key, due_at) SELECT tenant_id, storage_key, now() FROM dropped RETURNING 1`,
    [limit],
  );
  return rows.length;
}

/** A key at which nothing is to be left. */
export interface DueRemoval {
  tenantId: string;
  key: string;
}

/** Takes removals that are due, each time for longer, at most for a day. From then on nobody can adopt what lies there. */
export function takeRemovals(sql: Sql, limit: number): Promise<DueRemoval[]> {
  return sql.query<DueRemoval>(
    `WITH due AS (
       SELECT tenant_id, storage_key FROM file_removal WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     UPDATE file_removal r SET attempts = least(r.attempts + 1, 1000),
       due_at = now() + make_interval(mins => least(power(2, r.attempts), 1440)::int)
     FROM due d WHERE r.tenant_id = d.tenant_id AND r.storage_key = d.storage_key
     RETURNING r.tenant_id AS "tenantId", r.storage_key AS key`,
    [limit],
  );
}

export async function removalDone(sql: Sql, { tenantId, key }: DueRemoval): Promise<void> {
  await sql.query(`DELETE FROM file_removal WHERE tenant_id = $1 AND storage_key = $2`, [tenantId, key]);
}

/** Attachments whose content is still in the database: those of mails that came in, and those of older versions. */
export function findUnstored(sql: Sql, limit: number): Promise<{ tenantId: string; id: string }[]> {
  return sql.query(
    `SELECT tenant_id AS "tenantId", id FROM communication_attachment
     WHERE file_id IS NULL AND removed_at IS NULL ORDER BY created_at LIMIT $1`,
    [limit],
  );
}

/** The content goes from the row to a file, unless somebody else brought it there or removed it meanwhile. */
export async function exchangeContent(tx: Tx, id: string, bytes: StoredBytes): Promise<void> {
  const rows = await tx.query(
    `SELECT 1 FROM communication_attachment WHERE tenant_id = $1 AND id = $2 AND content IS NOT NULL FOR UPDATE`,
    [tx.tenantId, id],
  );
  if (!rows.length) return;
  const fileId = await adoptBytes(tx, bytes);
  await tx.query(`UPDATE communication_attachment SET file_id = $3, content = NULL WHERE tenant_id = $1 AND id = $2`, [
    tx.tenantId,
    id,
    fileId,
  ]);
}

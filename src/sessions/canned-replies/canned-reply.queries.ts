import type { Tx } from '../../platform/db/tenant-db';

export interface CannedReplyRow {
  id: string;
  shortcut: string;
  text: string;
  createdAt: Date;
  updatedAt: Date;
}

const ROW = `id, shortcut, text, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** False when another has the shortcut. */
export async function insertCannedReply(
  tx: Tx,
  { id, shortcut, text }: Pick<CannedReplyRow, 'id' | 'shortcut' | 'text'>,
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO canned_reply (tenant_id, id, shortcut, text) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, shortcut) DO NOTHING RETURNING id`,
    [tx.tenantId, id, shortcut, text],
  );
  return rows.length > 0;
}

/** Newest first, one more than asked for. */
export function listCannedReplies(
  tx: Tx,
  { shortcut, after, limit }: { shortcut: string | null; after: string | null; limit: number },
): Promise<CannedReplyRow[]> {
  return tx.query<CannedReplyRow>(
    `SELECT ${ROW} FROM canned_reply WHERE tenant_id = $1 AND ($2::text IS NULL OR shortcut = $2)
       AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
    [tx.tenantId, shortcut, after, limit + 1],
  );
}

export async function findCannedReply(tx: Tx, id: string): Promise<CannedReplyRow | undefined> {
  const [row] = await tx.query<CannedReplyRow>(`SELECT ${ROW} FROM canned_reply WHERE tenant_id = $1 AND id = $2`, [
    tx.tenantId,
    id,
  ]);
  return row;
}

/** Writes the fields that are named; undefined for none. A shortcut that another has is refused by its unique key. */
export async function changeCannedReply(
  tx: Tx,
  id: string,
  { shortcut = null, text = null }: { shortcut?: string | null; text?: string | null },
): Promise<CannedReplyRow | undefined> {
  const [row] = await tx.query<CannedReplyRow>(
    `UPDATE canned_reply SET shortcut = coalesce($3, shortcut), text = coalesce($4, text), updated_at = now()
     WHERE tenant_id = $1 AND id = $2 RETURNING ${ROW}`,
    [tx.tenantId, id, shortcut, text],
  );
  return row;
}

export async function removeCannedReply(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(`DELETE FROM canned_reply WHERE tenant_id = $1 AND id = $2 RETURNING 1`, [
    tx.tenantId,
    id,
  ]);
  return rows.length > 0;
}

/** What is known of a contact for a text; undefined for none. */
export async function knownOf(
  tx: Tx,
  contactId: string,
): Promise<{ name: string | null; language: string | null; attributes: Record<string, unknown> } | undefined> {
  const [row] = await tx.query<{ name: string | null; language: string | null; attributes: Record<string, unknown> }>(
    `SELECT name, language, attributes FROM contact WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, contactId],
  );
  return row;
}

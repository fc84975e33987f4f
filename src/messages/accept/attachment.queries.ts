import { Problem } from '../../platform/http/problem';
import type { Tx } from '../../platform/db/tenant-db';

/**
 * Throws Problem 422 naming the first file that is not the tenant's or whose content was removed, or when together they are
 * too large. Their time begins anew, so that none is removed before the message that names it is stored.
 */
export async function checkAttachments(tx: Tx, ids: readonly string[], maxBytes?: number): Promise<void> {
  await renewAttachments(tx, ids);
  const rows = await tx.query<{ id: string; size: string; removedAt: Date | null }>(
    `SELECT id, size_bytes AS size, removed_at AS "removedAt" FROM communication_attachment
     WHERE tenant_id = $1 AND id = ANY($2::uuid[])`,
    [tx.tenantId, ids],
  );
  const known = new Map(rows.map((row) => [row.id, row]));
  ids.forEach((id, index) => {
    const pointer = `/attachments/${index}/attachmentId`;
    const row = known.get(id);
    if (!row) throw Problem.invalidField(pointer, 'there is no such attachment');
    if (row.removedAt) throw Problem.invalidField(pointer, `its content was removed at ${row.removedAt.toISOString()}`);
  });
  const total = rows.reduce((sum, { size }) => sum + Number(size), 0);
  if (maxBytes !== undefined && total > maxBytes)
    throw Problem.invalidField('/attachments', `together must not be larger than ${maxBytes} bytes`);
}

/** Written at most twice a day for a file, so that a million messages with the same one do not wait for each other. */
async function renewAttachments(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE communication_attachment SET used_at = now()
     WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND used_at < now() - interval '12 hours'`,
    [tx.tenantId, ids],
  );
}

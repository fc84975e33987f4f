import { Problem } from '../../platform/http/problem';
import type { Tx } from '../../platform/db/tenant-db';
import type { Attachment } from '../../providers/provider';

/** The files of a message, in the order in which it names them. */
export async function loadAttachments(tx: Tx, ids: readonly string[]): Promise<Attachment[]> {
  return tx.query<Attachment>(
    `SELECT a.filename, a.content_type AS "contentType", a.content
     FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted(id, place)
     JOIN communication_attachment a ON a.tenant_id = $1 AND a.id = wanted.id ORDER BY wanted.place`,
    [tx.tenantId, ids],
  );
}

/** Throws Problem 422 naming the first file that is not the tenant's, or when together they are too large. */
export async function checkAttachments(tx: Tx, ids: readonly string[], maxBytes?: number): Promise<void> {
  const rows = await tx.query<{ id: string; size: string }>(
    'SELECT id, size_bytes AS size FROM communication_attachment WHERE tenant_id = $1 AND id = ANY($2::uuid[])',
    [tx.tenantId, ids],
  );
  const known = new Set(rows.map(({ id }) => id));
  const missing = ids.findIndex((id) => !known.has(id));
  if (missing >= 0) throw Problem.invalidField(`/attachments/${missing}/attachmentId`, 'there is no such attachment');
  const total = rows.reduce((sum, { size }) => sum + Number(size), 0);
  if (maxBytes !== undefined && total > maxBytes)
    throw Problem.invalidField('/attachments', `together must not be larger than ${maxBytes} bytes`);
}

import type { Tx } from '../../platform/db/tenant-db';

/** Which contacts an export is narrowed to; as in GET /contacts, normalised, null: not by this. */
export interface ExportFilter {
  search: string | null;
  externalId: string | null;
  email: string | null;
  phone: string | null;
}

/** An export with everything that is shown of it. */
export interface ExportRecord {
  id: string;
  status: string;
  reasonCode: string | null;
  reasonDetail: string | null;
  filter: ExportFilter;
  rows: number | null;
  bytes: number | null;
  starts: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  expiresAt: Date | null;
}

const RECORD = `id, status, reason_code AS "reasonCode", reason_detail AS "reasonDetail", filter, rows,
  bytes::float8 AS bytes, starts, created_at AS "createdAt", started_at AS "startedAt",
  finished_at AS "finishedAt", expires_at AS "expiresAt"`;

export async function insertExport(tx: Tx, id: string, filter: ExportFilter): Promise<void> {
  await tx.query(`INSERT INTO contact_export (tenant_id, id, filter) VALUES ($1, $2, $3)`, [
    tx.tenantId,
    id,
    JSON.stringify(filter),
  ]);
}

export async function findExport(tx: Tx, id: string): Promise<ExportRecord | undefined> {
  const [row] = await tx.query<ExportRecord>(`SELECT ${RECORD} FROM contact_export WHERE tenant_id = $1 AND id = $2`, [
    tx.tenantId,
    id,
  ]);
  return row;
}

/** Newest first, one more than asked for. */
export function listExports(tx: Tx, page: { after: string | null; limit: number }): Promise<ExportRecord[]> {
  return tx.query<ExportRecord>(
    `SELECT ${RECORD} FROM contact_export
     WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [tx.tenantId, page.after, page.limit + 1],
  );
}

/** Marks it as running and counts the start; undefined when it has ended, or is not there. */
export async function beginExport(tx: Tx, id: string): Promise<ExportRecord | undefined> {
  const [row] = await tx.query<ExportRecord>(
    `UPDATE contact_export SET status = 'RUNNING', started_at = coalesce(started_at, now()), starts = starts + 1
     WHERE tenant_id = $1 AND id = $2 AND status IN ('PENDING', 'RUNNING') RETURNING ${RECORD}`,
    [tx.tenantId, id],
  );
  return row;
}

/** The file of a start is there; false when the export has ended, or was begun again since. */
export async function completeExport(
  tx: Tx,
  id: string,
  file: { start: number; rows: number; bytes: number; expiresAt: Date },
): Promise<boolean> {
  const ended = await tx.query(
    `UPDATE contact_export SET status = 'COMPLETED', rows = $3, bytes = $4, expires_at = $5, finished_at = now()
     WHERE tenant_id = $1 AND id = $2 AND status = 'RUNNING' AND starts = $6 RETURNING id`,
    [tx.tenantId, id, file.rows, file.bytes, file.expiresAt, file.start],
  );
  return ended.length > 0;
}

export async function failExport(tx: Tx, id: string, code: string, detail: string): Promise<void> {
  await tx.query(
    `UPDATE contact_export SET status = 'FAILED', reason_code = $3, reason_detail = $4, finished_at = now()
     WHERE tenant_id = $1 AND id = $2 AND status = 'RUNNING'`,
    [tx.tenantId, id, code, detail],
  );
}

/** The file goes, and with it what was looked for, which may name a person. Answers how often it was begun. */
export async function expireExport(tx: Tx, id: string): Promise<number> {
  const [row] = await tx.query<{ starts: number }>(
    `UPDATE contact_export SET status = CASE status WHEN 'COMPLETED' THEN 'EXPIRED' ELSE 'FAILED' END, filter = '{}',
       reason_code = CASE status WHEN 'COMPLETED' THEN NULL ELSE coalesce(reason_code, 'expired') END
     WHERE tenant_id = $1 AND id = $2 RETURNING starts`,
    [tx.tenantId, id],
  );
  return row?.starts ?? 0;
}

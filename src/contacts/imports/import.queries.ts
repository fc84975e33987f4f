import type { Tx } from '../../platform/db/tenant-db';
import { waitForTurn } from '../../platform/db/turn';
import type { Place } from './csv-rows';
import type { OnConflict } from './import-plan';
import type { RowFault } from './import-row';

/** An import with everything that is shown of it. */
export interface ImportRecord {
  id: string;
  status: string;
  reasonCode: string | null;
  reasonDetail: string | null;
  delimiter: string;
  onConflict: OnConflict;
  columns: string[];
  bytesTotal: number;
  bytesRead: number;
  rows: number;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
  idleStarts: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

const RECORD = `id, status, reason_code AS "reasonCode", reason_detail AS "reasonDetail", delimiter,
  on_conflict AS "onConflict", columns, bytes_total::float8 AS "bytesTotal", bytes_read::float8 AS "bytesRead", rows,
  created, updated, skipped, failed, idle_starts AS "idleStarts", created_at AS "createdAt",
  started_at AS "startedAt", finished_at AS "finishedAt"`;

/** What an import begins with. */
export type NewImport = Pick<ImportRecord, 'id' | 'delimiter' | 'onConflict' | 'columns' | 'bytesTotal'>;

export async function insertImport(tx: Tx, made: NewImport): Promise<void> {
  await tx.query(
    `INSERT INTO contact_import (tenant_id, id, delimiter, on_conflict, columns, bytes_total)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [tx.tenantId, made.id, made.delimiter, made.onConflict, made.columns, made.bytesTotal],
  );
}

export async function findImport(tx: Tx, id: string): Promise<ImportRecord | undefined> {
  const [row] = await tx.query<ImportRecord>(`SELECT ${RECORD} FROM contact_import WHERE tenant_id = $1 AND id = $2`, [
    tx.tenantId,
    id,
  ]);
  return row;
}

/** Newest first, one more than asked for. */
export function listImports(tx: Tx, page: { after: string | null; limit: number }): Promise<ImportRecord[]> {
  return tx.query<ImportRecord>(
    `SELECT ${RECORD} FROM contact_import
     WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [tx.tenantId, page.after, page.limit + 1],
  );
}

/** Marks it as running and counts the start; undefined when it has ended, or is not there. */
export async function beginImport(tx: Tx, id: string): Promise<ImportRecord | undefined> {
  const [row] = await tx.query<ImportRecord>(
    `UPDATE contact_import SET status = 'RUNNING', started_at = coalesce(started_at, now()), idle_starts = idle_starts + 1
     WHERE tenant_id = $1 AND id = $2 AND status IN ('PENDING', 'RUNNING') RETURNING ${RECORD}`,
    [tx.tenantId, id],
  );
  return row;
}

/** Locks a running import to the end of the transaction, and answers where it is; undefined when it runs no more. */
export async function lockImport(tx: Tx, id: string): Promise<(Place & { failed: number }) | undefined> {
  await waitForTurn(tx, 'contact_import', id);
  const [row] = await tx.query<Place & { failed: number }>(
    `SELECT bytes_read::float8 AS bytes, rows, failed FROM contact_import
     WHERE tenant_id = $1 AND id = $2 AND status = 'RUNNING' FOR UPDATE`,
    [tx.tenantId, id],
  );
  return row;
}

export interface Counts {
  created: number;
  updated: number;
  skipped: number;
  failed: number;
}

/** Moves the cursor behind rows that are stored in the same transaction. */
export async function advanceImport(tx: Tx, id: string, step: { to: Place; counts: Counts }): Promise<void> {
  const { to, counts } = step;
  await tx.query(
    `UPDATE contact_import SET bytes_read = $3, rows = $4, created = created + $5, updated = updated + $6,
       skipped = skipped + $7, failed = failed + $8, idle_starts = 0
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, to.bytes, to.rows, counts.created, counts.updated, counts.skipped, counts.failed],
  );
}

export interface Ending {
  status: 'COMPLETED' | 'FAILED' | 'CANCELLED';
  reasonCode?: string;
  reasonDetail?: string;
}

/** Ends an import that has not ended, after the chunk that is being stored; false when it has. */
export async function endImport(tx: Tx, id: string, { status, reasonCode, reasonDetail }: Ending): Promise<boolean> {
  await waitForTurn(tx, 'contact_import', id);
  const ended = await tx.query(
    `UPDATE contact_import SET status = $3, reason_code = $4, reason_detail = $5, finished_at = now()
     WHERE tenant_id = $1 AND id = $2 AND status IN ('PENDING', 'RUNNING') RETURNING id`,
    [tx.tenantId, id, status, reasonCode ?? null, reasonDetail ?? null],
  );
  return ended.length > 0;
}

/** Keeps why rows were refused. `columns` are the columns of the file. */
export async function insertFaults(tx: Tx, id: string, faults: readonly RowFault[], columns: readonly string[]) {
  await tx.query(
    `INSERT INTO contact_import_error (tenant_id, import_id, row_no, column_no, column_name, message)
     SELECT $1, $2, * FROM unnest($3::int[], $4::smallint[], $5::text[], $6::text[])`,
    [
      tx.tenantId,
      id,
      faults.map(({ number }) => number),
      faults.map(({ column }) => column),
      faults.map(({ column }) => columns[column - 1] ?? null),
      faults.map(({ message }) => message),
    ],
  );
}

export interface StoredFault {
  row: number;
  columnNo: number;
  column: string | null;
  message: string;
}

/** Faults in the order of the file, behind a row and column. */
export function listFaults(
  tx: Tx,
  id: string,
  page: { row: number; columnNo: number; limit: number },
): Promise<StoredFault[]> {
  return tx.query<StoredFault>(
    `SELECT row_no AS row, column_no AS "columnNo", column_name AS "column", message FROM contact_import_error
     WHERE tenant_id = $1 AND import_id = $2 AND (row_no, column_no) > ($3, $4)
     ORDER BY row_no, column_no LIMIT $5`,
    [tx.tenantId, id, page.row, page.columnNo, page.limit],
  );
}

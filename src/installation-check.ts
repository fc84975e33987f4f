import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { readEpochFile, writeEpochFile } from './platform/db/epoch-file';
import type { Sql } from './platform/db/sql';

/** Whether this database is the one that it was at the last start. */
export interface Provenance {
  /** What makes it look like a restored copy; undefined for the database that it always was. */
  restored: string | undefined;
  /** Whether another process can confirm it while this one runs; the embedded database has one process. */
  isShared: boolean;
  /** What an operator says to let this very copy send; it is worth nothing for another one. */
  code: string;
}

/**
 * Where a database lies: its cluster, itself in it, and the table in which that stands. A failover takes all three along. A dump
 * that is restored has at least another table, even in the same database.
 */
const FOUND = `(SELECT system_identifier FROM pg_control_system()) || '/' ||
  (SELECT oid FROM pg_database WHERE datname = current_database()) || '/' || 'installation'::regclass::oid`;

/**
 * Looks whether the database was restored from a backup, and counts the start if not. A copy would send again what the original
 * has sent since; so it is not worked on until an operator confirmed it (`confirm`).
 * @param options.dataDir folder beside which the embedded cluster lies: the count is kept there as well, so that an older copy of
 * the cluster is noticed. @param options.confirm 'yes', or the code that was shown.
 */
export async function checkInstallation(
  adminUrl: string,
  { dataDir, confirm }: { dataDir?: string | undefined; confirm?: string | undefined },
): Promise<Provenance> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query('BEGIN');
    const row = await readInstallation(admin);
    const file = dataDir === undefined ? undefined : readEpochFile(dataDir);
    const isShared = dataDir === undefined;
    const restored = signOfRestore(row, isShared ? 'none' : file);
    const code = createHash('sha256').update(`${row.found} ${row.epoch} ${file?.epoch}`).digest('hex').slice(0, 12);
    if (restored !== undefined && confirm !== 'yes' && confirm !== code) return { restored, isShared, code };
    const epoch = Math.max(row.epoch, file?.epoch ?? 0) + 1;
    await admin.query('UPDATE installation SET identity = $1, epoch = $2', [row.found, epoch]);
    await admin.query('COMMIT');
    if (dataDir !== undefined) writeEpochFile(dataDir, epoch); // after the commit: what is behind is no older copy
    return { restored: undefined, isShared, code };
  } finally {
    await admin.end();
  }
}

/** Whether somebody confirmed the database meanwhile, through another process. */
export async function isConfirmed(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ same: boolean }>(`SELECT identity = ${FOUND} AS same FROM installation`);
  return row?.same ?? false;
}

interface InstallationRow {
  identity: string | null;
  found: string;
  epoch: number;
}

async function readInstallation(admin: Client): Promise<InstallationRow> {
  const { rows } = await admin.query<InstallationRow>(
    `SELECT identity, epoch::float8 AS epoch, ${FOUND} AS found FROM installation FOR UPDATE`,
  );
  if (!rows[0]) throw new Error('The first start did not leave its row');
  return rows[0];
}

function signOfRestore(
  { identity, found, epoch }: InstallationRow,
  file: ReturnType<typeof readEpochFile> | 'none',
): string | undefined {
  if (identity === null) return undefined; // the first start, or the first one of a version that asks
  if (identity !== found) return 'it lies in another place than at its last start';
  if (file === 'none') return undefined;
  if (!file) return 'its data folder does not know it';
  if (file.isCopy) return 'its data folder is a copy';
  return file.epoch > epoch ? 'it is older than its data folder' : undefined;
}

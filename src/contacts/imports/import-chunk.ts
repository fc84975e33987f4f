import type { TenantDb, Tx } from '../../platform/db/tenant-db';
import type { CsvRow, Place } from './csv-rows';
import { advanceImport, insertFaults, lockImport, type Counts } from './import.queries';
import type { OnConflict } from './import-plan';
import type { ImportRow, ReadRow, RowFault } from './import-row';
import { storeRows } from './import-rows.queries';
import { inWaves } from './import-waves';

/** Rows that are stored in one commit, together with the move of the cursor behind them. */
export class Chunk {
  readonly rows: ImportRow[] = [];
  readonly faults: RowFault[] = [];
  private failed = 0;
  private end: Place;

  constructor(readonly from: Place) {
    this.end = from;
  }

  /** Where the next chunk begins. */
  get to(): Place {
    return this.end;
  }

  get size(): number {
    return this.rows.length + this.failed;
  }

  add({ number, end }: CsvRow, read: ReadRow): void {
    this.end = { bytes: end, rows: number };
    if (read && 'row' in read) this.rows.push(read.row);
    if (!read || 'row' in read) return;
    this.failed++;
    this.faults.push(...read.faults);
  }

  get failedRows(): number {
    return this.failed;
  }
}

/** The import ended, or somebody else is further: nothing was stored, and there is nothing more to do here. */
export class NotOursAnyMore extends Error {
  override readonly name = 'NotOursAnyMore';
}

/** What a chunk belongs to. */
export interface ChunkOwner {
  id: string;
  columns: readonly string[];
  onConflict: OnConflict;
}

/** Refused rows whose reason is kept; of more than that only the number is. */
export const MOST_FAULTS = 100_000;

/**
 * Stores a chunk where the import still stands at its beginning. Whoever else holds the same chunk waits for the lock, finds the
 * cursor behind it and stores nothing. Throws NotOursAnyMore.
 */
export function storeChunk(db: TenantDb, tenantId: string, owner: ChunkOwner, chunk: Chunk): Promise<void> {
  return db.run(tenantId, async (tx) => {
    const place = await lockImport(tx, owner.id);
    if (place?.bytes !== chunk.from.bytes || place.rows !== chunk.from.rows) throw new NotOursAnyMore();
    const { counts, faults } = await storeAll(tx, chunk.rows, owner.onConflict);
    counts.failed += chunk.failedRows;
    const all = [...chunk.faults, ...faults];
    if (all.length && place.failed < MOST_FAULTS) await insertFaults(tx, owner.id, all, owner.columns);
    await advanceImport(tx, owner.id, { to: chunk.to, counts });
  });
}

async function storeAll(
  tx: Tx,
  rows: readonly ImportRow[],
  onConflict: OnConflict,
): Promise<{ counts: Counts; faults: RowFault[] }> {
  const counts: Counts = { created: 0, updated: 0, skipped: 0, failed: 0 };
  const faults: RowFault[] = [];
  for (const wave of inWaves(rows))
    for (let left: readonly ImportRow[] = wave; left.length > 0;) {
      const plan = await storeRows(tx, left, onConflict);
      counts.created += plan.create.length;
      counts.updated += plan.update.length;
      counts.skipped += plan.skipped;
      counts.failed += plan.faults.length;
      faults.push(...plan.faults);
      left = plan.later;
    }
  return { counts, faults };
}

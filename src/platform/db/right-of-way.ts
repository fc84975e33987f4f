import { hash } from 'node:crypto';
import type { Tx } from './tenant-db';

/**
 * Right of way between those who are about to act on a thing and whoever forbids it. Who acts takes the thing shared before
 * looking whether it may; who forbids takes it alone before the commit. So every act that looked before the prohibition is
 * committed before it, and every later one sees it: PostgreSQL makes a commit visible before it gives its locks back.
 */

/** The advisory lock of a thing of a tenant, as the text of a signed 64-bit integer. */
export function lockOf(tenantId: string, ...thing: readonly string[]): string {
  return hash('sha256', [tenantId, ...thing].join('\n'), 'buffer')
    .readBigInt64BE()
    .toString();
}

/** Before audit lines are written, which others wait for as well. */
const RANK = 10;

const FORBID = `SELECT count(pg_advisory_xact_lock(k)) FROM (SELECT k FROM unnest($1::bigint[]) AS k ORDER BY k) AS sorted`;

const forbidden = new WeakMap<Tx, Set<string>>();

/**
 * Waits now until nobody acts on these things. For whoever will lock rows that an act locks as well: dispatches take the things
 * first and the rows after, and others must do so in the same order.
 */
export async function forbidNow(tx: Tx, locks: readonly string[]): Promise<void> {
  if (locks.length) await tx.query(FORBID, [[...new Set(locks)]]);
}

/** Waits, right before the commit, until nobody acts on these things by what they saw before. */
export function forbidFromCommit(tx: Tx, locks: readonly string[]): void {
  const known = forbidden.get(tx);
  if (known) {
    for (const lock of locks) known.add(lock);
    return;
  }
  const all = new Set(locks);
  forbidden.set(tx, all);
  // All at once and in one order: two transactions that forbid the same things must not wait for each other.
  tx.atEnd(RANK, async () => void (await tx.query(FORBID, [[...all]])));
}

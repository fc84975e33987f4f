import { setTimeout as pause } from 'node:timers/promises';
import type { TenantDb } from '../platform/db/tenant-db';

const LOOK_EVERY_MS = 20;
const LONGEST_WAIT_MS = 5_000;

/**
 * Waits until every transaction of this application that is open now has ended: whatever they read before a commit of ours, they
 * have stored by then. Gives up after five seconds. Our login sees the transactions of its own sessions, on every machine.
 */
export async function earlierWorkIsOver(db: TenantDb, tenantId: string): Promise<void> {
  const giveUpAt = performance.now() + LONGEST_WAIT_MS;
  const [now] = await db.run(tenantId, (tx) => tx.query<{ at: string }>(`SELECT clock_timestamp()::text AS at`));
  while (performance.now() < giveUpAt) {
    const open = await db.run(tenantId, (tx) => tx.query(OPEN_SINCE_BEFORE, [now?.at]));
    if (!open.length) return;
    await pause(LOOK_EVERY_MS);
  }
}

const OPEN_SINCE_BEFORE = `
SELECT 1 FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND xact_start < $1::timestamptz
LIMIT 1`;

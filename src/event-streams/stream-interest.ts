import { setInterest } from '../events/event-interest.queries';
import type { Sql } from '../platform/db/sql';
import type { Tx } from '../platform/db/tenant-db';

const HOUR_MS = 3_600_000;
const PREFIX = 'streams until ';

/**
 * In the list of interests a reader stands with the hour in which its interest ends, one to two hours from now: so that any
 * number of processes may have readers, one may crash, and a reader that comes back soon finds what happened meanwhile.
 */
function consumerAt(now: Date): string {
  return PREFIX + new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS + 2 * HOUR_MS).toISOString();
}

/** Has Carillon tell of these types for the next hour at least. */
export async function wantForAnHour(tx: Tx, types: readonly string[], now = new Date()): Promise<void> {
  await tx.query(
    `INSERT INTO event_interest (tenant_id, consumer, type) SELECT $1, $2, type FROM unnest($3::text[]) AS type
     ON CONFLICT DO NOTHING`,
    [tx.tenantId, consumerAt(now), types],
  );
}

/** Interests whose hour is over. */
export function endedInterests(sql: Sql, now = new Date()): Promise<{ tenantId: string; consumer: string }[]> {
  return sql.query(
    `SELECT DISTINCT tenant_id AS "tenantId", consumer FROM event_interest WHERE consumer LIKE '${PREFIX}%' AND consumer <= $1`,
    [PREFIX + now.toISOString()],
  );
}

export function endInterest(tx: Tx, consumer: string): Promise<void> {
  return setInterest(tx, consumer, []);
}

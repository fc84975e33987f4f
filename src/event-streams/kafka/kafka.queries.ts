import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';

/** Whoever publishes has so long for a page; then another may. */
const LEASE_SECONDS = 60;

/**
 * Notes that there is something to publish, in the commit that hands it out. The stream itself is the outbox: it keeps events in
 * the order in which they were handled. A tenant that was never published begins with what is handed out now.
 */
export async function wantPublished(tx: Tx): Promise<void> {
  await tx.query(
    `INSERT INTO kafka_position (tenant_id, seq)
     SELECT $1::uuid, coalesce((SELECT max(seq) FROM tenant_event WHERE tenant_id = $1), 0)
     ON CONFLICT (tenant_id) DO UPDATE SET wanted = kafka_position.wanted + 1, due_at = coalesce(kafka_position.due_at, now())`,
    [tx.tenantId],
  );
}

/** A tenant whose events this process publishes now. */
export interface ClaimedStream {
  tenantId: string;
  seq: string;
  wanted: string;
  fence: string;
}

/** Takes tenants that have something to publish, those that wait longest first. */
export function claimStreams(sql: Sql, limit: number): Promise<ClaimedStream[]> {
  return sql.query<ClaimedStream>(
    `WITH due AS (
       SELECT tenant_id FROM kafka_position WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
     UPDATE kafka_position p SET fence = p.fence + 1, due_at = now() + interval '${LEASE_SECONDS} seconds'
     FROM due d WHERE p.tenant_id = d.tenant_id
     RETURNING p.tenant_id AS "tenantId", p.seq, p.wanted, p.fence`,
    [limit],
  );
}

/**
 * The broker has everything up to `seq`. There is more where the page was full, and where more was handed out since the claim.
 * Nothing happens where somebody else has the stream by now.
 */
export async function notePublished(
  tx: Tx,
  { wanted, fence }: ClaimedStream,
  { seq, isMore }: { seq: string; isMore: boolean },
): Promise<void> {
  await tx.query(
    `UPDATE kafka_position SET seq = greatest(seq, $3), due_at = CASE WHEN $4 OR wanted <> $5 THEN now() END
     WHERE tenant_id = $1 AND fence = $2`,
    [tx.tenantId, fence, seq, isMore, wanted],
  );
}

/** The broker did not take it: it stays where it is, and is tried again. */
export async function notePostponed(tx: Tx, { fence }: ClaimedStream, seconds: number): Promise<void> {
  await tx.query(
    `UPDATE kafka_position SET due_at = now() + make_interval(secs => $3) WHERE tenant_id = $1 AND fence = $2`,
    [tx.tenantId, fence, seconds],
  );
}

/** How many events wait, over all tenants. */
export async function countWaiting(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM kafka_position p JOIN tenant_event e ON e.tenant_id = p.tenant_id AND e.seq > p.seq
     WHERE p.due_at IS NOT NULL`,
  );
  return row?.count ?? 0;
}

/** Tenants of which Carillon does not tell all these types on behalf of a consumer. */
export function tenantsWithoutInterest(
  sql: Sql,
  consumer: string,
  types: readonly string[],
): Promise<{ tenantId: string }[]> {
  return sql.query(
    `SELECT t.id AS "tenantId" FROM tenant t WHERE (
       SELECT count(*) FROM event_interest i WHERE i.tenant_id = t.id AND i.consumer = $1 AND i.type = ANY ($2::text[])) < $3`,
    [consumer, types, types.length],
  );
}

export function tenantsWithInterest(sql: Sql, consumer: string): Promise<{ tenantId: string }[]> {
  return sql.query(`SELECT DISTINCT tenant_id AS "tenantId" FROM event_interest WHERE consumer = $1`, [consumer]);
}

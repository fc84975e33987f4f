import { lockOf } from '../platform/db/right-of-way';
import type { Sql } from '../platform/db/sql';
import type { Tx } from '../platform/db/tenant-db';
import { BY_INDEX, COUNT_MESSAGES, spansOf, spanValues } from './count-messages.queries';
import { DIMENSIONS, LINE, quarterOf, together } from './figures';

const DIMS = DIMENSIONS.join(', ');
/** Ids are read an hour to both sides: quarters that are nearer than that are read in one go. */
const NEAR_MS = 2 * 3_600_000;

/** Tenants with quarters to count again whose turn it is, and those whose days are of a zone that is no longer theirs. */
export async function tenantsDue(sql: Sql, limit: number): Promise<string[]> {
  const rows = await sql.query<{ tenantId: string }>(
    `SELECT t.id AS "tenantId" FROM tenant t LEFT JOIN analytics_state s ON s.tenant_id = t.id
     WHERE (s.next_at IS NULL OR s.next_at <= clock_timestamp())
       AND (s.timezone <> t.timezone OR EXISTS (SELECT 1 FROM analytics_due d WHERE d.tenant_id = t.id))
     ORDER BY s.next_at NULLS FIRST LIMIT $1`,
    [limit],
  );
  return rows.map(({ tenantId }) => tenantId);
}

/** One roll-up of a tenant at a time; false when another process is at it. */
export async function takeTurn(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1::bigint) AS taken', [
    lockOf(tx.tenantId, 'analytics'),
  ]);
  return row?.taken ?? false;
}

/** Takes the latest quarters off the list. What changes from now on puts them there again. */
export async function takeDueQuarters(tx: Tx, limit: number): Promise<Date[]> {
  const rows = await tx.query<{ at: Date }>(
    `WITH taken AS (DELETE FROM analytics_due WHERE tenant_id = $1 AND at >= (SELECT min(at) FROM (
       SELECT DISTINCT at FROM analytics_due WHERE tenant_id = $1 ORDER BY at DESC LIMIT $2) latest) RETURNING at)
     SELECT DISTINCT at FROM taken ORDER BY at`,
    [tx.tenantId, limit],
  );
  return rows.map(({ at }) => at);
}

/** Puts quarters on the list, to be counted again for whatever reason. */
export async function markDue(tx: Tx, { from, to }: { from: Date; to: Date }): Promise<void> {
  await tx.query(
    `INSERT INTO analytics_due (tenant_id, at)
     SELECT $1, q FROM generate_series(${quarterOf('$2::timestamptz')}, $3::timestamptz, interval '15 minutes') q WHERE q < $3`,
    [tx.tenantId, from, to],
  );
}

const COUNT_QUARTERS = `${COUNT_MESSAGES}
INSERT INTO analytics_quarter (tenant_id, at, line, ${DIMS}, ${LINE})
SELECT $1, at, row_number() OVER (PARTITION BY at), ${DIMS}, ${LINE} FROM lines WHERE at = ANY($6::timestamptz[])`;

/** Counts quarters as a whole from their messages: whatever was counted of them before, and however often. */
export async function countQuarters(tx: Tx, quarters: readonly Date[]): Promise<void> {
  await tx.query('DELETE FROM analytics_quarter WHERE tenant_id = $1 AND at = ANY($2::timestamptz[])', [
    tx.tenantId,
    quarters,
  ]);
  await tx.query(COUNT_QUARTERS, [tx.tenantId, ...spanValues(spansOf(quarters, NEAR_MS)), quarters]);
}

type Minutes = 15 | 60;

const begunOf = (minutes: Minutes): string =>
  `SELECT DISTINCT date_bin('${minutes} minutes', q, timestamptz '2000-01-01 00:00:00Z') AS at FROM unnest($2::timestamptz[]) q`;

const ADD_TOTALS = (minutes: Minutes): string => `
WITH parts AS (
  SELECT begun.at AS begun_at, q.* FROM (${begunOf(minutes)}) begun CROSS JOIN LATERAL (
    SELECT * FROM analytics_quarter q WHERE q.tenant_id = $1 AND q.at >= begun.at
      AND q.at < begun.at + interval '${minutes} minutes' ${BY_INDEX}) q),
whole AS (${together('parts', 'begun_at, channel_type')})
INSERT INTO analytics_total (tenant_id, minutes, at, line, channel_type, ${LINE})
SELECT $1, ${minutes}, begun_at, row_number() OVER (PARTITION BY begun_at), channel_type, ${LINE} FROM whole`;

/** Adds quarters up to totals of quarters and of hours, for days of any zone. */
export async function addUpTotals(tx: Tx, quarters: readonly Date[]): Promise<void> {
  for (const minutes of [15, 60] as const) {
    await tx.query(
      `DELETE FROM analytics_total WHERE tenant_id = $1 AND minutes = ${minutes} AND at IN (${begunOf(minutes)})`,
      [tx.tenantId, quarters],
    );
    await tx.query(ADD_TOTALS(minutes), [tx.tenantId, quarters]);
  }
}

const ADD_DAYS = (parts: string): string => `
WITH parts AS (${parts}), whole AS (${together('parts', `day, ${DIMS}`)})
INSERT INTO communication_analytics (tenant_id, day, line, ${DIMS}, ${LINE})
SELECT $1, day, row_number() OVER (PARTITION BY day), ${DIMS}, ${LINE} FROM whole`;

/** Days as the clock on the wall has them: 23 or 25 hours when it is put forward or back. */
const ALL_DAYS = ADD_DAYS(
  `SELECT (q.at AT TIME ZONE $2)::date AS day, q.* FROM analytics_quarter q WHERE q.tenant_id = $1`,
);
const DAYS_OF = `SELECT DISTINCT (at AT TIME ZONE $2)::date AS day FROM unnest($3::timestamptz[]) AS at`;
/** Days that quarters are in, with all of their quarters: looked for around the day, taken by their own date. */
const SOME_DAYS = ADD_DAYS(`
  SELECT d.day, q.* FROM (${DAYS_OF}) d CROSS JOIN LATERAL (
    SELECT * FROM analytics_quarter q WHERE q.tenant_id = $1 AND q.at >= (d.day::timestamp AT TIME ZONE $2) - interval '3 hours'
      AND q.at < (d.day::timestamp AT TIME ZONE $2) + interval '28 hours' ${BY_INDEX}) q
  WHERE (q.at AT TIME ZONE $2)::date = d.day`);

/** The days of a tenant, and the zone that they are days of. */
export interface Zones {
  timezone: string;
  /** Of the days that are there; null when there are none yet. */
  rolledIn: string | null;
}

export async function zonesOf(tx: Tx): Promise<Zones> {
  const [row] = await tx.query<Zones>(
    `SELECT t.timezone, s.timezone AS "rolledIn" FROM tenant t LEFT JOIN analytics_state s ON s.tenant_id = t.id
     WHERE t.id = $1`,
    [tx.tenantId],
  );
  return row ?? { timezone: 'UTC', rolledIn: null };
}

/** Adds the days up that quarters are in; all of the tenant's, when its zone is another since. */
export async function addUpDays(tx: Tx, quarters: readonly Date[], { timezone, rolledIn }: Zones): Promise<void> {
  if (rolledIn !== timezone) {
    await tx.query('DELETE FROM communication_analytics WHERE tenant_id = $1', [tx.tenantId]);
    await tx.query(ALL_DAYS, [tx.tenantId, timezone]);
    return;
  }
  const values = [tx.tenantId, timezone, quarters];
  await tx.query(`DELETE FROM communication_analytics WHERE tenant_id = $1 AND day IN (${DAYS_OF})`, values);
  await tx.query(SOME_DAYS, values);
}

/** Notes the zone of the days, and when it is the tenant's turn again: its roll-ups take at most a part of the time. */
export async function noteTurn(tx: Tx, timezone: string, pauseMs: number): Promise<void> {
  await tx.query(
    `INSERT INTO analytics_state (tenant_id, timezone, next_at)
     VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
     ON CONFLICT (tenant_id) DO UPDATE SET timezone = excluded.timezone, next_at = excluded.next_at`,
    [tx.tenantId, timezone, pauseMs],
  );
}

import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { DueThing } from '../../platform/time/clock';
import type { DueRun } from '../run/run.queries';

/** What the tenant's server is told: which step of which run it is, and what the run began with. */
function bodyOf({ id, ruleId, version, contactId, event, position, now }: DueRun): string {
  const data = { runId: id, ruleId, version, step: position, contactId, event };
  return JSON.stringify({ type: 'automation.webhook', timestamp: now.toISOString(), data });
}

/** Stores a call that is to be made; the run goes on without waiting for it. */
export async function addCall(tx: Tx, run: DueRun, { seq, url }: { seq: number; url: string }): Promise<void> {
  await tx.query(
    `INSERT INTO automation_call (tenant_id, id, run_id, seq, url, body) VALUES ($1, $2, $3, $4, $5, $6)`,
    [tx.tenantId, uuidv7(), run.id, seq, url, bodyOf(run)],
  );
}

/** Calls of all tenants whose time has come. */
export function listDueCalls(sql: Sql, limit: number): Promise<DueThing[]> {
  return sql.query<DueThing>(
    `SELECT tenant_id AS "tenantId", id FROM automation_call WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT $1`,
    [limit],
  );
}

/** A call that is being made: the attempt is written down before. */
export interface TakenCall {
  id: string;
  runId: string;
  seq: number;
  ruleId: string;
  url: string;
  body: string;
  /** This one included. */
  tries: number;
  /** Sealed; null where the rule has none. */
  secret: string | null;
}

/** So long after an attempt comes the next one, in seconds; also for whoever dies in the middle of one. The last is for that only. */
const WAITS = [15, 60, 300, 1_800, 7_200, 15];
export const MOST_CALLS = WAITS.length;

/** Undefined where somebody else has it. */
export async function takeCall(tx: Tx, id: string): Promise<TakenCall | undefined> {
  const [call] = await tx.query<TakenCall>(TAKE, [tx.tenantId, id, WAITS]);
  return call;
}

const TAKE = `
WITH due AS (
  SELECT c.id FROM automation_call c WHERE c.tenant_id = $1 AND c.id = $2 AND c.due_at <= clock_timestamp() FOR UPDATE SKIP LOCKED
)
UPDATE automation_call c SET tries = c.tries + 1,
  due_at = clock_timestamp() + make_interval(secs => ($3::int[])[least(c.tries + 1, array_length($3::int[], 1))])
FROM due, automation_run r, message_automation_rule g
WHERE c.tenant_id = $1 AND c.id = due.id AND r.tenant_id = $1 AND r.id = c.run_id AND g.tenant_id = $1 AND g.id = r.rule_id
RETURNING c.id, c.run_id AS "runId", c.seq, r.rule_id AS "ruleId", c.url, c.body, c.tries, g.signing_secret AS secret`;

/** What came of a call: its end, or null where it comes again. */
export async function settleCall(
  tx: Tx,
  { id, runId, seq }: TakenCall,
  { end, facts }: { end: 'DONE' | 'FAILED' | null; facts: Readonly<Record<string, unknown>> },
): Promise<void> {
  const [open] = await tx.query(
    `UPDATE automation_call SET status = coalesce($3, status), due_at = CASE WHEN $3::text IS NULL THEN due_at END
     WHERE tenant_id = $1 AND id = $2 AND status = 'PENDING' RETURNING 1`,
    [tx.tenantId, id, end],
  );
  if (!open) return; // it was cancelled, or erased, meanwhile
  await tx.query(
    `UPDATE automation_run_step SET detail = $4, outcome = CASE $5 WHEN 'DONE' THEN 'CALLED' WHEN 'FAILED' THEN 'CALL_FAILED'
       ELSE outcome END WHERE tenant_id = $1 AND run_id = $2 AND seq = $3`,
    [tx.tenantId, runId, seq, JSON.stringify(facts), end],
  );
}

import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import type { DueThing } from '../../platform/time/clock';
import type { ExitWhen } from '../rule.queries';
import type { Step, StepPath, StepType } from '../steps';
import { ENDED, type RunEnd } from './run-end.queries';

/** The event that a run began with, as it was then; empty for one that a clock began. */
export interface StartingEvent {
  id?: string;
  type?: string;
  source?: string;
  at?: string;
  payload?: Record<string, unknown>;
}

/** A run that is due, held until the commit, with what it needs to do its next step. */
export interface DueRun {
  id: string;
  ruleId: string;
  version: number;
  contactId: string | null;
  event: StartingEvent;
  position: StepPath;
  stepsDone: number;
  depth: number;
  awaits: string | null;
  heardEvent: string | null;
  steps: Step[];
  exitWhen: ExitWhen | null;
  now: Date;
}

/** Runs of all tenants whose time has come, the longest waiting first. */
export function listDueRuns(sql: Sql, limit: number): Promise<DueThing[]> {
  return sql.query<DueThing>(
    `SELECT tenant_id AS "tenantId", id FROM automation_run WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT $1`,
    [limit],
  );
}

/** Undefined where somebody else has it, or where it is due no more. */
export async function takeDueRun(tx: Tx, id: string): Promise<DueRun | undefined> {
  const [held] = await tx.query(
    `SELECT 1 FROM automation_run WHERE tenant_id = $1 AND id = $2 AND due_at <= clock_timestamp() FOR UPDATE SKIP LOCKED`,
    [tx.tenantId, id],
  );
  if (!held) return undefined;
  const [run] = await tx.query<DueRun>(
    `SELECT r.id, r.rule_id AS "ruleId", r.version, r.contact_id AS "contactId", r.event, r.position, r.steps_done AS "stepsDone",
       r.depth, r.awaits, r.heard_event AS "heardEvent", v.steps, v.exit_when AS "exitWhen", clock_timestamp() AS now
     FROM automation_run r JOIN automation_rule_version v
       ON v.tenant_id = r.tenant_id AND v.rule_id = r.rule_id AND v.version = r.version
     WHERE r.tenant_id = $1 AND r.id = $2`,
    [tx.tenantId, id],
  );
  return run;
}

/** A line of the trace. */
export interface TraceLine {
  path: StepPath;
  type: StepType | 'end';
  outcome: string;
  /** Ids, times and codes; no words of people. */
  detail?: Record<string, unknown>;
  messageId?: string;
}

/** The primary key refuses what was written before: a step that is done is not done again. */
export async function noteStep(tx: Tx, run: Pick<DueRun, 'id' | 'stepsDone'>, line: TraceLine): Promise<number> {
  const seq = run.stepsDone + 1;
  await tx.query(
    `INSERT INTO automation_run_step (tenant_id, run_id, seq, path, type, outcome, detail, message_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ...[tx.tenantId, run.id, seq, line.path, line.type, line.outcome],
      ...[JSON.stringify(line.detail ?? {}), line.messageId ?? null],
    ],
  );
  return seq;
}

/** Where a run goes on, and when. */
export interface NextPlace {
  position: StepPath;
  /** Undefined: at once. */
  dueAt?: Date;
  /** The event that makes it go on sooner. */
  awaits?: string;
}

export async function advanceRun(tx: Tx, run: DueRun, { position, dueAt, awaits }: NextPlace): Promise<void> {
  await tx.query(
    `UPDATE automation_run SET position = $3, due_at = coalesce($4, clock_timestamp()), awaits = $5, heard_event = NULL,
       status = CASE WHEN $4::timestamptz IS NULL THEN 'RUNNING' ELSE 'WAITING' END, steps_done = steps_done + 1, tries = 0
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, run.id, position, dueAt ?? null, awaits ?? null],
  );
}

/** Ends it: COMPLETED without a reason. */
export async function endRun(tx: Tx, run: Pick<DueRun, 'id'>, end?: RunEnd): Promise<void> {
  await tx.query(
    `UPDATE automation_run r SET ${ENDED}, status = $3, reason_code = $4, reason_detail = $5, steps_done = steps_done + 1
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, run.id, end?.status ?? 'COMPLETED', end?.code ?? null, end?.detail ?? null],
  );
}

/** A step could not be tried to its end: later again. Answers how often that was so. */
export async function postponeRun(
  tx: Tx,
  id: string,
): Promise<{ tries: number; stepsDone: number; position: string } | undefined> {
  const [row] = await tx.query<{ tries: number; stepsDone: number; position: string }>(
    `UPDATE automation_run SET tries = tries + 1,
       due_at = clock_timestamp() + make_interval(secs => least(60, power(2, tries)) * (0.75 + random() / 2))
     WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL RETURNING tries, steps_done AS "stepsDone", position`,
    [tx.tenantId, id],
  );
  return row;
}

/** Runs that wait for one of these events go on. */
export async function wakeWaiting(
  tx: Tx,
  events: readonly { id: string; type: string; contactId: string | null }[],
): Promise<number> {
  const about = events.filter(({ contactId }) => contactId !== null);
  if (!about.length) return 0;
  const rows = await tx.query(WAKE, [
    tx.tenantId,
    JSON.stringify(about.map(({ id, type, contactId }) => ({ id, type, contactId }))),
  ]);
  return rows.length;
}

const WAKE = `
WITH heard AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS e(id uuid, type text, "contactId" uuid)),
chosen AS (
  SELECT r.id, (SELECT min(h.id::text)::uuid FROM heard h WHERE h.type = r.awaits AND h."contactId" = r.contact_id) AS event_id
  FROM automation_run r
  WHERE r.tenant_id = $1 AND r.awaits = ANY (ARRAY(SELECT type FROM heard)) AND r.contact_id = ANY (ARRAY(SELECT "contactId" FROM heard))
    AND EXISTS (SELECT 1 FROM heard h WHERE h.type = r.awaits AND h."contactId" = r.contact_id)
  ORDER BY r.id FOR UPDATE OF r
)
UPDATE automation_run r SET awaits = NULL, heard_event = c.event_id, due_at = clock_timestamp()
FROM chosen c WHERE r.tenant_id = $1 AND r.id = c.id RETURNING 1`;

/** Old runs of all tenants with their traces; where a contact may enter once, that it did is kept. Answers how many went. */
export async function pruneRuns(sql: Sql, days: number, limit: number): Promise<number> {
  const rows = await sql.query(PRUNE, [days, limit]);
  return rows.length;
}

const PRUNE = `
WITH old AS (
  SELECT r.tenant_id, r.id FROM automation_run r
  WHERE r.ended_at < now() - make_interval(days => $1) AND r.only_key IS NULL ORDER BY r.ended_at LIMIT $2
),
calls AS (DELETE FROM automation_call c USING old WHERE c.tenant_id = old.tenant_id AND c.run_id = old.id),
steps AS (DELETE FROM automation_run_step s USING old WHERE s.tenant_id = old.tenant_id AND s.run_id = old.id)
DELETE FROM automation_run r USING old WHERE r.tenant_id = old.tenant_id AND r.id = old.id RETURNING 1`;

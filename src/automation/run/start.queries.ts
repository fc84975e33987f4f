import type { TenantEvent } from '../../events/event-consumers';
import type { Tx } from '../../platform/db/tenant-db';
import type { Reentry } from '../rule.dto';
import type { ExitWhen } from '../rule.queries';
import { FIRST_STEP } from '../steps';
import type { Trigger } from '../trigger/match';
import type { RunEnd } from './run-end.queries';
import type { StartingEvent } from './run.queries';

/** A rule as it has to be known to begin runs of it. */
export interface StartingRule {
  id: string;
  version: number;
  trigger: Trigger;
  conditions: Record<string, unknown> | null;
  exitWhen: ExitWhen | null;
  reentry: Reentry;
  mostPerHour: number;
}

export const STARTING_RULE = `id, version, trigger, conditions, exit_when AS "exitWhen", reentry, most_per_hour AS "mostPerHour"`;

/** Rules that events of these types can set off. */
export function rulesFor(tx: Tx, types: readonly string[]): Promise<StartingRule[]> {
  return tx.query<StartingRule>(
    `SELECT ${STARTING_RULE} FROM message_automation_rule
     WHERE tenant_id = $1 AND enabled AND deleted_at IS NULL AND event_type = ANY ($2::text[]) ORDER BY id`,
    [tx.tenantId, types],
  );
}

/** What conditions may ask of a contact. */
export interface ContactFacts extends Record<string, unknown> {
  id: string;
  language: string | null;
  timezone: string | null;
  attributes: Record<string, unknown>;
}

/** Contacts that are there: not those that were deleted, merged or erased. */
export async function contactFacts(tx: Tx, ids: readonly string[]): Promise<Map<string, ContactFacts>> {
  if (!ids.length) return new Map();
  const rows = await tx.query<ContactFacts>(
    `SELECT id, external_id AS "externalId", name, language, timezone, attributes,
       to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "createdAt"
     FROM contact WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) AND deleted_at IS NULL`,
    [tx.tenantId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** What people wrote, by message. */
export async function textsOf(tx: Tx, messageIds: readonly string[]): Promise<Map<string, string>> {
  if (!messageIds.length) return new Map();
  const rows = await tx.query<{ id: string; text: string | null }>(
    `SELECT id, coalesce(content ->> 'text', content -> 'media' ->> 'caption') AS text FROM communication_message
     WHERE tenant_id = $1 AND id = ANY ($2::uuid[])`,
    [tx.tenantId, messageIds],
  );
  return new Map(rows.flatMap(({ id, text }) => (text === null ? [] : [[id, text] as const])));
}

/** How deep the runs stand that sent these messages. */
export async function depthsOf(tx: Tx, messageIds: readonly string[]): Promise<Map<string, number>> {
  if (!messageIds.length) return new Map();
  const rows = await tx.query<{ id: string; depth: number }>(
    `SELECT s.message_id AS id, r.depth FROM automation_run_step s
     JOIN automation_run r ON r.tenant_id = s.tenant_id AND r.id = s.run_id
     WHERE s.tenant_id = $1 AND s.message_id = ANY ($2::uuid[])`,
    [tx.tenantId, messageIds],
  );
  return new Map(rows.map(({ id, depth }) => [id, depth]));
}

export interface RulePerson {
  ruleId: string;
  contactId: string;
}

/** How many runs these rules began for these contacts within the last hour. */
export async function runsLately(tx: Tx, pairs: readonly RulePerson[]): Promise<Map<string, number>> {
  if (!pairs.length) return new Map();
  const rows = await tx.query<RulePerson & { runs: number }>(
    `SELECT p."ruleId", p."contactId", count(r.id)::int AS runs
     FROM (SELECT DISTINCT "ruleId", "contactId" FROM jsonb_to_recordset($2::jsonb) AS q("ruleId" uuid, "contactId" uuid)) p
     JOIN automation_run r ON r.tenant_id = $1 AND r.contact_id = p."contactId" AND r.rule_id = p."ruleId"
       AND r.started_at > clock_timestamp() - interval '1 hour'
     GROUP BY 1, 2`,
    [tx.tenantId, JSON.stringify(pairs)],
  );
  return new Map(rows.map((row) => [pairKey(row), row.runs]));
}

export function pairKey({ ruleId, contactId }: RulePerson): string {
  return `${ruleId} ${contactId}`;
}

export interface NewRun {
  id: string;
  ruleId: string;
  version: number;
  contactId: string | null;
  causeKey: string;
  onlyKey: string | null;
  event: StartingEvent;
  depth: number;
  exitEvent: string | null;
  /** Set where it ends before it began. */
  end?: RunEnd;
}

/** Stores runs; one for a cause that had one, or for a contact that is kept out by another run, is left out. Answers how many there are. */
export async function insertRuns(tx: Tx, runs: readonly NewRun[]): Promise<number> {
  if (!runs.length) return 0;
  const rows = runs.map(({ end, ...run }) => ({ ...run, ...end }));
  const stored = await tx.query(INSERT, [tx.tenantId, JSON.stringify(rows)]);
  return stored.length;
}

const INSERT = `
WITH input AS (
  SELECT * FROM ROWS FROM (jsonb_to_recordset($2::jsonb) AS (id uuid, "ruleId" uuid, version int, "contactId" uuid,
    "causeKey" text, "onlyKey" uuid, event jsonb, depth int, "exitEvent" text, status text, code text, detail text))
    WITH ORDINALITY AS r(id, "ruleId", version, "contactId", "causeKey", "onlyKey", event, depth, "exitEvent", status, code,
      detail, place)
)
INSERT INTO automation_run (tenant_id, id, rule_id, version, contact_id, cause_key, only_key, event, depth, exit_event,
  status, reason_code, reason_detail, position, due_at, ended_at)
SELECT $1, id, "ruleId", version, "contactId", "causeKey", CASE WHEN status IS NULL THEN "onlyKey" END, event, depth, "exitEvent",
  coalesce(status, 'RUNNING'), code, detail, CASE WHEN status IS NULL THEN '${FIRST_STEP}' END,
  CASE WHEN status IS NULL THEN clock_timestamp() END, CASE WHEN status IS NOT NULL THEN clock_timestamp() END
FROM input ORDER BY place
ON CONFLICT DO NOTHING RETURNING 1`;

/** The event as a run remembers it. */
export function startingEvent({ id, type, source, at, data }: TenantEvent): StartingEvent {
  const { cause: _, ...payload } = data;
  return { id, type, source, at: at.toISOString(), payload };
}

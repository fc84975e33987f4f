import type { Tx } from '../platform/db/tenant-db';
import type { Reentry } from './rule.dto';
import type { Step } from './steps';
import type { Trigger } from './trigger/match';

/** When a run ends before its last step. */
export interface ExitWhen {
  event?: string;
  conditions?: Record<string, unknown>;
}

/** What a run keeps to, from its beginning on. */
export interface RuleContent {
  trigger: Trigger;
  conditions: Record<string, unknown> | null;
  steps: Step[];
  exitWhen: ExitWhen | null;
}

/** What a rule is made of. */
export interface RuleFields extends RuleContent {
  name: string;
  enabled: boolean;
  reentry: Reentry;
  mostPerHour: number;
}

export interface RuleRow extends RuleFields {
  id: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const RULE = `SELECT id, name, enabled, version, trigger, conditions, steps, exit_when AS "exitWhen", reentry,
    most_per_hour AS "mostPerHour", created_at AS "createdAt", updated_at AS "updatedAt"
  FROM message_automation_rule WHERE tenant_id = $1 AND deleted_at IS NULL`;

export async function findRule(tx: Tx, id: string): Promise<RuleRow | undefined> {
  const [row] = await tx.query<RuleRow>(`${RULE} AND id = $2`, [tx.tenantId, id]);
  return row;
}

/** The same, held against other changes until the end of the transaction. */
export async function holdRule(tx: Tx, id: string): Promise<RuleRow | undefined> {
  const [row] = await tx.query<RuleRow>(`${RULE} AND id = $2 FOR NO KEY UPDATE`, [tx.tenantId, id]);
  return row;
}

/** Newest first, one more than `limit`. */
export function listRules(tx: Tx, limit: number, after: string | null): Promise<RuleRow[]> {
  return tx.query<RuleRow>(`${RULE} AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`, [
    tx.tenantId,
    after,
    limit + 1,
  ]);
}

export async function countRules(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM message_automation_rule WHERE tenant_id = $1 AND deleted_at IS NULL',
    [tx.tenantId],
  );
  return row?.count ?? 0;
}

/** A rule as it is to be stored, with what follows from it. */
export interface NewRule {
  id: string;
  version: number;
  rule: RuleFields;
  eventType: string | null;
  channelTypes: readonly string[];
  /** Names of all events that it, or a run of it, listens for. */
  hears: readonly string[];
  /** When a clock sets it off, null where none does; undefined: that stays as it is. */
  nextAt: Date | null | undefined;
}

/** Stores a new rule, or the new fields of an old one; false when another rule has the name. */
export async function saveRule(tx: Tx, of: NewRule): Promise<boolean> {
  const { id, version, rule, eventType, channelTypes, nextAt } = of;
  const taken = await tx.query(
    'SELECT 1 FROM message_automation_rule WHERE tenant_id = $1 AND name = $2 AND id <> $3 AND deleted_at IS NULL',
    [tx.tenantId, rule.name, id],
  );
  if (taken.length > 0) return false;
  await tx.query(
    `INSERT INTO message_automation_rule (tenant_id, id, name, enabled, version, trigger, conditions, steps, exit_when, reentry,
       most_per_hour, event_type, channel_types)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, enabled = excluded.enabled, version = excluded.version,
       trigger = excluded.trigger, conditions = excluded.conditions, steps = excluded.steps, exit_when = excluded.exit_when,
       reentry = excluded.reentry, most_per_hour = excluded.most_per_hour, event_type = excluded.event_type,
       channel_types = excluded.channel_types, updated_at = now()`,
    [
      ...[tx.tenantId, id, rule.name, rule.enabled, version],
      ...[JSON.stringify(rule.trigger), json(rule.conditions), JSON.stringify(rule.steps), json(rule.exitWhen)],
      ...[rule.reentry, rule.mostPerHour, eventType, channelTypes],
    ],
  );
  if (nextAt !== undefined) await tx.query(SET_CLOCK, [tx.tenantId, id, nextAt]);
  return true;
}

/** What lies in the past is not made up for. */
const SET_CLOCK = `UPDATE message_automation_rule SET next_at = $3, looked_at = clock_timestamp(), looking_to = NULL,
  looked_contact = NULL WHERE tenant_id = $1 AND id = $2`;

/** Keeps what runs that begin from now on keep to. */
export async function saveVersion(tx: Tx, { id, version, rule, channelTypes, hears }: NewRule): Promise<void> {
  await tx.query(
    `INSERT INTO automation_rule_version
       (tenant_id, rule_id, version, trigger, conditions, steps, exit_when, channel_types, hears)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ...[tx.tenantId, id, version, JSON.stringify(rule.trigger), json(rule.conditions), JSON.stringify(rule.steps)],
      ...[json(rule.exitWhen), channelTypes, hears],
    ],
  );
}

function json(value: object | null): string | null {
  return value && JSON.stringify(value);
}

/** Soft: the name is free again. False when there was nothing to delete. */
export async function deleteRule(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE message_automation_rule SET deleted_at = now(), updated_at = now(), next_at = NULL
     WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING id`,
    [tx.tenantId, id],
  );
  return rows.length > 0;
}

/** Names of the events that rules, or runs that are under way, listen for. */
export async function heardTypes(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ type: string }>(
    `SELECT DISTINCT unnest(v.hears) AS type FROM automation_rule_version v
     JOIN message_automation_rule r ON r.tenant_id = v.tenant_id AND r.id = v.rule_id
     WHERE v.tenant_id = $1 AND ((r.enabled AND r.deleted_at IS NULL AND r.version = v.version)
       OR EXISTS (SELECT 1 FROM automation_run a WHERE a.tenant_id = v.tenant_id AND a.rule_id = v.rule_id
         AND a.version = v.version AND a.ended_at IS NULL))`,
    [tx.tenantId],
  );
  return rows.map(({ type }) => type);
}

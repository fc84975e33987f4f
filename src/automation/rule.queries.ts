import type { Tx } from '../platform/db/tenant-db';

/** What a rule is made of. */
export interface RuleFields {
  name: string;
  enabled: boolean;
  trigger: { event: string };
  conditions: Record<string, unknown> | null;
  steps: Record<string, unknown>[];
}

export interface RuleRow extends RuleFields {
  id: string;
  createdAt: Date;
  updatedAt: Date;
}

const RULE = `SELECT id, name, enabled, trigger, conditions, steps, created_at AS "createdAt", updated_at AS "updatedAt"
  FROM message_automation_rule WHERE tenant_id = $1 AND deleted_at IS NULL`;

export async function findRule(tx: Tx, id: string): Promise<RuleRow | undefined> {
  const [row] = await tx.query<RuleRow>(`${RULE} AND id = $2`, [tx.tenantId, id]);
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

/** Stores a new rule, or the new fields of an old one; false when another rule has the name. */
export async function saveRule(tx: Tx, id: string, rule: RuleFields): Promise<boolean> {
  const taken = await tx.query(
    'SELECT 1 FROM message_automation_rule WHERE tenant_id = $1 AND name = $2 AND id <> $3 AND deleted_at IS NULL',
    [tx.tenantId, rule.name, id],
  );
  if (taken.length > 0) return false;
  await tx.query(
    `INSERT INTO message_automation_rule (tenant_id, id, name, enabled, trigger, conditions, steps)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, enabled = excluded.enabled,
       trigger = excluded.trigger, conditions = excluded.conditions, steps = excluded.steps, updated_at = now()`,
    [
      tx.tenantId,
      id,
      rule.name,
      rule.enabled,
      JSON.stringify(rule.trigger),
      rule.conditions && JSON.stringify(rule.conditions),
      JSON.stringify(rule.steps),
    ],
  );
  return true;
}

/** Soft: the name is free again. False when there was nothing to delete. */
export async function deleteRule(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE message_automation_rule SET deleted_at = now(), updated_at = now()
     WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING id`,
    [tx.tenantId, id],
  );
  return rows.length > 0;
}

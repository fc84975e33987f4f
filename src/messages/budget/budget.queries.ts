import type { Tx } from '../../platform/db/tenant-db';
import type { Sql } from '../../platform/db/sql';
import { BUDGET_HELD, NEXT_MONTH, SPENT, THIS_MONTH } from './budget-hold';

export interface Budget {
  amount: string;
  currency: string;
  thresholds: readonly number[];
  hold: boolean;
  exemptLanes: readonly string[];
}

/** How a tenant stands this month. */
export interface BudgetState {
  /** YYYY-MM. */
  month: string;
  timezone: string;
  endsAt: Date;
  spent: { amount: string; currency: string }[];
  budget: (Budget & { remaining: string; percent: number; isUsedUp: boolean }) | null;
  alerts: { threshold: number; at: string; spent: string; amount: string; currency: string }[];
}

const STATE = `
SELECT to_char(n.month, 'YYYY-MM') AS month, t.timezone, ${NEXT_MONTH} AS "endsAt",
  (SELECT coalesce(jsonb_agg(jsonb_build_object('amount', trim_scale(e.amount)::text, 'currency', e.currency) ORDER BY e.currency), '[]')
   FROM (SELECT s.currency, sum(s.amount) AS amount FROM tenant_spend s
     WHERE s.tenant_id = t.id AND s.month = n.month GROUP BY s.currency) e) AS spent,
  CASE WHEN b.tenant_id IS NOT NULL THEN jsonb_build_object('amount', trim_scale(b.amount)::text, 'currency', b.currency,
    'thresholds', b.thresholds, 'hold', b.hold, 'exemptLanes', b.exempt_lanes,
    'remaining', trim_scale(greatest(b.amount - u.spent, 0))::text, 'percent', floor(u.spent * 100 / b.amount),
    'isUsedUp', u.spent >= b.amount) END AS budget,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('threshold', a.threshold, 'at', a.at, 'spent', trim_scale(a.spent)::text,
     'amount', trim_scale(a.amount)::text, 'currency', a.currency) ORDER BY a.threshold), '[]')
   FROM budget_alert a WHERE a.tenant_id = t.id AND a.month = n.month) AS alerts
FROM tenant t CROSS JOIN LATERAL (SELECT ${THIS_MONTH} AS month) n
LEFT JOIN tenant_budget b ON b.tenant_id = t.id
LEFT JOIN LATERAL (SELECT ${SPENT} AS spent) u ON b.tenant_id IS NOT NULL
WHERE t.id = $1`;

export async function readBudget(tx: Tx): Promise<BudgetState> {
  const [state] = await tx.query<BudgetState>(STATE, [tx.tenantId]);
  if (!state) throw new Error('The tenant of the transaction is gone');
  return state;
}

/** The budget is held until the commit, so that nobody judges it by what it was. */
export async function storeBudget(tx: Tx, budget: Budget): Promise<void> {
  const { amount, currency, thresholds, hold, exemptLanes } = budget;
  await tx.query(
    `INSERT INTO tenant_budget (tenant_id, amount, currency, thresholds, hold, exempt_lanes) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant_id) DO UPDATE SET amount = $2, currency = $3, thresholds = $4, hold = $5, exempt_lanes = $6,
       updated_at = now()`,
    [tx.tenantId, amount, currency, thresholds, hold, exemptLanes],
  );
}

export async function removeBudget(tx: Tx): Promise<void> {
  await tx.query(`DELETE FROM tenant_budget WHERE tenant_id = $1`, [tx.tenantId]);
}

/** Forgets alerts that the new budget has not reached: they come again when it does. */
export async function forgetAlerts(tx: Tx): Promise<void> {
  await tx.query(
    `DELETE FROM budget_alert a USING tenant t CROSS JOIN LATERAL (SELECT ${THIS_MONTH} AS month) n
     WHERE a.tenant_id = $1 AND t.id = a.tenant_id AND a.month = n.month AND NOT EXISTS (
       SELECT 1 FROM tenant_budget b WHERE b.tenant_id = a.tenant_id AND a.threshold = ANY (b.thresholds)
         AND ${SPENT} * 100 >= a.threshold * b.amount)`,
    [tx.tenantId],
  );
}

/** Most messages that a change of the budget wakes at once; the others come by themselves within a minute. */
const MOST_WOKEN = 10_000;

/** Messages that the budget held are due again, and asked about anew. Those that somebody has in hand are left to themselves. */
export async function wakeHeld(tx: Tx): Promise<void> {
  await tx.query(
    `UPDATE communication_message m SET due_at = now() FROM (
       SELECT tenant_id, id FROM communication_message
       WHERE tenant_id = $1 AND status = 'QUEUED' AND reason_code = '${BUDGET_HELD.code}' AND due_at > now()
       ORDER BY seq LIMIT ${MOST_WOKEN} FOR NO KEY UPDATE SKIP LOCKED) held
     WHERE m.tenant_id = held.tenant_id AND m.id = held.id`,
    [tx.tenantId],
  );
}

/** A tenant with a threshold that was reached and not told yet. */
const REACHED = `
SELECT b.tenant_id, n.month, w.threshold, u.spent, b.amount, b.currency
FROM tenant_budget b JOIN tenant t ON t.id = b.tenant_id CROSS JOIN LATERAL (SELECT ${THIS_MONTH} AS month) n
CROSS JOIN LATERAL (SELECT ${SPENT} AS spent) u CROSS JOIN LATERAL unnest(b.thresholds) AS w(threshold)
WHERE u.spent * 100 >= w.threshold * b.amount AND NOT EXISTS (SELECT 1 FROM budget_alert a
  WHERE a.tenant_id = b.tenant_id AND a.month = n.month AND a.threshold = w.threshold)`;

export async function tenantsToAlert(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ tenantId: string }>(`SELECT DISTINCT tenant_id AS "tenantId" FROM (${REACHED}) r`);
  return rows.map(({ tenantId }) => tenantId);
}

export interface NewAlert {
  month: string;
  threshold: number;
  spent: string;
  amount: string;
  currency: string;
}

/** Writes down what is reached by now, once a threshold and month, whoever else does the same. */
export async function storeAlerts(tx: Tx): Promise<NewAlert[]> {
  await tx.query(`SELECT 1 FROM tenant_budget WHERE tenant_id = $1 FOR UPDATE`, [tx.tenantId]);
  return tx.query<NewAlert>(
    `INSERT INTO budget_alert (tenant_id, month, threshold, spent, amount, currency)
     SELECT * FROM (${REACHED}) r WHERE r.tenant_id = $1 ORDER BY threshold ON CONFLICT DO NOTHING
     RETURNING to_char(month, 'YYYY-MM') AS month, threshold, trim_scale(spent)::text AS spent,
       trim_scale(amount)::text AS amount, currency`,
    [tx.tenantId],
  );
}

/** How many tenants have messages waiting for their budget, or would have. */
export async function countHolds(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM tenant_budget b JOIN tenant t ON t.id = b.tenant_id
     CROSS JOIN LATERAL (SELECT ${THIS_MONTH} AS month) n WHERE b.hold AND ${SPENT} >= b.amount`,
  );
  return row?.count ?? 0;
}

/** Entries of one month from which on they are put together. */
const MANY_ENTRIES = 32;

/**
 * Puts many entries together to one of the same sum. Everybody sees the ones or the other, and the sum is the same at every
 * moment. What another worker has in hand is left out.
 */
export async function foldSpend(sql: Sql): Promise<number> {
  const rows = await sql.query(
    `WITH many AS (
       SELECT tenant_id, month, currency FROM tenant_spend GROUP BY 1, 2, 3 HAVING count(*) >= ${MANY_ENTRIES} LIMIT 100),
     taken AS (
       DELETE FROM tenant_spend WHERE ctid = ANY (ARRAY(
         SELECT s.ctid FROM many JOIN tenant_spend s USING (tenant_id, month, currency)
         LIMIT 20000 FOR UPDATE OF s SKIP LOCKED))
       RETURNING tenant_id, month, currency, amount)
     INSERT INTO tenant_spend (tenant_id, month, currency, amount)
     SELECT tenant_id, month, currency, sum(amount) FROM taken GROUP BY 1, 2, 3 RETURNING 1`,
  );
  return rows.length;
}

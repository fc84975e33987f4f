/** A held message is asked about again after so long; sooner when the month ends, and at once when the budget is changed. */
const ASKED_AGAIN = `interval '1 minute'`;

/** The first day of the month that it is for the tenant `t`. */
export const THIS_MONTH = `date_trunc('month', now() AT TIME ZONE t.timezone)::date`;

/** When the month after `n.month` begins for the tenant `t`. */
export const NEXT_MONTH = `((n.month + interval '1 month') AT TIME ZONE t.timezone)`;

/** What was spent in `n.month` out of the budget `b`. Costs in another currency are not converted, and do not count. */
export const SPENT = `(SELECT coalesce(sum(s.amount), 0) FROM tenant_spend s
  WHERE s.tenant_id = b.tenant_id AND s.month = n.month AND s.currency = b.currency)`;

/**
 * A SELECT over a relation `wanted` that has "tenantId": those of its tenants whose budget is used up and holds, with the lanes
 * that go out nevertheless. Summed up anew for every batch: what was settled before counts.
 */
export const HOLDS = `
SELECT b.tenant_id, b.exempt_lanes, extract(epoch FROM least(${NEXT_MONTH} - now(), ${ASKED_AGAIN}))::float8 * 1000 AS wait_ms,
  jsonb_build_object('type', 'budget', 'amount', b.amount::text, 'currency', b.currency, 'until', ${NEXT_MONTH},
    'since', b.updated_at) AS rule
FROM tenant_budget b JOIN tenant t ON t.id = b.tenant_id CROSS JOIN LATERAL (SELECT ${THIS_MONTH} AS month) n
WHERE b.hold AND b.tenant_id IN (SELECT "tenantId" FROM wanted) AND ${SPENT} >= b.amount`;

/** Why such a message waits. */
export const BUDGET_HELD = {
  code: 'budget_held',
  detail: 'The budget of this month is used up; the message waits until it is raised, or the month is over.',
  remedy: 'Raise the budget, or exempt the lane of the message (PUT /budget); else wait for the next month.',
} as const;

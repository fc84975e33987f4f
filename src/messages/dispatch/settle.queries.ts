import type { Sql } from '../../platform/db/sql';
import type { Fault, Money, Outcome } from '../../providers/provider';

/** What one attempt, or the gate, made of a message; written under the fence of the lease that it was made with. */
export interface Settlement {
  tenantId: string;
  id: string;
  channelId: string;
  fence: string;
  /** Number of the attempt; null when the gate said no and nothing was called. */
  attempt: number | null;
  outcome: Outcome | null;
  fault: Fault | null;
  status: 'SENT' | 'QUEUED' | 'UNKNOWN' | 'FAILED' | 'SUPPRESSED' | 'EXPIRED' | 'CANCELLED';
  reason: { code: string; detail: string } | null;
  /** The row that made the gate say no. */
  rule: object | null;
  /** Until the next attempt (QUEUED) or until the doubt is taken up (UNKNOWN), in milliseconds. */
  waitMs: number | null;
  /** Counts against the lane's limit of failures. */
  counts: boolean;
  /** Ends among the dead letters. */
  dead: boolean;
  providerMessageId: string | null;
  parts: number | null;
  cost: Money | null;
  /** What one part costs by the operator's table: an estimate where the provider told no cost. */
  unitPrice: Money | null;
}

/**
 * Attempt and message in one commit, for many messages at once. The fence decides: what a worker that lost its lease has to
 * say changes nothing. A webhook may have been faster than the provider's answer; then the status it brought
 * stays and only the facts of the answer are added. The attempts are looked up one by one, by key: as a join, a plan that was
 * made while the table was small would go through all of it at every settle.
 */
const SETTLE = `
WITH done AS (SELECT * FROM json_to_recordset($1::json) AS d("tenantId" uuid, id uuid, fence bigint, attempt smallint,
  outcome text, "faultClass" text, "faultCode" text, "faultMessage" text, status text, "reasonCode" text, "reasonDetail" text,
  rule jsonb, "waitMs" float8, counts boolean, dead boolean, "providerMessageId" text, parts smallint, amount numeric, currency text,
  "unitAmount" numeric, "unitCurrency" text)),
attempts AS (
  UPDATE message_attempt a SET settled_at = clock_timestamp(), outcome = d.outcome, fault_class = d."faultClass",
    fault_code = d."faultCode", fault_message = d."faultMessage", provider_message_id = d."providerMessageId",
    retry_at = CASE WHEN d.status = 'QUEUED' THEN now() + make_interval(secs => d."waitMs" / 1000) END
  FROM (SELECT d.*, own.ctid AS place FROM done d CROSS JOIN LATERAL (SELECT own.ctid FROM message_attempt own
    WHERE own.tenant_id = d."tenantId" AND own.message_id = d.id AND own.attempt_no = d.attempt AND own.fence = d.fence
      AND (own.settled_at IS NULL OR own.outcome IS NULL) FOR NO KEY UPDATE) own) d
  WHERE a.ctid = d.place
)
UPDATE communication_message m SET
  status = CASE WHEN m.status = 'SENDING' THEN d.status ELSE m.status END,
  status_at = CASE WHEN m.status = 'SENDING' AND d.status <> 'QUEUED' THEN now() ELSE m.status_at END,
  reason_code = CASE WHEN m.status = 'SENDING' THEN d."reasonCode" ELSE m.reason_code END,
  reason_detail = CASE WHEN m.status = 'SENDING' THEN d."reasonDetail" ELSE m.reason_detail END,
  reason_rule = CASE WHEN m.status = 'SENDING' THEN d.rule ELSE m.reason_rule END,
  due_at = CASE WHEN d.status = 'QUEUED' THEN now() + make_interval(secs => d."waitMs" / 1000) ELSE m.due_at END,
  resolve_at = CASE WHEN d.status = 'UNKNOWN' AND m.status = 'SENDING'
    THEN now() + make_interval(secs => d."waitMs" / 1000) END,
  attempts = coalesce(d.attempt, m.attempts),
  failures = m.failures + d.counts::int,
  lost_leases = CASE WHEN d.attempt IS NULL THEN m.lost_leases ELSE 0 END,
  dead_at = CASE WHEN d.dead AND m.status = 'SENDING' THEN now() END,
  lease_owner = NULL, lease_until = NULL,
  provider_message_id = coalesce(d."providerMessageId", m.provider_message_id),
  parts = coalesce(d.parts, m.parts),
  cost_amount = coalesce(d.amount, m.cost_amount, d."unitAmount" * coalesce(d.parts, m.parts, 1)),
  cost_currency = coalesce(d.currency, m.cost_currency, d."unitCurrency"),
  cost_estimated = CASE WHEN d.amount IS NOT NULL THEN false
    WHEN m.cost_amount IS NULL AND d."unitAmount" IS NOT NULL THEN true ELSE m.cost_estimated END,
  sent_at = CASE WHEN d.status = 'SENT' THEN coalesce(m.sent_at, now()) ELSE m.sent_at END,
  failed_at = CASE WHEN d.status = 'FAILED' AND m.status = 'SENDING' THEN now() ELSE m.failed_at END
FROM done d WHERE m.tenant_id = d."tenantId" AND m.id = d.id AND m.lease_token = d.fence
RETURNING 1`;

/** Writes settlements; answers how many messages were still held under their fence. */
export async function settleMessages(sql: Sql, settlements: readonly Settlement[]): Promise<number> {
  const rows = settlements.map(({ fault, reason, cost, unitPrice, ...s }) => ({
    ...s,
    faultClass: fault?.class,
    faultCode: fault?.code,
    faultMessage: fault?.message,
    reasonCode: reason?.code,
    reasonDetail: reason?.detail,
    amount: cost?.amount,
    currency: cost?.currency,
    unitAmount: unitPrice?.amount,
    unitCurrency: unitPrice?.currency,
  }));
  return (await sql.query(SETTLE, [JSON.stringify(rows)])).length;
}

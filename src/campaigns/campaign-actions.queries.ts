import { campaignLock } from '../messages/dispatch/campaign-lock';
import { CAMPAIGN_CANCELLED, CAMPAIGN_PAUSED } from '../messages/dispatch/settlement';
import { forbidNow } from '../platform/db/right-of-way';
import type { Tx } from '../platform/db/tenant-db';
import { waitForTurn } from '../platform/db/turn';
import type { CampaignMoney } from './campaign-response.dto';
import type { CampaignStatus } from './campaign-status';
import { BEGINS_AT } from './run/feeder.queries';

export interface CampaignState {
  id: string;
  status: CampaignStatus;
  scheduledAt: Date | null;
  isDue: boolean;
  isPrepared: boolean;
  recipients: boolean;
  hasSegment: boolean;
  createdBy: string | null;
  approvedBy: string | null;
  channelId: string;
  timezone: string | null;
  recurrence: string | null;
  /** Those with a rate of their own. */
  domains: string[];
}

/** Whoever stops a bulk send is not told to come again: on a busy server there may be seconds of work to wait for. */
const PATIENCE = '8s';

/** Held until the commit, so that two actions on one bulk send happen one after the other. */
export async function lockCampaign(tx: Tx, id: string): Promise<CampaignState | undefined> {
  await tx.query(`SELECT set_config('lock_timeout', $1, true)`, [PATIENCE]);
  await waitForTurn(tx, 'bulk_message_campaign', id);
  const [row] = await tx.query<CampaignState>(
    `SELECT id, status, scheduled_at AS "scheduledAt", scheduled_at IS NULL OR ${BEGINS_AT} <= now() AS "isDue",
       prepared_at IS NOT NULL AS "isPrepared", segment IS NOT NULL AS "hasSegment", created_by AS "createdBy",
       approved_by AS "approvedBy", channel_id AS "channelId", timezone, recurrence,
       ARRAY(SELECT d ->> 'domain' FROM jsonb_array_elements(domain_rates) AS d) AS domains,
       EXISTS (SELECT 1 FROM bulk_message_recipient r WHERE r.tenant_id = b.tenant_id AND r.campaign_id = b.id) AS recipients
     FROM bulk_message_campaign b WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE`,
    [tx.tenantId, id],
  );
  return row;
}

export async function setStatus(
  tx: Tx,
  id: string,
  status: CampaignStatus,
  reason?: { code: string; detail: string },
): Promise<void> {
  await tx.query(
    `UPDATE bulk_message_campaign SET status = $3, reason_code = $4, reason_detail = $5, updated_at = now(),
       started_at = CASE WHEN $3 IN ('PREPARING', 'RUNNING') THEN coalesce(started_at, now()) ELSE started_at END,
       finished_at = CASE WHEN $3 = 'CANCELLED' THEN now() WHEN $3 = 'RUNNING' THEN NULL ELSE finished_at END
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, status, reason?.code ?? null, reason?.detail ?? null],
  );
}

/**
 * From the commit on, no message of it starts: dispatches that are being decided finish before, later ones see what is written
 * here (docs/adr/0009). Its messages leave the queue at once, lest workers take them up only to lay them down again.
 */
export async function pauseCampaign(tx: Tx, id: string, reason?: { code: string; detail: string }): Promise<void> {
  await forbidNow(tx, [campaignLock(tx.tenantId, id)]);
  await setStatus(tx, id, 'PAUSED', reason);
  await tx.query(
    `UPDATE communication_message SET due_at = now() + interval '100 years', reason_code = $3, reason_detail = $4
     WHERE tenant_id = $1 AND campaign_id = $2 AND status = 'QUEUED' AND due_at <= now() + interval '1 minute'`,
    [tx.tenantId, id, CAMPAIGN_PAUSED.code, CAMPAIGN_PAUSED.detail],
  );
}

/** What it is expected to cost, as its start finds it. */
export async function noteEstimate(tx: Tx, id: string, cost: readonly CampaignMoney[] | null): Promise<void> {
  await tx.query(`UPDATE bulk_message_campaign SET estimated_cost = $3 WHERE tenant_id = $1 AND id = $2`, [
    tx.tenantId,
    id,
    cost && JSON.stringify(cost),
  ]);
}

/** What the pause took out of the queue comes back at once. */
export async function releaseMessages(tx: Tx, id: string): Promise<void> {
  await tx.query(
    `UPDATE communication_message SET due_at = now(), reason_code = NULL, reason_detail = NULL
     WHERE tenant_id = $1 AND campaign_id = $2 AND status = 'QUEUED' AND reason_code = $3`,
    [tx.tenantId, id, CAMPAIGN_PAUSED.code],
  );
}

/** A bulk send that had ended goes on. */
export async function runAgain(tx: Tx, id: string): Promise<void> {
  await tx.query(
    `UPDATE bulk_message_campaign SET status = 'RUNNING', finished_at = NULL, updated_at = now()
     WHERE tenant_id = $1 AND id = $2 AND status IN ('COMPLETED', 'PARTIALLY_FAILED', 'FAILED')`,
    [tx.tenantId, id],
  );
}

/** For good. Recipients who wait for their message need no mark of their own: they are read as cancelled with it. */
export async function cancelCampaign(tx: Tx, id: string): Promise<void> {
  await forbidNow(tx, [campaignLock(tx.tenantId, id)]);
  await setStatus(tx, id, 'CANCELLED');
  await tx.query(
    `UPDATE communication_message SET status = 'CANCELLED', status_at = now(), reason_code = $3, reason_detail = $4
     WHERE tenant_id = $1 AND campaign_id = $2 AND status = 'QUEUED'`,
    [tx.tenantId, id, CAMPAIGN_CANCELLED.code, CAMPAIGN_CANCELLED.detail],
  );
}

/**
 * Messages of it that failed after `after`, in the order of their ids: those that one retry takes at a time. Held, so that
 * two retries do not take the same.
 */
export async function failedMessages(
  tx: Tx,
  id: string,
  { reasons, after, limit }: { reasons: readonly string[] | null; after: string; limit: number },
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM communication_message
     WHERE tenant_id = $1 AND campaign_id = $2 AND status IN ('FAILED', 'EXPIRED') AND id > $3 AND erased_at IS NULL
       AND ($4::text[] IS NULL OR reason_code = ANY($4)) ORDER BY id LIMIT $5 FOR NO KEY UPDATE`,
    [tx.tenantId, id, after, reasons, limit],
  );
  return rows.map((row) => row.id);
}

/** Recipients for whom no message could be made wait for one again. Answers how many. */
export async function reopenRecipients(tx: Tx, id: string, reasons: readonly string[] | null): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `WITH reopened AS (
       UPDATE bulk_message_recipient SET status = 'PENDING', reason_code = NULL, reason_detail = NULL, variant = NULL,
         updated_at = now()
       WHERE tenant_id = $1 AND campaign_id = $2 AND status = 'FAILED' AND ($3::text[] IS NULL OR reason_code = ANY($3))
       RETURNING 1)
     SELECT count(*)::int AS count FROM reopened`,
    [tx.tenantId, id, reasons],
  );
  return row?.count ?? 0;
}

import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import type { DueThing } from '../../platform/time/clock';
import { BEGINS_AT } from './feeder.queries';

/** A recurring bulk send that waits for its next time. */
export interface RecurringCampaign {
  id: string;
  /** Its first time by the clocks of its zone. */
  firstLocalAt: string;
  timezone: string;
  recurrence: string;
  /** Its next time. */
  scheduledAt: Date;
  now: Date;
}

const COLUMNS = `id, first_local_at AS "firstLocalAt", coalesce(timezone, 'UTC') AS timezone, recurrence,
  scheduled_at AS "scheduledAt", clock_timestamp() AS now`;

/** Recurring ones whose time has come, over all tenants. */
export function listDueRecurring(sql: Sql, limit: number): Promise<DueThing[]> {
  return sql.query<DueThing>(
    `SELECT tenant_id AS "tenantId", id FROM bulk_message_campaign
     WHERE status = 'SCHEDULED' AND recurrence IS NOT NULL AND ${BEGINS_AT} <= clock_timestamp() ORDER BY scheduled_at LIMIT $1`,
    [limit],
  );
}

/** Held until the commit: whoever else comes finds its next time. Undefined when it waits no more. */
export async function takeRecurring(tx: Tx, id: string): Promise<RecurringCampaign | undefined> {
  const [row] = await tx.query<RecurringCampaign>(
    `SELECT ${COLUMNS} FROM bulk_message_campaign
     WHERE tenant_id = $1 AND id = $2 AND status = 'SCHEDULED' AND recurrence IS NOT NULL FOR NO KEY UPDATE`,
    [tx.tenantId, id],
  );
  return row;
}

/** Over all tenants: to work their times out anew when the rules of time zones changed. */
export function listRecurring(sql: Sql): Promise<(RecurringCampaign & { tenantId: string })[]> {
  return sql.query(
    `SELECT tenant_id AS "tenantId", ${COLUMNS} FROM bulk_message_campaign
     WHERE status IN ('SCHEDULED', 'PAUSED') AND recurrence IS NOT NULL AND scheduled_at > now()`,
  );
}

/** What of a recurring bulk send each run of it takes over. */
const TAKEN_OVER = `name, channel_id, template_id, content, purpose, topic, delivery, track_clicks, track_opens, segment, variants, timezone,
  in_recipient_timezone, rate_per_second, domain_rates, ramp_up, ab_test, auto_pause, metadata, created_by, approved_by,
  approved_at, estimated_cost`;

/** The bulk send of one time. A time that has one already stays as it is; false then. */
export async function insertRun(tx: Tx, { id, parentId, at }: { id: string; parentId: string; at: Date }) {
  const rows = await tx.query(
    `INSERT INTO bulk_message_campaign (tenant_id, id, parent_id, occurrence_at, scheduled_at, status, started_at, ${TAKEN_OVER})
     SELECT tenant_id, $3, id, $4, $4, 'PREPARING', now(), ${TAKEN_OVER} FROM bulk_message_campaign
     WHERE tenant_id = $1 AND id = $2
     ON CONFLICT (tenant_id, parent_id, occurrence_at) WHERE parent_id IS NOT NULL DO NOTHING RETURNING 1`,
    [tx.tenantId, parentId, id, at],
  );
  return rows.length > 0;
}

/** Sets the next time, or ends it when there is none; says what was missed. */
export async function advance(
  tx: Tx,
  id: string,
  { next, reason }: { next: Date | undefined; reason: { code: string; detail: string } | undefined },
): Promise<void> {
  await tx.query(
    `UPDATE bulk_message_campaign SET scheduled_at = coalesce($3, scheduled_at), updated_at = now(),
       status = CASE WHEN $3::timestamptz IS NULL THEN 'COMPLETED' ELSE status END,
       finished_at = CASE WHEN $3::timestamptz IS NULL THEN now() END,
       reason_code = coalesce($4, reason_code), reason_detail = coalesce($5, reason_detail)
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, next ?? null, reason?.code ?? null, reason?.detail ?? null],
  );
}

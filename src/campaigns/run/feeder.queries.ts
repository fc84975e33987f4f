import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import { waitForTurn } from '../../platform/db/turn';
import type { AbTest } from './variants';
import type { DomainRate, Pace, RampUp } from './pace';
import type { AutoPause } from './auto-pause';
import type { ChannelType } from '../../providers/provider';
import type { CampaignStatus } from '../campaign-status';
import type { Segment } from '../segments/segment-tree';

/**
 * When a bulk send has to begin. By the clocks of its recipients the first of them are on Kiritimati, up to 26 hours before
 * anybody else; each recipient has a time of its own then.
 */
export const BEGINS_AT = `(scheduled_at - CASE WHEN in_recipient_timezone THEN interval '26 hours' ELSE interval '0' END)`;

/** Bulk sends that one worker looks after at a time. */
const MOST_HELD = 100;

/**
 * Takes, and keeps, the bulk sends that have something to do. Which worker feeds one is a matter of not doing it twice over;
 * that no recipient is fed twice is held by the recipient's own row.
 */
export function holdCampaigns(sql: Sql, worker: { id: string; leaseSeconds: number }) {
  return sql.query<{ tenantId: string; id: string }>(
    `WITH due AS (
       SELECT tenant_id, id FROM bulk_message_campaign
       WHERE (status IN ('PREPARING', 'RUNNING') OR status = 'SCHEDULED' AND recurrence IS NULL AND ${BEGINS_AT} <= now())
         AND (feeder_until <= clock_timestamp() OR feeder = $1)
       ORDER BY feeder_until LIMIT ${MOST_HELD} FOR NO KEY UPDATE SKIP LOCKED)
     UPDATE bulk_message_campaign b SET feeder = $1, feeder_until = clock_timestamp() + make_interval(secs => $2)
     FROM due d WHERE b.tenant_id = d.tenant_id AND b.id = d.id
     RETURNING b.tenant_id AS "tenantId", b.id`,
    [worker.id, worker.leaseSeconds],
  );
}

/** Lets go of everything: another worker goes on at once. */
export async function releaseCampaigns(sql: Sql, workerId: string): Promise<void> {
  await sql.query(
    `UPDATE bulk_message_campaign SET feeder = NULL, feeder_until = '-infinity'
     WHERE feeder = $1 AND status IN ('SCHEDULED', 'PREPARING', 'RUNNING')`,
    [workerId],
  );
}

export interface VariantWords {
  templateId: string | null;
  content: Record<string, unknown> | null;
  weight: number;
}

/** A bulk send at work. */
export interface RunningCampaign {
  id: string;
  status: string;
  channelId: string;
  purpose: 'TRANSACTIONAL' | 'MARKETING';
  topic: string | null;
  delivery: 'at_least_once' | 'at_most_once';
  trackClicks: boolean | null;
  trackOpens: boolean | null;
  templateId: string | null;
  content: Record<string, unknown> | null;
  variants: VariantWords[];
  segment: Segment | null;
  channelType: ChannelType;
  isDue: boolean;
  isPrepared: boolean;
  scheduledAt: Date | null;
  timezone: string | null;
  inRecipientTimezone: boolean;
  ratePerSecond: number | null;
  domainRates: DomainRate[];
  rampUp: RampUp | null;
  abTest: AbTest | null;
  winner: number | null;
  autoPause: AutoPause | null;
  pace: Pace;
  parentId: string | null;
  preparedUntil: string | null;
  startedAt: Date | null;
  /** By the clock of the database. */
  now: Date;
  /** Its messages that wait or are on their way to the provider. */
  open: number;
}

/** Most messages of one bulk send in the queue: enough for every worker, and little to stop when it is paused. */
export const MOST_OPEN = 5_000;

export async function findRunning(tx: Tx, id: string): Promise<RunningCampaign | undefined> {
  const [row] = await tx.query<RunningCampaign>(
    `SELECT id, status, channel_id AS "channelId", coalesce(${BEGINS_AT} <= now(), true) AS "isDue",
       (SELECT h.channel_type FROM communication_channel h WHERE h.tenant_id = b.tenant_id AND h.id = b.channel_id) AS "channelType",
       prepared_at IS NOT NULL AS "isPrepared", purpose, topic, delivery,
       track_clicks AS "trackClicks", track_opens AS "trackOpens", template_id AS "templateId", content, variants,
       segment, scheduled_at AS "scheduledAt", timezone, in_recipient_timezone AS "inRecipientTimezone",
       rate_per_second::float8 AS "ratePerSecond", domain_rates AS "domainRates", ramp_up AS "rampUp", ab_test AS "abTest",
       winner, auto_pause AS "autoPause", pace, parent_id AS "parentId", prepared_until AS "preparedUntil", started_at AS "startedAt",
       clock_timestamp() AS now,
       (SELECT count(*)::int FROM (SELECT 1 FROM communication_message m WHERE m.tenant_id = b.tenant_id
         AND m.campaign_id = b.id AND m.status IN ('QUEUED', 'SENDING') LIMIT ${MOST_OPEN}) o) AS open
     FROM bulk_message_campaign b WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id],
  );
  return row;
}

/** A recipient whose turn it is, with what is known of whoever holds the address. */
export interface TurnRow {
  key: string;
  variables: Record<string, unknown>;
  throttle: string;
  /** The same for a recipient at every look; chance decides which variant it gets. */
  roll: number;
  name: string | null;
  language: string | null;
  attributes: Record<string, unknown> | null;
}

/** @param turns how many of each domain, '' being all that have no rate of their own. */
export function takeTurns(
  tx: Tx,
  campaignId: string,
  waves: readonly number[],
  { limit, turns }: { limit: number; turns: ReadonlyMap<string, number> },
): Promise<TurnRow[]> {
  return tx.query<TurnRow>(
    `SELECT t.recipient_key AS key, t.variables, t.throttle,
       (hashtextextended(t.recipient_key, hashtextextended($2::text, 0)) & 2147483647)::int AS roll,
       c.name, c.language, c.attributes
     FROM (
       SELECT r.recipient_key, r.variables, q.throttle, r.contact_id
       FROM unnest($3::smallint[]) AS w(wave) CROSS JOIN unnest($4::text[], $5::int[]) AS q(throttle, most)
       CROSS JOIN LATERAL (
         SELECT r.recipient_key, r.variables, r.contact_id FROM bulk_message_recipient r
         WHERE r.tenant_id = $1 AND r.campaign_id = $2::uuid AND r.status = 'PENDING' AND r.wave = w.wave
           AND r.throttle = q.throttle AND r.send_at <= now()
         ORDER BY r.send_at, r.recipient_key LIMIT q.most) r
       LIMIT $6) t
     JOIN bulk_message_campaign b ON b.tenant_id = $1 AND b.id = $2::uuid
     JOIN communication_channel h ON h.tenant_id = b.tenant_id AND h.id = b.channel_id
     LEFT JOIN contact_identity i ON i.tenant_id = $1 AND i.channel_type = h.channel_type AND i.address = t.recipient_key
     LEFT JOIN contact c ON c.tenant_id = $1 AND c.id = CASE WHEN i.contact_id IS NULL THEN t.contact_id ELSE i.contact_id END`,
    [tx.tenantId, campaignId, waves, [...turns.keys()], [...turns.values()], limit],
  );
}

/** What a recipient was given: a message, or the reason why none could be made. */
export interface Fed {
  key: string;
  messageId: string | null;
  variant: number | null;
  reasonCode: string | null;
  reasonDetail: string | null;
}

/** Writes it to the recipients. Answers how many of them were still waiting; all of them must have been. */
export async function markFed(tx: Tx, campaignId: string, fed: readonly Fed[]): Promise<number> {
  const rows = await tx.query(
    `UPDATE bulk_message_recipient r SET status = CASE WHEN f."messageId" IS NULL THEN 'FAILED' ELSE 'QUEUED' END,
       message_id = f."messageId", variant = f.variant, reason_code = f."reasonCode", reason_detail = f."reasonDetail",
       updated_at = now()
     FROM jsonb_to_recordset($3::jsonb) AS f(key text, "messageId" uuid, variant smallint, "reasonCode" text,
       "reasonDetail" text)
     WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.recipient_key = f.key AND r.status = 'PENDING'
     RETURNING 1`,
    [tx.tenantId, campaignId, JSON.stringify(fed)],
  );
  return rows.length;
}

/** Holds it against pause, cancel and changes until the commit, and says whether it still runs. */
export async function stillRuns(tx: Tx, id: string): Promise<boolean> {
  await waitForTurn(tx, 'bulk_message_campaign', id);
  const [row] = await tx.query<{ status: string }>(
    `SELECT status FROM bulk_message_campaign WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE`,
    [tx.tenantId, id],
  );
  return row?.status === 'RUNNING';
}

export async function savePace(tx: Tx, id: string, pace: Pace): Promise<void> {
  await tx.query(`UPDATE bulk_message_campaign SET pace = $3 WHERE tenant_id = $1 AND id = $2`, [
    tx.tenantId,
    id,
    JSON.stringify(pace),
  ]);
}

const OPEN = `EXISTS (SELECT 1 FROM communication_message m WHERE m.tenant_id = b.tenant_id AND m.campaign_id = b.id
  AND (m.status IN ('SCHEDULED', 'QUEUED', 'SENDING') OR m.status = 'UNKNOWN' AND m.resolve_at IS NOT NULL))`;

/** Recipients of it that went out, or did not although they should have. */
const hasMessage = (condition: string) => `EXISTS (SELECT 1 FROM communication_message m WHERE m.tenant_id = b.tenant_id
  AND m.campaign_id = b.id AND ${condition})`;
const WENT_OUT = hasMessage(`m.status IN ('SENT', 'DELIVERED', 'READ')`);
const FAILED = `(${hasMessage(`m.status IN ('FAILED', 'EXPIRED', 'UNKNOWN')`)} OR EXISTS (SELECT 1 FROM bulk_message_recipient r
  WHERE r.tenant_id = b.tenant_id AND r.campaign_id = b.id AND r.status = 'FAILED'))`;

/** Ends it when no recipient is open, and says honestly how. Answers whether it ended. */
export async function endIfDone(tx: Tx, id: string): Promise<string | undefined> {
  const [row] = await tx.query<{ status: string }>(
    `UPDATE bulk_message_campaign b SET finished_at = now(), updated_at = now(),
       status = CASE WHEN NOT ${FAILED} THEN 'COMPLETED' WHEN ${WENT_OUT} THEN 'PARTIALLY_FAILED' ELSE 'FAILED' END
     WHERE b.tenant_id = $1 AND b.id = $2 AND b.status = 'RUNNING' AND b.prepared_at IS NOT NULL AND NOT ${OPEN} AND NOT EXISTS (
       SELECT 1 FROM bulk_message_recipient r WHERE r.tenant_id = b.tenant_id AND r.campaign_id = b.id AND r.status = 'PENDING')
     RETURNING status`,
    [tx.tenantId, id],
  );
  return row?.status;
}

/** From one status to another, unless it has left the first by now. */
export async function moveCampaign(tx: Tx, id: string, from: CampaignStatus, to: CampaignStatus): Promise<void> {
  await tx.query(
    `UPDATE bulk_message_campaign SET status = $4, updated_at = now(), started_at = coalesce(started_at, now())
     WHERE tenant_id = $1 AND id = $2 AND status = $3`,
    [tx.tenantId, id, from, to],
  );
}

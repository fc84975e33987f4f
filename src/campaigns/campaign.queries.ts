import type { Tx } from '../platform/db/tenant-db';
import type { CampaignCounts, CampaignMoney, CampaignVariant, ReasonCount } from './campaign-response.dto';
import type { AutoPause } from './run/auto-pause';
import type { DomainRate, RampUp } from './run/pace';
import type { AbTest } from './run/variants';
import type { ContactAddresses } from './recipients';
import { BY_MESSAGE, BY_RECIPIENT } from './standing';

/** A bulk send as it is stored. */
export interface NewCampaign {
  id: string;
  name: string;
  channelId: string;
  templateId: string | null;
  content: object | null;
  variants: readonly CampaignVariant[];
  purpose: string;
  scheduledAt: string | null;
  /** By the clocks of its zone, where it recurs. */
  firstLocalAt: string | null;
  segment: object | null;
  inRecipientTimezone: boolean;
  timezone: string | null;
  recurrence: string | null;
  ratePerSecond: number | null;
  domainRates: readonly DomainRate[];
  rampUp: RampUp | null;
  abTest: AbTest | null;
  autoPause: AutoPause | null;
  topic: string | null;
  delivery: string;
  trackClicks: boolean | null;
  trackOpens: boolean | null;
  duplicates: number;
  createdBy: string;
  metadata: object;
}

/** A bulk send as it is read, with what its recipients say about it. */
export interface CampaignRow {
  id: string;
  name: string;
  channelId: string;
  channelType: string;
  templateId: string | null;
  content: Record<string, unknown> | null;
  variants: CampaignVariant[];
  purpose: string;
  status: string;
  scheduledAt: Date | null;
  timezone: string | null;
  recurrence: string | null;
  firstLocalAt: string | null;
  parentId: string | null;
  occurrenceAt: Date | null;
  segment: Record<string, unknown> | null;
  inRecipientTimezone: boolean;
  ratePerSecond: string | null;
  domainRates: DomainRate[];
  rampUp: RampUp | null;
  abTest: AbTest | null;
  winner: number | null;
  winnerDecidedAt: Date | null;
  autoPause: AutoPause | null;
  topic: string | null;
  delivery: string;
  tracking: { clicks: boolean | null; opens: boolean | null };
  duplicates: number;
  reasonCode: string | null;
  reasonDetail: string | null;
  createdBy: string | null;
  approvedBy: string | null;
  approvedAt: Date | null;
  metadata: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  counts: CampaignCounts;
  estimatedCost: CampaignMoney[] | null;
  cost: CampaignMoney[];
}

export async function insertCampaign(tx: Tx, campaign: NewCampaign): Promise<void> {
  await tx.query(
    `INSERT INTO bulk_message_campaign (tenant_id, id, name, channel_id, template_id, content, variants, purpose, status,
       scheduled_at, timezone, recurrence, rate_per_second, domain_rates, ramp_up, ab_test, auto_pause, topic, delivery,
       duplicates, created_by, first_local_at, segment, in_recipient_timezone, metadata, track_clicks, track_opens)
     SELECT $1, id, name, "channelId", "templateId", content, variants, purpose, 'DRAFT',
       "scheduledAt", timezone, recurrence, "ratePerSecond", "domainRates", "rampUp", "abTest", "autoPause", topic, delivery,
       duplicates, "createdBy", "firstLocalAt", segment, "inRecipientTimezone", metadata, "trackClicks", "trackOpens"
     FROM jsonb_to_record($2::jsonb) AS r(id uuid, name text, "channelId" uuid, "templateId" uuid, content jsonb,
       variants jsonb, purpose text, "scheduledAt" timestamptz, timezone text, recurrence text, "ratePerSecond" numeric,
       "domainRates" jsonb, "rampUp" jsonb, "abTest" jsonb, "autoPause" jsonb, topic text, delivery text, duplicates int,
       "createdBy" text, "firstLocalAt" text, segment jsonb, "inRecipientTimezone" boolean, metadata jsonb,
       "trackClicks" boolean, "trackOpens" boolean)`,
    [tx.tenantId, JSON.stringify(campaign)],
  );
}

/** Which of these contacts the tenant has, with the address that each has held longest for the channel type. */
export async function addressesOfContacts(
  tx: Tx,
  channelType: string,
  contactIds: readonly string[],
): Promise<ContactAddresses> {
  const rows = await tx.query<{ id: string; address: string | null }>(
    `SELECT c.id, i.address FROM contact c
     LEFT JOIN LATERAL (
       SELECT address FROM contact_identity i
       WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.id AND i.channel_type = $2
       ORDER BY i.created_at LIMIT 1) i ON true
     WHERE c.tenant_id = $1 AND c.id = ANY($3::uuid[]) AND c.deleted_at IS NULL`,
    [tx.tenantId, channelType, contactIds],
  );
  return new Map(rows.map(({ id, address }) => [id, address]));
}

/**
 * Counts and cost come from the recipients and their messages at every reading, never from a number kept beside them; all of
 * it in one statement, so that they sum up at every instant. The total is that of the recipients, whatever their messages say.
 */
const CAMPAIGN = `
SELECT b.id, b.name, b.channel_id AS "channelId", h.channel_type AS "channelType", b.template_id AS "templateId", b.content,
  b.variants, b.purpose, b.topic, b.delivery, b.status, b.reason_code AS "reasonCode", b.reason_detail AS "reasonDetail",
  jsonb_build_object('clicks', b.track_clicks, 'opens', b.track_opens) AS tracking, b.estimated_cost AS "estimatedCost",
  b.scheduled_at AS "scheduledAt", b.timezone, b.recurrence, b.first_local_at AS "firstLocalAt", b.parent_id AS "parentId",
  b.occurrence_at AS "occurrenceAt", b.segment, b.in_recipient_timezone AS "inRecipientTimezone", b.duplicates,
  b.rate_per_second AS "ratePerSecond", b.domain_rates AS "domainRates", b.ramp_up AS "rampUp", b.ab_test AS "abTest",
  b.winner, b.winner_decided_at AS "winnerDecidedAt", b.auto_pause AS "autoPause", b.metadata,
  b.created_by AS "createdBy", b.approved_by AS "approvedBy", b.approved_at AS "approvedAt",
  b.created_at AS "createdAt", b.updated_at AS "updatedAt", b.started_at AS "startedAt", b.finished_at AS "finishedAt",
  n.counts, s.cost
FROM bulk_message_campaign b
JOIN communication_channel h ON h.tenant_id = b.tenant_id AND h.id = b.channel_id
CROSS JOIN LATERAL (
  WITH recipients AS (
    SELECT r.status, count(*) AS n FROM bulk_message_recipient r
    WHERE r.tenant_id = b.tenant_id AND r.campaign_id = b.id GROUP BY r.status),
  standing AS (
    SELECT ${BY_RECIPIENT} AS state, n FROM recipients r WHERE r.status <> 'QUEUED'
    UNION ALL
    SELECT ${BY_MESSAGE}, count(*) FROM communication_message m
    WHERE m.tenant_id = b.tenant_id AND m.campaign_id = b.id GROUP BY m.status)
  SELECT jsonb_build_object('total', (SELECT coalesce(sum(n), 0)::bigint FROM recipients), 'excluded', 0, 'pending', 0, 'queued', 0,
    'sent', 0, 'delivered', 0, 'read', 0, 'failed', 0, 'suppressed', 0, 'cancelled', 0, 'unknown', 0)
    || (SELECT coalesce(jsonb_object_agg(lower(state), n), '{}') FROM (SELECT state, sum(n)::bigint AS n FROM standing GROUP BY state) each_once)
    AS counts) n
CROSS JOIN LATERAL (
  SELECT coalesce(jsonb_agg(s ORDER BY s.currency), '[]') AS cost FROM (
    SELECT trim_scale(sum(m.cost_amount))::text AS amount, m.cost_currency AS currency
    FROM communication_message m
    WHERE m.tenant_id = b.tenant_id AND m.campaign_id = b.id AND m.cost_amount IS NOT NULL
    GROUP BY m.cost_currency) s) s`;

export async function findCampaign(tx: Tx, id: string): Promise<CampaignRow | undefined> {
  const [row] = await tx.query<CampaignRow>(`${CAMPAIGN} WHERE b.tenant_id = $1 AND b.id = $2`, [tx.tenantId, id]);
  return row;
}

/** Newest first, one more than `limit`. */
export function listCampaigns(
  tx: Tx,
  { status, parentId, limit }: { status?: string; parentId?: string; limit: number },
  after: string | null,
): Promise<CampaignRow[]> {
  return tx.query<CampaignRow>(
    `${CAMPAIGN} WHERE b.tenant_id = $1 AND ($2::uuid IS NULL OR b.id < $2) AND ($3::text IS NULL OR b.status = $3)
       AND ($4::uuid IS NULL OR b.parent_id = $4) ORDER BY b.id DESC LIMIT $5`,
    [tx.tenantId, after, status ?? null, parentId ?? null, limit + 1],
  );
}

/** Why recipients are left out, suppressed, failed, cancelled or in doubt: how many for each reason. */
export function countReasons(tx: Tx, id: string): Promise<ReasonCount[]> {
  return tx.query<ReasonCount>(
    `SELECT status, "reasonCode", sum(n)::int AS count FROM (
       SELECT ${BY_RECIPIENT} AS status, r.reason_code AS "reasonCode", count(*) AS n
       FROM bulk_message_recipient r JOIN bulk_message_campaign b ON b.tenant_id = r.tenant_id AND b.id = r.campaign_id
       WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.status IN ('EXCLUDED', 'FAILED', 'CANCELLED') GROUP BY 1, 2
       UNION ALL
       SELECT ${BY_MESSAGE}, m.reason_code, count(*) FROM communication_message m
       WHERE m.tenant_id = $1 AND m.campaign_id = $2
         AND m.status IN ('SUPPRESSED', 'FAILED', 'EXPIRED', 'CANCELLED', 'UNKNOWN') GROUP BY 1, 2) each_table
     GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`,
    [tx.tenantId, id],
  );
}

import type { Tx } from '../platform/db/tenant-db';
import type { CampaignCounts, CampaignMoney, CampaignVariant } from './campaign-response.dto';
import type { ContactAddresses, Recipient } from './recipients';

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
  timezone: string | null;
  recurrence: string | null;
  ratePerSecond: number | null;
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
  ratePerSecond: string | null;
  metadata: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  counts: CampaignCounts;
  cost: CampaignMoney[];
}

export async function insertCampaign(tx: Tx, campaign: NewCampaign): Promise<void> {
  await tx.query(
    `INSERT INTO bulk_message_campaign (tenant_id, id, name, channel_id, template_id, content, variants, purpose, status,
       scheduled_at, timezone, recurrence, rate_per_second, metadata)
     SELECT $1, id, name, "channelId", "templateId", content, variants, purpose, 'DRAFT',
       "scheduledAt", timezone, recurrence, "ratePerSecond", metadata
     FROM jsonb_to_record($2::jsonb) AS r(id uuid, name text, "channelId" uuid, "templateId" uuid, content jsonb,
       variants jsonb, purpose text, "scheduledAt" timestamptz, timezone text, recurrence text, "ratePerSecond" numeric,
       metadata jsonb)`,
    [tx.tenantId, JSON.stringify(campaign)],
  );
}

/** All recipients in one statement. */
export async function insertRecipients(tx: Tx, campaignId: string, recipients: readonly Recipient[]): Promise<void> {
  await tx.query(
    `INSERT INTO bulk_message_recipient (tenant_id, campaign_id, recipient_key, contact_id, variables, status, reason_code)
     SELECT $1, $2, key, "contactId", variables, status, "reasonCode"
     FROM jsonb_to_recordset($3::jsonb)
       AS r(key text, "contactId" uuid, variables jsonb, status text, "reasonCode" text)`,
    [tx.tenantId, campaignId, JSON.stringify(recipients)],
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

/** Counts and cost come from the recipients at every reading, never from a number kept beside them. */
const CAMPAIGN = `
SELECT c.id, c.name, c.channel_id AS "channelId", h.channel_type AS "channelType", c.template_id AS "templateId", c.content,
  c.variants, c.purpose, c.status, c.scheduled_at AS "scheduledAt", c.timezone, c.recurrence,
  c.rate_per_second AS "ratePerSecond", c.metadata, c.created_at AS "createdAt", c.updated_at AS "updatedAt",
  c.started_at AS "startedAt", c.finished_at AS "finishedAt", n.counts, m.cost
FROM bulk_message_campaign c
JOIN communication_channel h ON h.tenant_id = c.tenant_id AND h.id = c.channel_id
CROSS JOIN LATERAL (
  SELECT jsonb_build_object('total', count(*),
    'excluded', count(*) FILTER (WHERE r.status = 'EXCLUDED'), 'pending', count(*) FILTER (WHERE r.status = 'PENDING'),
    'queued', count(*) FILTER (WHERE r.status = 'QUEUED'), 'sent', count(*) FILTER (WHERE r.status = 'SENT'),
    'delivered', count(*) FILTER (WHERE r.status = 'DELIVERED'), 'read', count(*) FILTER (WHERE r.status = 'READ'),
    'failed', count(*) FILTER (WHERE r.status = 'FAILED'), 'suppressed', count(*) FILTER (WHERE r.status = 'SUPPRESSED'),
    'cancelled', count(*) FILTER (WHERE r.status = 'CANCELLED'), 'unknown', count(*) FILTER (WHERE r.status = 'UNKNOWN')
  ) AS counts
  FROM bulk_message_recipient r WHERE r.tenant_id = c.tenant_id AND r.campaign_id = c.id) n
CROSS JOIN LATERAL (
  SELECT coalesce(jsonb_agg(s ORDER BY s.currency), '[]') AS cost FROM (
    SELECT trim_scale(sum(m.cost_amount))::text AS amount, m.cost_currency AS currency
    FROM bulk_message_recipient r JOIN communication_message m ON m.tenant_id = r.tenant_id AND m.id = r.message_id
    WHERE r.tenant_id = c.tenant_id AND r.campaign_id = c.id AND m.cost_amount IS NOT NULL AND m.cost_estimated IS NOT TRUE
    GROUP BY m.cost_currency) s) m`;

export async function findCampaign(tx: Tx, id: string): Promise<CampaignRow | undefined> {
  const [row] = await tx.query<CampaignRow>(`${CAMPAIGN} WHERE c.tenant_id = $1 AND c.id = $2`, [tx.tenantId, id]);
  return row;
}

/** Newest first, one more than `limit`. */
export function listCampaigns(
  tx: Tx,
  { status, limit }: { status?: string; limit: number },
  after: string | null,
): Promise<CampaignRow[]> {
  return tx.query<CampaignRow>(
    `${CAMPAIGN} WHERE c.tenant_id = $1 AND ($2::uuid IS NULL OR c.id < $2) AND ($3::text IS NULL OR c.status = $3)
     ORDER BY c.id DESC LIMIT $4`,
    [tx.tenantId, after, status ?? null, limit + 1],
  );
}

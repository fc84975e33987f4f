import type { Tx } from '../platform/db/tenant-db';
import { GATE, type GateVerdict } from '../preferences/gate/gate';
import type { CampaignMoney, CampaignVariant } from './campaign-response.dto';
import type { Recipient } from './recipients';
import { holdInMemory } from './segments/segment.queries';
import { segmentCondition, type Segment } from './segments/segment-tree';

export interface SampleQuestion {
  channelId: string;
  channelType: string;
  address: string;
  contactId: string | null;
  messageId: string;
  purpose: string;
  topic: string | null;
}

/** What the gate would say now of messages of a bulk send, in their order. */
export async function askGateOfSample(tx: Tx, questions: readonly SampleQuestion[]): Promise<GateVerdict[]> {
  const rows = await tx.query<{ messageId: string; verdict: GateVerdict }>(
    `WITH asked AS (SELECT $1::uuid AS tenant_id, q."channelId" AS channel_id, q."channelType" AS channel_type, q.address,
       q."contactId" AS contact_id, q."messageId" AS message_id, q.purpose, q.topic, 'bulk' AS lane
       FROM jsonb_to_recordset($2::jsonb) AS q("channelId" uuid, "channelType" text, address text, "contactId" uuid,
         "messageId" uuid, purpose text, topic text))
     SELECT message_id AS "messageId", verdict FROM (${GATE}) answer`,
    [tx.tenantId, JSON.stringify(questions)],
  );
  const verdicts = new Map(rows.map(({ messageId, verdict }) => [messageId, verdict]));
  return questions.map(({ messageId }) => verdicts.get(messageId) ?? 'GO');
}

/** Recipients that cost the same for each part. */
export interface PriceGroup {
  country: string | null;
  amount: string;
  currency: string;
  /** Parts of those that were in the sample; none for who would not get the message. */
  parts: number;
  /** Recipients beside the sample: each counts as many parts as the sample has on average. */
  others: number;
}

/** A sum of one country, or of all (`isTotal`), in one currency. */
export type PriceSum = CampaignMoney & { country: string | null; isTotal: boolean };

/** Money is reckoned in decimals: exact for the sample, rounded to six places for what is extrapolated. */
export function sumPrices(
  tx: Tx,
  groups: readonly PriceGroup[],
  sample: { parts: number; size: number; priced: number; all: number },
): Promise<PriceSum[]> {
  return tx.query<PriceSum>(
    `SELECT country, grouping(country) = 1 AS "isTotal", currency, trim_scale(round(sum(
       amount * (parts + others * $2::numeric / greatest($3::numeric, 1))) * $5::numeric / greatest($4::numeric, 1), 6))::text AS amount
     FROM jsonb_to_recordset($1::jsonb) AS g(country text, amount numeric, currency text, parts int, others int)
     GROUP BY GROUPING SETS ((country, currency), (currency)) ORDER BY currency`,
    [JSON.stringify(groups), sample.parts, sample.size, sample.priced, sample.all],
  );
}

/** What of a stored bulk send its cost hangs on. */
export interface StoredSend {
  channelId: string;
  templateId: string | null;
  content: Record<string, unknown> | null;
  variants: CampaignVariant[];
  purpose: string;
  topic: string | null;
  duplicates: number;
  /** Whose contacts are not among the recipients yet. */
  segment: Segment | null;
}

export async function findStoredSend(tx: Tx, campaignId: string): Promise<StoredSend | undefined> {
  const [row] = await tx.query<StoredSend>(
    `SELECT channel_id AS "channelId", template_id AS "templateId", content, variants, purpose, topic, duplicates,
       CASE WHEN prepared_at IS NULL THEN segment END AS segment
     FROM bulk_message_campaign WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, campaignId],
  );
  return row;
}

/** How many recipients of a stored bulk send stand where, with the reasons of those who are left out. */
export function countStored(
  tx: Tx,
  campaignId: string,
): Promise<{ status: string; reasonCode: string | null; count: number }[]> {
  return tx.query(
    `SELECT status, reason_code AS "reasonCode", count(*)::int AS count FROM bulk_message_recipient
     WHERE tenant_id = $1 AND campaign_id = $2 GROUP BY status, reason_code ORDER BY count(*) DESC, reason_code`,
    [tx.tenantId, campaignId],
  );
}

/** Every so-manieth of the recipients who have no message yet: spread evenly over all, in one pass. */
export function spreadOfStored(
  tx: Tx,
  campaignId: string,
  step: number,
): Promise<Pick<Recipient, 'key' | 'contactId' | 'variables'>[]> {
  return tx.query(
    `SELECT key, "contactId", variables FROM (
       SELECT recipient_key AS key, contact_id AS "contactId", variables,
         row_number() OVER (ORDER BY recipient_key) - 1 AS place
       FROM bulk_message_recipient WHERE tenant_id = $1 AND campaign_id = $2 AND status = 'PENDING') r
     WHERE place % $3::int = 0 ORDER BY key`,
    [tx.tenantId, campaignId, step],
  );
}

/** Contacts of a segment, and so many of those with an address that the others are like them. */
export interface SegmentAudience {
  /** Contacts about whom it is true. */
  total: number;
  /** Those of them with an address. */
  reachable: number;
  /** Addresses taken by chance. */
  addressed: Pick<Recipient, 'key' | 'contactId' | 'variables'>[];
}

/**
 * Whom a segment would reach now, asking for each contact's address by itself: a join compares each with each where the planner
 * does not know yet how many there are (10 s for 21,000 of a new tenant). A segment that takes too long ends as a statement
 * does that takes too long.
 */
export async function audienceOf(
  tx: Tx,
  segment: Segment,
  { channelType, limit }: { channelType: string; limit: number },
): Promise<SegmentAudience> {
  const { sql, values } = segmentCondition(segment, 4);
  await holdInMemory(tx);
  const [row] = await tx.once<SegmentAudience>(
    `WITH chosen AS MATERIALIZED (
       SELECT c.id FROM contact c WHERE c.tenant_id = $1 AND c.deleted_at IS NULL AND ${sql}),
     addressed AS MATERIALIZED (
       SELECT c.id AS contact_id, i.address FROM chosen c CROSS JOIN LATERAL (
         SELECT i.address FROM contact_identity i
         WHERE i.tenant_id = $1 AND i.contact_id = c.id AND i.channel_type = $2 ORDER BY i.created_at LIMIT 1) i)
     SELECT (SELECT count(*)::int FROM chosen) AS total, (SELECT count(*)::int FROM addressed) AS reachable,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('key', address, 'contactId', contact_id, 'variables', '{}'::jsonb)), '[]') FROM (
         SELECT address, contact_id FROM addressed ORDER BY hashtextextended(address, 0) LIMIT $3) chance) AS addressed`,
    [tx.tenantId, channelType, limit, ...values],
  );
  return row ?? { total: 0, reachable: 0, addressed: [] };
}

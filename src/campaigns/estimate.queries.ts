import type { Tx } from '../platform/db/tenant-db';
import { GATE, type GateVerdict } from '../preferences/gate/gate';
import type { CampaignMoney } from './campaign-response.dto';

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
  sample: { parts: number; size: number },
): Promise<PriceSum[]> {
  return tx.query<PriceSum>(
    `SELECT country, grouping(country) = 1 AS "isTotal", currency, trim_scale(round(sum(
       amount * (parts + others * $2::numeric / greatest($3::numeric, 1))), 6))::text AS amount
     FROM jsonb_to_recordset($1::jsonb) AS g(country text, amount numeric, currency text, parts int, others int)
     GROUP BY GROUPING SETS ((country, currency), (currency)) ORDER BY currency`,
    [JSON.stringify(groups), sample.parts, sample.size],
  );
}

import type { Tx } from '../../platform/db/tenant-db';
import type { RunningCampaign } from './feeder.queries';
import { WAVES } from './variants';

/** In which wave a recipient is: by chance, but always the same. */
const WAVE = `CASE WHEN $3::float8 IS NULL
    OR (hashtextextended(r.recipient_key, hashtextextended($2::text, 1)) & 2147483647) % 10000 < $3 * 100
  THEN ${WAVES.test} ELSE ${WAVES.rest} END`;

/** The domain of an address where it has a rate of its own. */
const THROTTLE = `CASE WHEN lower(split_part(r.recipient_key, '@', 2)) = ANY($4::text[])
  THEN lower(split_part(r.recipient_key, '@', 2)) ELSE '' END`;

/** Decides wave and domain of the next recipients in the order of their keys. Answers how many there were. */
export async function setTurns(
  tx: Tx,
  { id, abTest, domainRates, preparedUntil }: RunningCampaign,
  limit: number,
): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `WITH chunk AS (
       SELECT r.recipient_key FROM bulk_message_recipient r
       WHERE r.tenant_id = $1 AND r.campaign_id = $2::uuid AND r.recipient_key > $5 ORDER BY r.recipient_key LIMIT $6),
     turned AS (
       UPDATE bulk_message_recipient r SET wave = ${WAVE}, throttle = ${THROTTLE}
       FROM chunk WHERE r.tenant_id = $1 AND r.campaign_id = $2::uuid AND r.recipient_key = chunk.recipient_key
         AND r.status = 'PENDING'),
     noted AS (
       UPDATE bulk_message_campaign SET prepared_until = (SELECT max(recipient_key) FROM chunk)
       WHERE tenant_id = $1 AND id = $2::uuid AND EXISTS (SELECT 1 FROM chunk))
     SELECT count(*)::int AS count FROM chunk`,
    [
      tx.tenantId,
      id,
      abTest?.sharePercent ?? null,
      domainRates.map(({ domain }) => domain),
      preparedUntil ?? '',
      limit,
    ],
  );
  return row?.count ?? 0;
}

import type { Tx } from '../../platform/db/tenant-db';
import type { Reception } from './auto-pause';
import { WAVES, type TestMetric, type VariantResult } from './variants';

/** How the messages of a bulk send were received so far. Refused before they left is no bounce. */
export async function receptionOf(tx: Tx, campaignId: string): Promise<Reception> {
  const [row] = await tx.query<{ sent: number; bounced: number; complained: number }>(
    `SELECT
       (SELECT count(*)::int FROM communication_message m WHERE m.tenant_id = $1 AND m.campaign_id = $2
         AND m.status IN ('SENT', 'DELIVERED', 'READ')) AS sent,
       (SELECT count(*)::int FROM communication_message m WHERE m.tenant_id = $1 AND m.campaign_id = $2
         AND m.status = 'FAILED' AND m.sent_at IS NOT NULL) AS bounced,
       (SELECT count(*)::int FROM communication_message m WHERE m.tenant_id = $1 AND m.campaign_id = $2
         AND m.complained_at IS NOT NULL) AS complained`,
    [tx.tenantId, campaignId],
  );
  const { sent = 0, bounced = 0, complained = 0 } = row ?? {};
  return { wentOut: sent + bounced, bounced, complained };
}

const HITS: Readonly<Record<TestMetric, string>> = {
  DELIVERED: `m.status IN ('DELIVERED', 'READ')`,
  OPENED: `m.opened_at IS NOT NULL OR m.status = 'READ'`,
  CLICKED: `m.clicked_at IS NOT NULL`,
  REPLIED: `EXISTS (SELECT 1 FROM communication_session s WHERE s.tenant_id = m.tenant_id AND s.id = m.session_id
    AND s.last_inbound_at > m.sent_at)`,
};

/** What became of the variants among the recipients on whom they are tried. */
export function testResults(tx: Tx, campaignId: string, metric: TestMetric): Promise<VariantResult[]> {
  return tx.query<VariantResult>(
    `SELECT r.variant, count(*) FILTER (WHERE m.sent_at IS NOT NULL)::int AS sent, count(*) FILTER (WHERE ${HITS[metric]})::int AS hits
     FROM bulk_message_recipient r JOIN communication_message m ON m.tenant_id = r.tenant_id AND m.id = r.message_id
     WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.status = 'QUEUED' AND r.wave = ${WAVES.test} AND r.variant IS NOT NULL
     GROUP BY r.variant ORDER BY r.variant`,
    [tx.tenantId, campaignId],
  );
}

/** When the last message of the test was made; undefined while some of its recipients wait. */
export async function testOverSince(tx: Tx, campaignId: string): Promise<Date | undefined> {
  const [row] = await tx.query<{ at: Date | null }>(
    `SELECT max(m.created_at) AS at FROM bulk_message_recipient r
     JOIN communication_message m ON m.tenant_id = r.tenant_id AND m.id = r.message_id
     WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.status = 'QUEUED' AND r.wave = ${WAVES.test}
       AND NOT EXISTS (SELECT 1 FROM bulk_message_recipient p WHERE p.tenant_id = $1 AND p.campaign_id = $2
         AND p.status = 'PENDING' AND p.wave = ${WAVES.test})`,
    [tx.tenantId, campaignId],
  );
  return row?.at ?? undefined;
}

/** Once: the first decision stands. */
export async function saveWinner(tx: Tx, campaignId: string, winner: number): Promise<void> {
  await tx.query(
    `UPDATE bulk_message_campaign SET winner = $3, winner_decided_at = now(), updated_at = now()
     WHERE tenant_id = $1 AND id = $2 AND winner IS NULL`,
    [tx.tenantId, campaignId, winner],
  );
}

import type { Tx } from '../../platform/db/tenant-db';
import type { ChannelType } from '../../providers/provider';
import type { CampaignStatus } from '../campaign-status';

/** Where recipients are to go. */
export interface UploadTarget {
  status: CampaignStatus;
  channelType: ChannelType;
}

/** Holds the bulk send as it is until the commit: it is not started while recipients come in. Undefined for none. */
export async function holdTarget(tx: Tx, id: string): Promise<UploadTarget | undefined> {
  const [row] = await tx.query<UploadTarget>(
    `SELECT b.status, h.channel_type AS "channelType" FROM bulk_message_campaign b
     JOIN communication_channel h ON h.tenant_id = b.tenant_id AND h.id = b.channel_id
     WHERE b.tenant_id = $1 AND b.id = $2 FOR SHARE OF b`,
    [tx.tenantId, id],
  );
  return row;
}

/** The contacts that have these ids of yours, by them. */
export async function contactsOfExternalIds(tx: Tx, externalIds: readonly string[]): Promise<Map<string, string>> {
  if (!externalIds.length) return new Map();
  const rows = await tx.query<{ id: string; externalId: string }>(
    `SELECT id, external_id AS "externalId" FROM contact
     WHERE tenant_id = $1 AND external_id = ANY($2::text[]) AND deleted_at IS NULL`,
    [tx.tenantId, externalIds],
  );
  return new Map(rows.map(({ id, externalId }) => [externalId, id]));
}

export async function countRecipients(tx: Tx, campaignId: string): Promise<number> {
  const [row] = await tx.query<{ total: number }>(
    'SELECT count(*)::int AS total FROM bulk_message_recipient WHERE tenant_id = $1 AND campaign_id = $2',
    [tx.tenantId, campaignId],
  );
  return row?.total ?? 0;
}

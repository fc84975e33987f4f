import type { Tx } from '../platform/db/tenant-db';

export interface RecipientRow {
  /** Key of the recipient within its campaign; the position in the list. */
  id: string;
  contactId: string | null;
  messageId: string | null;
  status: string;
  reasonCode: string | null;
  variables: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
}

export async function campaignExists(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query('SELECT 1 FROM bulk_message_campaign WHERE tenant_id = $1 AND id = $2', [
    tx.tenantId,
    id,
  ]);
  return rows.length > 0;
}

/** In the order of their keys, one more than `limit`. */
export function listRecipients(
  tx: Tx,
  campaignId: string,
  { status, limit }: { status?: string; limit: number },
  after: string | null,
): Promise<RecipientRow[]> {
  return tx.query<RecipientRow>(
    `SELECT recipient_key AS id, contact_id AS "contactId", message_id AS "messageId", status, reason_code AS "reasonCode",
       variables, created_at AS "createdAt", updated_at AS "updatedAt"
     FROM bulk_message_recipient
     WHERE tenant_id = $1 AND campaign_id = $2 AND ($3::text IS NULL OR recipient_key > $3)
       AND ($4::text IS NULL OR status = $4)
     ORDER BY recipient_key LIMIT $5`,
    [tx.tenantId, campaignId, after, status ?? null, limit + 1],
  );
}

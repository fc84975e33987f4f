import type { Tx } from '../platform/db/tenant-db';
import type { RecipientStatus } from './campaign-status';
import type { Recipient } from './recipients';
import { BY_MESSAGE, BY_RECIPIENT } from './standing';

export interface RecipientRow {
  /** Position in the list. */
  id: string;
  /** Key of the recipient within its campaign: its address. */
  key: string;
  contactId: string | null;
  messageId: string | null;
  status: string;
  reasonCode: string | null;
  reasonDetail: string | null;
  variant: number | null;
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

/** Stores those that are not there yet. Answers how many that were. In the order of their keys, as every upload does it. */
export async function addRecipients(tx: Tx, campaignId: string, recipients: readonly Recipient[]): Promise<number> {
  const [row] = await tx.query<{ taken: number }>(
    `WITH stored AS (
       INSERT INTO bulk_message_recipient (tenant_id, campaign_id, recipient_key, contact_id, variables, status, reason_code)
       SELECT $1, $2, key, "contactId", variables, status, "reasonCode"
       FROM jsonb_to_recordset($3::jsonb)
         AS r(key text, "contactId" uuid, variables jsonb, status text, "reasonCode" text)
       ON CONFLICT (tenant_id, campaign_id, recipient_key) DO NOTHING RETURNING 1)
     SELECT count(*)::int AS taken FROM stored`,
    [tx.tenantId, campaignId, JSON.stringify(recipients)],
  );
  return row?.taken ?? 0;
}

const COLUMNS = `r.recipient_key AS key, coalesce(m.contact_id, r.contact_id) AS "contactId", r.message_id AS "messageId",
  CASE WHEN m.id IS NULL THEN ${BY_RECIPIENT} ELSE ${BY_MESSAGE} END AS status,
  coalesce(m.reason_code, r.reason_code) AS "reasonCode", coalesce(m.reason_detail, r.reason_detail) AS "reasonDetail",
  r.variant, r.variables, r.created_at AS "createdAt", greatest(r.updated_at, m.status_at) AS "updatedAt"`;
const FROM = `bulk_message_recipient r
  JOIN bulk_message_campaign b ON b.tenant_id = r.tenant_id AND b.id = r.campaign_id
  LEFT JOIN communication_message m ON m.tenant_id = r.tenant_id AND m.id = r.message_id`;

/** In the order of their keys, one more than `limit`. */
export function listRecipients(
  tx: Tx,
  campaignId: string,
  { status, limit }: { status?: RecipientStatus; limit: number },
  after: string | null,
): Promise<RecipientRow[]> {
  if (status) return listByStatus(tx, campaignId, { status, limit }, after);
  return tx.query<RecipientRow>(
    `SELECT r.recipient_key AS id, ${COLUMNS} FROM ${FROM}
     WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND ($3::text IS NULL OR r.recipient_key > $3)
     ORDER BY r.recipient_key LIMIT $4`,
    [tx.tenantId, campaignId, after, limit + 1],
  );
}

/** Which messages have recipients that stand there. */
const OF_STATUS: Readonly<Record<RecipientStatus, readonly string[]>> = {
  EXCLUDED: [],
  PENDING: [],
  QUEUED: ['SCHEDULED', 'QUEUED', 'SENDING'],
  SENT: ['SENT'],
  DELIVERED: ['DELIVERED'],
  READ: ['READ'],
  FAILED: ['FAILED', 'EXPIRED'],
  SUPPRESSED: ['SUPPRESSED'],
  CANCELLED: ['CANCELLED'],
  UNKNOWN: ['UNKNOWN'],
};

/**
 * Those without a message first, in the order of their keys, then the others in that of their messages: either half is read from
 * an index on what it stands by, so a page costs the same whether a thousand or a million of them stand elsewhere.
 */
function listByStatus(
  tx: Tx,
  campaignId: string,
  { status, limit }: { status: RecipientStatus; limit: number },
  after: string | null,
): Promise<RecipientRow[]> {
  return tx.query<RecipientRow>(
    `SELECT * FROM (
       (SELECT 'r:' || r.recipient_key AS id, ${COLUMNS} FROM ${FROM}
        WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.message_id IS NULL AND r.recipient_key > $4::text
          AND (r.status = $3 AND NOT (r.status = 'PENDING' AND b.status = 'CANCELLED')
            OR $3 = 'CANCELLED' AND r.status = 'PENDING' AND b.status = 'CANCELLED')
        ORDER BY r.recipient_key LIMIT CASE WHEN $5::uuid IS NULL THEN $7::int ELSE 0 END)
       UNION ALL
       (SELECT 's:' || m.id, ${COLUMNS} FROM communication_message m
        JOIN bulk_message_recipient r ON r.tenant_id = m.tenant_id AND r.message_id = m.id AND r.campaign_id = m.campaign_id
        JOIN bulk_message_campaign b ON b.tenant_id = r.tenant_id AND b.id = r.campaign_id
        WHERE m.tenant_id = $1 AND m.campaign_id = $2 AND m.status = ANY($6::text[])
          AND m.id > coalesce($5::uuid, '00000000-0000-0000-0000-000000000000')
        ORDER BY m.id LIMIT $7)) halves
     ORDER BY id LIMIT $7`,
    [
      tx.tenantId,
      campaignId,
      status,
      after?.startsWith('r:') ? after.slice(2) : '',
      after?.startsWith('s:') ? after.slice(2) : null,
      OF_STATUS[status],
      limit + 1,
    ],
  );
}

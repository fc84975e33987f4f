import type { Tx } from '../../platform/db/tenant-db';

/** One of our templates that the provider keeps. */
export interface KeptTemplate {
  id: string;
  name: string;
  language: string;
  providerTemplateName: string;
}

/** The templates of a channel type that the provider keeps. */
export function listKept(tx: Tx, channelType: string): Promise<KeptTemplate[]> {
  return tx.query<KeptTemplate>(
    `SELECT id, name, language, provider_template_name AS "providerTemplateName" FROM message_template
     WHERE tenant_id = $1 AND channel_type = $2 AND provider_template_name IS NOT NULL AND deleted_at IS NULL ORDER BY id`,
    [tx.tenantId, channelType],
  );
}

export interface ApprovalChange {
  id: string;
  status: string;
  reason: string | null;
}

/** Writes down what the provider said. */
export async function storeApprovals(tx: Tx, at: Date, changes: readonly ApprovalChange[]): Promise<void> {
  await tx.query(
    `UPDATE message_template t SET approval_status = c.status, approval_reason = c.reason, approval_synced_at = $3
     FROM jsonb_to_recordset($2::jsonb) AS c (id uuid, status text, reason text)
     WHERE t.tenant_id = $1 AND t.id = c.id`,
    [tx.tenantId, JSON.stringify(changes), at],
  );
}

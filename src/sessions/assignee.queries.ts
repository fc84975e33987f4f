import type { Tx } from '../platform/db/tenant-db';

/** Whether this is an active user of the tenant who may read messages on the channel type; held until the transaction ends. */
export async function mayBeAssigned(tx: Tx, userId: string, channelType: string): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 FROM tenant_user u JOIN user_communication_permission p ON p.tenant_id = u.tenant_id AND p.user_id = u.id
     WHERE u.tenant_id = $1 AND u.id = $2 AND u.status = 'ACTIVE' AND 'messages:read' = ANY (p.actions)
       AND (p.channel_type IS NULL OR p.channel_type = $3)
     LIMIT 1 FOR KEY SHARE OF u`,
    [tx.tenantId, userId, channelType],
  );
  return rows.length > 0;
}

import type { Tx } from '../../platform/db/tenant-db';

/** The contact's address for a channel type: the one it has held longest. Undefined for no address, or no such contact. */
export async function addressOfContact(tx: Tx, contactId: string, channelType: string): Promise<string | undefined> {
  const [row] = await tx.query<{ address: string }>(
    `SELECT i.address FROM contact_identity i JOIN contact c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id
     WHERE i.tenant_id = $1 AND i.contact_id = $2 AND i.channel_type = $3 AND c.deleted_at IS NULL
     ORDER BY i.created_at LIMIT 1`,
    [tx.tenantId, contactId, channelType],
  );
  return row?.address;
}

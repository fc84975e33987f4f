import type { ContactRow } from '../../contacts/contact.queries';
import type { Tx } from '../../platform/db/tenant-db';

/** A contact with its address for a channel type: the one it has held longest. Undefined for no address, or no such contact. */
export async function addressOfContact(
  tx: Tx,
  contactId: string,
  channelType: string,
): Promise<{ address: string; language: string | null } | undefined> {
  const [row] = await tx.query<{ address: string; language: string | null }>(
    `SELECT i.address, c.language FROM contact_identity i JOIN contact c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id
     WHERE i.tenant_id = $1 AND i.contact_id = $2 AND i.channel_type = $3 AND c.deleted_at IS NULL
     ORDER BY i.created_at LIMIT 1`,
    [tx.tenantId, contactId, channelType],
  );
  return row;
}

/** What is known of whoever holds an address; undefined where nobody does. */
export async function holderOf(
  tx: Tx,
  { channelType, address }: { channelType: string; address: string },
): Promise<Pick<ContactRow, 'name' | 'language' | 'attributes'> | undefined> {
  const [row] = await tx.query<Pick<ContactRow, 'name' | 'language' | 'attributes'>>(
    `SELECT c.name, c.language, c.attributes FROM contact_identity i
     JOIN contact c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id
     WHERE i.tenant_id = $1 AND i.channel_type = $2 AND i.address = $3`,
    [tx.tenantId, channelType, address],
  );
  return row;
}

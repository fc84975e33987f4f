import type { Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';

/** Gives an address to a contact that nobody else has; false when another contact has it. */
export async function claimIdentity(
  tx: Tx,
  contactId: string,
  { channelType, address }: { channelType: string; address: string },
): Promise<boolean> {
  const [holder] = await tx.query<{ contactId: string }>(
    `INSERT INTO contact_identity AS i (tenant_id, channel_type, address, contact_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, channel_type, address) DO UPDATE SET address = excluded.address
     RETURNING i.contact_id AS "contactId"`,
    [tx.tenantId, channelType, address, contactId],
  );
  return holder?.contactId === contactId;
}

/** Frees the contact's addresses of a channel type, but for the one to keep. */
export async function freeIdentities(
  tx: Tx,
  contactId: string,
  { channelType, keep }: { channelType: string; keep: string | null },
): Promise<void> {
  await tx.query(
    `DELETE FROM contact_identity
     WHERE tenant_id = $1 AND contact_id = $2 AND channel_type = $3 AND ($4::text IS NULL OR address <> $4)`,
    [tx.tenantId, contactId, channelType, keep],
  );
}

/** Frees every address of the contact. */
export async function freeAllIdentities(tx: Tx, contactId: string): Promise<void> {
  await tx.query(`DELETE FROM contact_identity WHERE tenant_id = $1 AND contact_id = $2`, [tx.tenantId, contactId]);
}

/**
 * What a contact refused stays refused when the contact goes: each address it did not want to be written to becomes a
 * suppression, because the next message to that address would make a new contact that refused nothing.
 */
const KEEP_REFUSALS = `
WITH refused AS (
  SELECT i.channel_type, i.address FROM contact_identity i
  JOIN contact_communication_preference p ON p.tenant_id = i.tenant_id AND p.contact_id = i.contact_id
  WHERE i.tenant_id = $1 AND i.contact_id = $2
    AND (p.do_not_contact OR p.channels -> i.channel_type ->> 'allowed' = 'false')
),
numbered AS (SELECT r.*, ids.id FROM (SELECT *, row_number() OVER () AS n FROM refused) r
  JOIN unnest($3::uuid[]) WITH ORDINALITY AS ids (id, n) USING (n))
INSERT INTO suppression (tenant_id, id, channel_type, address, purpose, reason, source)
SELECT $1, id, channel_type, address, 'ALL', 'MANUAL', 'preference of a deleted contact' FROM numbered
ON CONFLICT (tenant_id, channel_type, address, purpose, reason) WHERE lifted_at IS NULL
DO UPDATE SET expires_at = NULL`;

/** Call before the addresses are freed. */
export async function keepRefusals(tx: Tx, contactId: string): Promise<void> {
  const [held] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM contact_identity WHERE tenant_id = $1 AND contact_id = $2`,
    [tx.tenantId, contactId],
  );
  const ids = Array.from({ length: held?.count ?? 0 }, () => uuidv7());
  if (ids.length) await tx.query(KEEP_REFUSALS, [tx.tenantId, contactId, ids]);
}

import type { Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';

/** An address that a contact holds. */
export interface Held {
  channelType: string;
  /** Normalised. */
  address: string;
}

/** Gives an address to a contact that nobody else has; false when another contact has it. */
export async function claimIdentity(tx: Tx, contactId: string, { channelType, address }: Held): Promise<boolean> {
  const [holder] = await tx.query<{ contactId: string }>(
    `INSERT INTO contact_identity AS i (tenant_id, channel_type, address, contact_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, channel_type, address) DO UPDATE SET address = excluded.address
     RETURNING i.contact_id AS "contactId"`,
    [tx.tenantId, channelType, address, contactId],
  );
  return holder?.contactId === contactId;
}

/** Which contact holds an address; undefined when nobody does. */
export async function findHolder(tx: Tx, { channelType, address }: Held): Promise<string | undefined> {
  const [holder] = await tx.query<{ contactId: string }>(
    `SELECT contact_id AS "contactId" FROM contact_identity WHERE tenant_id = $1 AND channel_type = $2 AND address = $3`,
    [tx.tenantId, channelType, address],
  );
  return holder?.contactId;
}

/** An address with the time since when the contact holds it. */
export interface HeldSince extends Held {
  createdAt: Date;
}

/** The contact's addresses, those held longest first. */
export function listIdentities(tx: Tx, contactId: string): Promise<HeldSince[]> {
  return tx.query<HeldSince>(
    `SELECT channel_type AS "channelType", address, created_at AS "createdAt" FROM contact_identity
     WHERE tenant_id = $1 AND contact_id = $2 ORDER BY created_at, channel_type, address`,
    [tx.tenantId, contactId],
  );
}

/** Puts an address first among those of its channel type: it takes the place, and the time, of the one that was first. */
export async function putFirst(tx: Tx, contactId: string, { channelType, address }: Held): Promise<void> {
  await tx.query(
    `UPDATE contact_identity SET created_at = (SELECT min(created_at) FROM contact_identity
       WHERE tenant_id = $1 AND contact_id = $2 AND channel_type = $3)
     WHERE tenant_id = $1 AND contact_id = $2 AND channel_type = $3 AND address = $4`,
    [tx.tenantId, contactId, channelType, address],
  );
}

/** Which addresses of a contact are given up: this one, all of a channel type, or all. */
export interface GivenUp {
  channelType: string | null;
  address: string | null;
}

export const EVERY_ADDRESS: GivenUp = { channelType: null, address: null };

const GIVEN_UP = `i.tenant_id = $1 AND i.contact_id = $2 AND ($3::text IS NULL OR i.channel_type = $3)
  AND ($4::text IS NULL OR i.address = $4)`;

/**
 * What a contact refused stays refused when an address goes: each address that it did not want to be written to becomes a
 * suppression, because the next message to that address would make a new contact that refused nothing. A suppression knows no
 * topics: who refused one of them gets no advertising there at all.
 */
const KEEP_REFUSALS = `
WITH refused AS (
  SELECT i.channel_type, i.address, CASE WHEN p.do_not_contact OR p.channels -> i.channel_type ->> 'allowed' = 'false'
    THEN 'ALL' ELSE 'MARKETING' END AS purpose
  FROM contact_identity i
  JOIN contact_communication_preference p ON p.tenant_id = i.tenant_id AND p.contact_id = i.contact_id
  WHERE ${GIVEN_UP} AND (p.do_not_contact OR p.channels -> i.channel_type ->> 'allowed' = 'false'
    OR p.purposes -> 'MARKETING' ->> i.channel_type = 'false'
    OR EXISTS (SELECT 1 FROM jsonb_each(p.topics) AS t (name, choices) WHERE choices ->> i.channel_type = 'false'))
),
numbered AS (SELECT r.*, ids.id FROM (SELECT *, row_number() OVER () AS n FROM refused) r
  JOIN unnest($5::uuid[]) WITH ORDINALITY AS ids (id, n) USING (n))
INSERT INTO suppression (tenant_id, id, channel_type, address, purpose, reason, source)
SELECT $1, id, channel_type, address, purpose, 'MANUAL', 'preference of a contact that gave the address up' FROM numbered
ON CONFLICT (tenant_id, channel_type, address, purpose, reason) WHERE lifted_at IS NULL
DO UPDATE SET expires_at = NULL`;

/** Whoever writes from the address from now on, or is written to, is somebody else: that is another conversation. */
const END_CONVERSATIONS = `
UPDATE communication_session s SET status = 'COMPLETED', closed_at = now(), waiting_since = NULL, due_at = NULL,
  updated_at = now()
FROM contact_identity i
WHERE ${GIVEN_UP} AND s.tenant_id = $1 AND s.counterpart = i.address AND s.channel_type = i.channel_type
  AND s.contact_id = $2 AND s.status IN ('INITIATED', 'ACTIVE', 'PENDING')`;

/** Frees addresses for others, whatever the way: what was refused under them stays refused, conversations end. */
export async function freeIdentities(tx: Tx, contactId: string, { channelType, address }: GivenUp): Promise<void> {
  const which = [tx.tenantId, contactId, channelType, address];
  const held = await tx.query(`SELECT 1 FROM contact_identity i WHERE ${GIVEN_UP}`, which);
  if (!held.length) return;
  await tx.query(KEEP_REFUSALS, [...which, held.map(() => uuidv7())]);
  await tx.query(END_CONVERSATIONS, which);
  await tx.query(`DELETE FROM contact_identity i WHERE ${GIVEN_UP}`, which);
}

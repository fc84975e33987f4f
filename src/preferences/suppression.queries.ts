import { holdDispatch } from '../contacts/dispatch-hold';
import type { Tx } from '../platform/db/tenant-db';
import type { ChannelType } from '../providers/provider';
import { SAID_BY_PERSON, type SuppressionPurpose, type SuppressionReason } from './reasons';

export interface SuppressionRow {
  id: string;
  channelType: ChannelType;
  address: string;
  purpose: SuppressionPurpose;
  reason: SuppressionReason;
  source: string;
  messageId: string | null;
  expiresAt: Date | null;
  createdAt: Date;
}

export interface NewSuppression {
  id: string;
  channelType: ChannelType;
  /** Normalised. */
  address: string;
  purpose: SuppressionPurpose;
  reason: SuppressionReason;
  source: string;
  messageId: string | null;
  /** RFC 3339; null: for good. */
  expiresAt: string | null;
}

const SUPPRESSION = `id, channel_type AS "channelType", address, purpose, reason, source, message_id AS "messageId",
  expires_at AS "expiresAt", created_at AS "createdAt"`;

/** Whether it is about an address, or about what remains of it after erasure. */
const aboutAddress = (column: string, channelType: string, address: string) =>
  `${column} IN (${address}, (SELECT hidden_address(address_salt, ${channelType}, ${address}) FROM tenant WHERE id = $1))`;

/** One that has run out makes place, so that the unique index counts only those in force. */
const CLOSE_EXPIRED = `
UPDATE suppression SET lifted_at = expires_at
WHERE tenant_id = $1 AND channel_type = $2 AND address = $3 AND purpose = $4 AND reason = $5
  AND lifted_at IS NULL AND expires_at <= now()`;

/** The later end wins, and no end is the latest. */
const ADD = `
INSERT INTO suppression AS s (tenant_id, id, channel_type, address, purpose, reason, source, message_id, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (tenant_id, channel_type, address, purpose, reason) WHERE lifted_at IS NULL
DO UPDATE SET expires_at = CASE WHEN s.expires_at IS NULL OR excluded.expires_at IS NULL THEN NULL
  ELSE greatest(s.expires_at, excluded.expires_at) END
RETURNING ${SUPPRESSION}`;

/**
 * Puts a suppression in force; one of the same kind that is in force already stays, and lasts as long as either. From the
 * commit on, no dispatch to the address starts.
 */
export async function addSuppression(tx: Tx, suppression: NewSuppression): Promise<SuppressionRow> {
  const { id, channelType, address, purpose, reason, source, messageId, expiresAt } = suppression;
  holdDispatch(tx, [suppression]);
  await tx.query(CLOSE_EXPIRED, [tx.tenantId, channelType, address, purpose, reason]);
  const values = [tx.tenantId, id, channelType, address, purpose, reason, source, messageId, expiresAt];
  const [row] = await tx.query<SuppressionRow>(ADD, values);
  if (!row) throw new Error('A suppression was neither stored nor found');
  return row;
}

const IN_FORCE = 'lifted_at IS NULL AND (expires_at IS NULL OR expires_at > now())';

export interface SuppressionFilter {
  channelType: string | null;
  address: string | null;
  reason: string | null;
  /** Id to continue behind. */
  after: string | null;
  limit: number;
}

const LIST = `
SELECT ${SUPPRESSION} FROM suppression
WHERE tenant_id = $1 AND ${IN_FORCE} AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR channel_type = $3)
  AND ($4::text IS NULL OR ${aboutAddress('address', '$3', '$4')}) AND ($5::text IS NULL OR reason = $5)
ORDER BY id DESC LIMIT $6`;

/** Those in force, newest first, one more than the limit. */
export function listSuppressions(tx: Tx, filter: SuppressionFilter): Promise<SuppressionRow[]> {
  const { channelType, address, reason, after, limit } = filter;
  return tx.query<SuppressionRow>(LIST, [tx.tenantId, after, channelType, address, reason, limit + 1]);
}

/** The one of this id, locked, while it is in force; else undefined. */
export async function findInForce(tx: Tx, id: string): Promise<SuppressionRow | undefined> {
  const [row] = await tx.query<SuppressionRow>(
    `SELECT ${SUPPRESSION} FROM suppression WHERE tenant_id = $1 AND id = $2 AND ${IN_FORCE} FOR UPDATE`,
    [tx.tenantId, id],
  );
  return row;
}

export async function liftSuppression(tx: Tx, id: string): Promise<void> {
  await tx.query(`UPDATE suppression SET lifted_at = now() WHERE tenant_id = $1 AND id = $2`, [tx.tenantId, id]);
}

/** The person takes back an opt-out: both purposes of the address. */
export async function liftOptOuts(tx: Tx, channelType: ChannelType, address: string): Promise<void> {
  await tx.query(
    `UPDATE suppression SET lifted_at = now()
     WHERE tenant_id = $1 AND channel_type = $2 AND ${aboutAddress('address', '$2', '$3')}
       AND reason = 'OPTED_OUT' AND lifted_at IS NULL`,
    [tx.tenantId, channelType, address],
  );
}

/** What keeps every message from the addresses of a contact: the person's own word first. */
export function suppressionsOfContact(tx: Tx, contactId: string): Promise<SuppressionRow[]> {
  return tx.query<SuppressionRow>(
    `SELECT ${SUPPRESSION} FROM (
       SELECT s.* FROM contact_identity i JOIN suppression s ON s.tenant_id = $1 AND s.channel_type = i.channel_type
         AND ${aboutAddress('s.address', 'i.channel_type', 'i.address')}
       WHERE i.tenant_id = $1 AND i.contact_id = $2) of_contact
     WHERE purpose = 'ALL' AND ${IN_FORCE}
     ORDER BY reason = ANY ($3::text[]) DESC, id`,
    [tx.tenantId, contactId, SAID_BY_PERSON],
  );
}

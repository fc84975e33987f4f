import type { Tx } from '../platform/db/tenant-db';
import { readContactRef } from './contact-ref';

/** A contact with one address for each channel type: the one it has held longest. */
export interface ContactRow {
  id: string;
  externalId: string | null;
  name: string | null;
  language: string | null;
  timezone: string | null;
  attributes: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
  /** Address by channel type. */
  addresses: Readonly<Record<string, string>>;
}

const CONTACT = `c.id, c.external_id AS "externalId", c.name, c.language, c.timezone, c.attributes,
  c.created_at AS "createdAt", c.updated_at AS "updatedAt",
  (SELECT coalesce(jsonb_object_agg(channel_type, address), '{}') FROM (
    SELECT DISTINCT ON (i.channel_type) i.channel_type, i.address FROM contact_identity i
    WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.id ORDER BY i.channel_type, i.created_at, i.address) first
  ) AS addresses`;

const BY_ID = `SELECT ${CONTACT} FROM contact c WHERE c.tenant_id = $1 AND c.id = $2 AND c.deleted_at IS NULL`;
const BY_EXTERNAL_ID = `SELECT ${CONTACT} FROM contact c
  WHERE c.tenant_id = $1 AND c.external_id = $2 AND c.deleted_at IS NULL`;

/** The contact that a reference names; undefined for none, a deleted one, and another tenant's. */
export async function findContact(tx: Tx, ref: string): Promise<ContactRow | undefined> {
  const key = readContactRef(ref);
  const [row] =
    'id' in key
      ? await tx.query<ContactRow>(BY_ID, [tx.tenantId, key.id])
      : await tx.query<ContactRow>(BY_EXTERNAL_ID, [tx.tenantId, key.externalId]);
  return row;
}

/** What a list is narrowed to; null: not by this. Addresses are normalised. */
export interface ContactFilter {
  search: string | null;
  externalId: string | null;
  email: string | null;
  phone: string | null;
  /** Id to continue behind. */
  after: string | null;
  limit: number;
}

const HAS_ADDRESS = `EXISTS (SELECT 1 FROM contact_identity i
  WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.id AND`;

const LIST = `
SELECT ${CONTACT} FROM contact c
WHERE c.tenant_id = $1 AND c.deleted_at IS NULL
  AND ($2::uuid IS NULL OR c.id < $2)
  AND ($3::text IS NULL OR c.external_id = $3)
  AND ($4::text IS NULL OR ${HAS_ADDRESS} i.channel_type = 'EMAIL' AND i.address = $4))
  AND ($5::text IS NULL OR ${HAS_ADDRESS} i.channel_type = 'SMS' AND i.address = $5))
  AND ($6::text IS NULL OR c.name ILIKE $6 OR c.external_id ILIKE $6 OR ${HAS_ADDRESS} i.address ILIKE $6))
ORDER BY c.id DESC LIMIT $7`;

/** Newest first, one more than asked for, so that the caller knows whether there is another page. */
export function listContacts(tx: Tx, filter: ContactFilter): Promise<ContactRow[]> {
  const { search, externalId, email, phone, after, limit } = filter;
  const pattern = search === null ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return tx.query<ContactRow>(LIST, [tx.tenantId, after, externalId, email, phone, pattern, limit + 1]);
}

/** Makes an empty contact; false when a contact with this externalId exists, whoever made it first. */
export async function insertContact(tx: Tx, id: string, externalId: string | null): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO contact (tenant_id, id, external_id) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id, external_id) WHERE external_id IS NOT NULL AND deleted_at IS NULL DO NOTHING RETURNING id`,
    [tx.tenantId, id, externalId],
  );
  return rows.length > 0;
}

/** Whether another contact than this one has the externalId. */
export async function externalIdIsTaken(tx: Tx, externalId: string, by: { otherThan: string }): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 FROM contact WHERE tenant_id = $1 AND external_id = $2 AND id <> $3 AND deleted_at IS NULL`,
    [tx.tenantId, externalId, by.otherThan],
  );
  return rows.length > 0;
}

/** Fields to change: those left out stay, null empties. */
export interface ContactChange {
  externalId?: string | null;
  name?: string | null;
  language?: string | null;
  timezone?: string | null;
  attributes?: Record<string, unknown>;
}

const CHANGE = `
UPDATE contact SET
  external_id = CASE WHEN $3::jsonb ? 'externalId' THEN $3 ->> 'externalId' ELSE external_id END,
  name = CASE WHEN $3 ? 'name' THEN $3 ->> 'name' ELSE name END,
  language = CASE WHEN $3 ? 'language' THEN $3 ->> 'language' ELSE language END,
  timezone = CASE WHEN $3 ? 'timezone' THEN $3 ->> 'timezone' ELSE timezone END,
  attributes = coalesce($3 -> 'attributes', attributes),
  updated_at = now()
WHERE tenant_id = $1 AND id = $2`;

/** Writes the fields that are named. */
export async function changeContact(tx: Tx, id: string, change: ContactChange): Promise<void> {
  await tx.query(CHANGE, [tx.tenantId, id, JSON.stringify(change)]);
}

/** The contact is gone, its messages stay. */
export async function markDeleted(tx: Tx, id: string): Promise<void> {
  await tx.query(`UPDATE contact SET deleted_at = now() WHERE tenant_id = $1 AND id = $2`, [tx.tenantId, id]);
}

import type { Tx } from '../platform/db/tenant-db';
import { readContactRef } from './contact-ref';
import { hasReference, type ExternalReference } from './external-references';

/** A contact with its addresses. */
export interface ContactRow {
  id: string;
  externalId: string | null;
  name: string | null;
  language: string | null;
  timezone: string | null;
  attributes: Record<string, unknown>;
  externalReferences: readonly ExternalReference[];
  createdAt: Date;
  updatedAt: Date;
  /** Those held longest first; times as RFC 3339. */
  identities: readonly { channelType: string; address: string; createdAt: string }[];
}

const CONTACT = `c.id, c.external_id AS "externalId", c.name, c.language, c.timezone, c.attributes,
  c.external_references AS "externalReferences",
  c.created_at AS "createdAt", c.updated_at AS "updatedAt",
  (SELECT coalesce(jsonb_agg(jsonb_build_object('channelType', i.channel_type, 'address', i.address,
      'createdAt', i.created_at) ORDER BY i.created_at, i.channel_type, i.address), '[]')
    FROM contact_identity i WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.id) AS identities`;

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

/** Holds the contact against other changes until the end of the transaction; its id, or undefined for none. */
export async function lockContact(tx: Tx, ref: string): Promise<string | undefined> {
  const key = readContactRef(ref);
  const [row] =
    'id' in key
      ? await tx.query<{ id: string }>(`${LOCK} AND c.id = $2 FOR NO KEY UPDATE`, [tx.tenantId, key.id])
      : await tx.query<{ id: string }>(`${LOCK} AND c.external_id = $2 FOR NO KEY UPDATE`, [
          tx.tenantId,
          key.externalId,
        ]);
  return row?.id;
}

const LOCK = `SELECT c.id FROM contact c WHERE c.tenant_id = $1 AND c.deleted_at IS NULL`;

/** Which contact the one of this id became part of; undefined for every other reference. */
export async function findMergedInto(tx: Tx, ref: string): Promise<string | undefined> {
  const key = readContactRef(ref);
  if (!('id' in key)) return undefined;
  const [row] = await tx.query<{ mergedInto: string }>(
    `SELECT merged_into AS "mergedInto" FROM contact
     WHERE tenant_id = $1 AND id = $2 AND merged_into IS NOT NULL AND erased_at IS NULL`,
    [tx.tenantId, key.id],
  );
  return row?.mergedInto;
}

/** What a list is narrowed to; null: not by this. Addresses are normalised. */
export interface ContactFilter {
  search: string | null;
  externalId: string | null;
  email: string | null;
  phone: string | null;
  /** A language, and with it those that are spoken in one place: de finds de-AT. */
  language: string | null;
  /** One of the contact's attributes, its value as text. */
  attribute: { key: string; value: string } | null;
  /** What another system calls it. */
  reference: { system: string; id: string } | null;
  /** Id to continue behind. */
  after: string | null;
  limit: number;
}

const HAS_ADDRESS = `c.id IN (SELECT i.contact_id FROM contact_identity i WHERE i.tenant_id = $1 AND`;

/**
 * What each filter asks, with the place of its value. Only those that are given stand in the statement: behind an OR with a
 * parameter no index is used. Addresses are kept in lower case, or as a provider spells its ids, so LIKE finds them; it costs a
 * tenth of ILIKE. There is no trigram index: ILIKE is not leakproof, so below row-level security it would not be used.
 */
const CONDITIONS: Readonly<Record<keyof Omit<ContactFilter, 'limit'>, (place: string) => string>> = {
  after: (place) => `c.id < ${place}`,
  externalId: (place) => `c.external_id = ${place}`,
  email: (place) => `${HAS_ADDRESS} i.channel_type = 'EMAIL' AND i.address = ${place})`,
  phone: (place) => `${HAS_ADDRESS} i.channel_type = 'SMS' AND i.address = ${place})`,
  search: (place) => `(c.name ILIKE ${place} OR c.external_id ILIKE ${place}
    OR ${HAS_ADDRESS} i.address LIKE ANY (ARRAY[lower(${place}), ${place}])))`,
  language: (place) => `(c.language = ${place} OR c.language LIKE ${place} || '-%')`,
  attribute: (place) => `c.attributes ->> (${place}::jsonb ->> 'key') = ${place}::jsonb ->> 'value'`,
  reference: (place) => hasReference('c.external_references', place),
};
const FILTERS = ['after', 'externalId', 'email', 'phone', 'search', 'language', 'attribute', 'reference'] as const;

/** Newest first, one more than asked for, so that the caller knows whether there is another page. */
export function listContacts(tx: Tx, filter: ContactFilter): Promise<ContactRow[]> {
  const { limit, search, attribute, reference } = filter;
  const values = {
    ...filter,
    search: search && `%${search.replace(/[\\%_]/g, '\\$&')}%`,
    attribute: attribute && JSON.stringify(attribute),
    reference: reference && JSON.stringify(reference),
  };
  const given = FILTERS.filter((name) => values[name] !== null);
  const conditions = given.map((name, index) => ` AND ${CONDITIONS[name](`$${index + 3}`)}`).join('');
  return tx.query<ContactRow>(
    `SELECT ${CONTACT} FROM contact c WHERE c.tenant_id = $1 AND c.deleted_at IS NULL${conditions}
     ORDER BY c.id DESC LIMIT $2`,
    [tx.tenantId, limit + 1, ...given.map((name) => values[name])],
  );
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
  externalReferences?: readonly ExternalReference[];
}

const CHANGE = `
UPDATE contact SET
  external_id = CASE WHEN $3::jsonb ? 'externalId' THEN $3 ->> 'externalId' ELSE external_id END,
  name = CASE WHEN $3 ? 'name' THEN $3 ->> 'name' ELSE name END,
  language = CASE WHEN $3 ? 'language' THEN $3 ->> 'language' ELSE language END,
  timezone = CASE WHEN $3 ? 'timezone' THEN $3 ->> 'timezone' ELSE timezone END,
  attributes = coalesce($3 -> 'attributes', attributes),
  external_references = coalesce($3 -> 'externalReferences', external_references),
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

import { setFirstAddress } from '../first-address';
import type { Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { ImportRow } from './import-row';
import { planRows, type Known, type KnownContact, type NewAddress, type OnConflict, type Plan } from './import-plan';

/** Stores rows of which no two name the same. Throws where somebody else stores one of them at the same moment. */
export async function storeRows(tx: Tx, rows: readonly ImportRow[], onConflict: OnConflict): Promise<Plan> {
  const plan = planRows(rows, await findKnown(tx, rows), { onConflict, newId: uuidv7 });
  if (plan.update.length) await changeContacts(tx, plan.update);
  const created = plan.create.flatMap(({ id, row }) =>
    row.addresses.map(({ channelType, address }) => ({ contactId: id, channelType, address })),
  );
  if (plan.create.length) await insert(tx, plan.create, created);
  // As a change of the one contact does it: what was refused under the address that goes stays refused.
  for (const { contactId, ...change } of plan.readdress) await setFirstAddress(tx, contactId, change);
  return plan;
}

/**
 * Row by row through the index, whatever the planner thinks of the table: a join of thousands of keys with a table of which it
 * knows nothing yet would read all of the table each time.
 */
const KNOWN = `
SELECT 'id' AS "channelType", k AS key, c.*
FROM unnest($2::text[]) k CROSS JOIN LATERAL (
  SELECT c.id, c.external_id AS "externalId",
    CASE WHEN $5 THEN ARRAY(SELECT jsonb_object_keys(c.attributes)) ELSE '{}' END AS "attributeKeys"
  FROM contact c WHERE c.tenant_id = $1 AND c.external_id = k AND c.deleted_at IS NULL LIMIT 1
) c
UNION ALL
SELECT k.channel_type, k.address, c.*
FROM unnest($3::text[], $4::text[]) AS k (channel_type, address) CROSS JOIN LATERAL (
  SELECT i.contact_id FROM contact_identity i
  WHERE i.tenant_id = $1 AND i.channel_type = k.channel_type AND i.address = k.address LIMIT 1
) i CROSS JOIN LATERAL (
  SELECT c.id, c.external_id, CASE WHEN $5 THEN ARRAY(SELECT jsonb_object_keys(c.attributes)) ELSE '{}' END
  FROM contact c WHERE c.tenant_id = $1 AND c.id = i.contact_id LIMIT 1
) c`;

interface KnownRow extends KnownContact {
  channelType: string;
  key: string;
}

async function findKnown(tx: Tx, rows: readonly ImportRow[]): Promise<Known> {
  const addresses = rows.flatMap((row) => row.addresses);
  const found = await tx.query<KnownRow>(KNOWN, [
    tx.tenantId,
    rows.map(({ externalId }) => externalId).filter((id) => id !== null),
    addresses.map(({ channelType }) => channelType),
    addresses.map(({ address }) => address),
    rows.some(({ attributes }) => attributes !== null),
  ]);
  const byExternalId = new Map<string, KnownContact>();
  const byAddress = new Map<string, KnownContact>();
  for (const { channelType, key, ...contact } of found)
    if (channelType === 'id') byExternalId.set(key, contact);
    else byAddress.set(`${channelType} ${key}`, contact);
  return { byExternalId, byAddress };
}

const INSERT = `
WITH made AS (
  INSERT INTO contact (tenant_id, id, external_id, name, language, timezone, attributes)
  SELECT $1, r.id, r.external_id, r.name, r.language, r.timezone, coalesce(r.attributes, '{}')
  FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
    AS r (id, external_id, name, language, timezone, attributes)
)
INSERT INTO contact_identity (tenant_id, channel_type, address, contact_id)
SELECT $1, a.channel_type, a.address, a.contact_id
FROM unnest($8::text[], $9::text[], $10::uuid[]) AS a (channel_type, address, contact_id)`;

/** New contacts and their addresses in one statement; whatever is there already ends the transaction. */
async function insert(tx: Tx, contacts: Plan['create'], addresses: readonly NewAddress[]): Promise<void> {
  await tx.query(INSERT, [tx.tenantId, ...columnsOf(contacts), ...addressColumns(addresses)]);
}

const CHANGE = `
UPDATE contact c SET
  external_id = coalesce(c.external_id, r.external_id),
  name = coalesce(r.name, c.name),
  language = coalesce(r.language, c.language),
  timezone = coalesce(r.timezone, c.timezone),
  attributes = c.attributes || coalesce(r.attributes, '{}'),
  updated_at = now()
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
  AS r (id, external_id, name, language, timezone, attributes)
WHERE c.tenant_id = $1 AND c.id = r.id AND c.deleted_at IS NULL
RETURNING c.id`;

/** A contact that has gone since it was found. */
export class ContactGone extends Error {
  override readonly name = 'ContactGone';
}

async function changeContacts(tx: Tx, contacts: Plan['update']): Promise<void> {
  const changed = await tx.query(CHANGE, [tx.tenantId, ...columnsOf(contacts)]);
  if (changed.length !== contacts.length) throw new ContactGone();
}

function columnsOf(contacts: Plan['create']): unknown[] {
  return [
    contacts.map(({ id }) => id),
    contacts.map(({ row }) => row.externalId),
    contacts.map(({ row }) => row.name),
    contacts.map(({ row }) => row.language),
    contacts.map(({ row }) => row.timezone),
    contacts.map(({ row }) => (row.attributes === null ? null : JSON.stringify(row.attributes))),
  ];
}

function addressColumns(addresses: readonly NewAddress[]): unknown[] {
  return [
    addresses.map(({ channelType }) => channelType),
    addresses.map(({ address }) => address),
    addresses.map(({ contactId }) => contactId),
  ];
}

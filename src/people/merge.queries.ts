import { SESSIONS_OF_PERSON } from '../contacts/timeline.queries';
import type { Tx } from '../platform/db/tenant-db';

/** Holds contacts against other changes until the end of the transaction, in the order of their ids. */
export async function lockContacts(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.query(`SELECT id FROM contact WHERE tenant_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR NO KEY UPDATE`, [
    tx.tenantId,
    ids,
  ]);
}

/**
 * Conversations, messages and places in bulk sends become those of `id`. Open conversations stay one a counterpart: no address
 * is in two of them, because no address is held by two contacts.
 */
export async function moveConversations(tx: Tx, id: string, otherId: string): Promise<void> {
  // Messages first: they are found by conversations and addresses that are still the other contact's.
  await tx.query(
    `UPDATE communication_message m SET contact_id = $3
     WHERE m.tenant_id = $1 AND m.contact_id = ANY($2::uuid[]) AND m.session_id IN (${SESSIONS_OF_PERSON})`,
    [tx.tenantId, [otherId], id],
  );
  await tx.query(`UPDATE communication_session SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2`, [
    tx.tenantId,
    otherId,
    id,
  ]);
  // What counts against the caps of one counts against those of both.
  await tx.query(`UPDATE contact_send SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2`, [
    tx.tenantId,
    otherId,
    id,
  ]);
  await tx.query(`UPDATE scheduled_message SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2`, [
    tx.tenantId,
    otherId,
    id,
  ]);
  await tx.query(`UPDATE bulk_message_recipient SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2`, [
    tx.tenantId,
    otherId,
    id,
  ]);
}

/** Addresses of a channel type on which `id` has one already come behind those, in the order that they had. */
export async function moveIdentities(tx: Tx, id: string, otherId: string): Promise<void> {
  await tx.query(
    `UPDATE contact_identity i SET contact_id = $3,
       created_at = CASE WHEN EXISTS (SELECT 1 FROM contact_identity own
         WHERE own.tenant_id = $1 AND own.contact_id = $3 AND own.channel_type = i.channel_type)
         THEN now() + place.n * interval '1 microsecond' ELSE i.created_at END
     FROM (SELECT p.channel_type, p.address, row_number() OVER (ORDER BY p.created_at, p.address) AS n FROM contact_identity p
       WHERE p.tenant_id = $1 AND p.contact_id = $2) place
     WHERE i.tenant_id = $1 AND i.contact_id = $2 AND i.channel_type = place.channel_type AND i.address = place.address`,
    [tx.tenantId, otherId, id],
  );
}

/** Each thing of another system once, those of `id` first, and no more than a contact may have. */
const BOTH_REFERENCES = `(SELECT coalesce(jsonb_agg(r.reference ORDER BY r.place), '[]') FROM (
  SELECT d.reference, d.place FROM (
    SELECT DISTINCT ON (e.reference ->> 'system', e.reference ->> 'id') e.reference, e.place
    FROM jsonb_array_elements(c.external_references || o.external_references) WITH ORDINALITY AS e (reference, place)
    ORDER BY e.reference ->> 'system', e.reference ->> 'id', e.place) d
  ORDER BY d.place LIMIT 10) r)`;

/** The other contact is gone and says what it became; its facts fill what `id` leaves open. */
export async function takeOverFields(tx: Tx, id: string, otherId: string): Promise<void> {
  await tx.query(
    `UPDATE contact SET merged_into = $3, deleted_at = coalesce(deleted_at, now()), updated_at = now()
     WHERE tenant_id = $1 AND (id = $2 OR merged_into = $2)`,
    [tx.tenantId, otherId, id],
  );
  await tx.query(
    `UPDATE contact c SET external_id = coalesce(c.external_id, o.external_id), name = coalesce(c.name, o.name),
       language = coalesce(c.language, o.language), timezone = coalesce(c.timezone, o.timezone),
       attributes = o.attributes || c.attributes,
       external_references = ${BOTH_REFERENCES},
       updated_at = now()
     FROM contact o WHERE c.tenant_id = $1 AND c.id = $3 AND o.tenant_id = $1 AND o.id = $2`,
    [tx.tenantId, otherId, id],
  );
}

import { holdRunsOfPerson } from '../automation/run/run-end.queries';
import { holdDispatchNow } from '../contacts/dispatch-hold';
import { idsOfPerson } from '../contacts/timeline.queries';
import type { Tx } from '../platform/db/tenant-db';
import { ERASED } from './erase.messages.queries';
import { addressesOfPerson, type PersonAddress } from './person.queries';

/** A contact that can be erased: also one that is deleted, for deletion keeps what was written. */
export interface Erasable {
  id: string;
  mergedInto: string | null;
}

/**
 * Holds the contact alone, against messages that are accepted for it at this moment as well: they are stored before, or after.
 * Undefined for none.
 */
export async function holdForErasure(
  tx: Tx,
  key: { id: string } | { externalId: string },
): Promise<Erasable | undefined> {
  const named = await readErasable(tx, key, '');
  // Dispatches take the addresses first and the messages after; so does this.
  if (named) {
    const ids = await idsOfPerson(tx, named.id);
    const addresses = await addressesOfPerson(tx, ids);
    await holdDispatchNow(tx, addresses);
    await holdRecurring(tx, ids, addresses);
    await holdRunsOfPerson(tx, ids);
  }
  return readErasable(tx, key, 'FOR UPDATE');
}

async function readErasable(
  tx: Tx,
  key: { id: string } | { externalId: string },
  lock: '' | 'FOR UPDATE',
): Promise<Erasable | undefined> {
  const [row] =
    'id' in key
      ? await tx.query<Erasable>(`${HOLD} AND id = $2 ${lock}`, [tx.tenantId, key.id])
      : await tx.query<Erasable>(`${HOLD} AND external_id = $2 AND deleted_at IS NULL ${lock}`, [
          tx.tenantId,
          key.externalId,
        ]);
  return row;
}

const HOLD = `SELECT id, CASE WHEN erased_at IS NULL THEN merged_into END AS "mergedInto" FROM contact WHERE tenant_id = $1`;

/** Recurring messages to the person, by contact and by address. */
const RECURRING = `s.tenant_id = $1 AND s.recurrence IS NOT NULL AND (s.contact_id = ANY($2::uuid[]) OR EXISTS (
  SELECT 1 FROM jsonb_to_recordset($3::jsonb) AS p("channelType" text, address text)
  WHERE p."channelType" = s.channel_type AND p.address = s.to_address))`;

/** The clock holds a schedule and then refers to its contact; so this holds them in that order too. */
async function holdRecurring(tx: Tx, ids: readonly string[], addresses: readonly PersonAddress[]): Promise<void> {
  const whose = [tx.tenantId, ids, JSON.stringify(addresses)];
  await tx.query(`SELECT 1 FROM scheduled_message s WHERE ${RECURRING} ORDER BY s.id FOR UPDATE`, whose);
}

/**
 * That something happened stays; what it said does not, and what was not acted on is not any more. What Carillon told by itself
 * holds ids, and is still told: whoever keeps a copy of the contact has to hear that it is gone.
 */
export async function eraseEvents(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE tenant_event SET data = '{}', event_id = NULL, failure = NULL,
       status = 'HANDLED', handled_at = coalesce(handled_at, clock_timestamp())
     WHERE tenant_id = $1 AND contact_id = ANY($2::uuid[]) AND source <> 'carillon'`,
    [tx.tenantId, ids],
  );
  await tx.query(
    `UPDATE tenant_event SET data = data - 'clientReference', failure = NULL
     WHERE tenant_id = $1 AND contact_id = ANY($2::uuid[]) AND source = 'carillon'`,
    [tx.tenantId, ids],
  );
}

/** What endpoints answered when they were told of the person may be an echo. */
export async function eraseWebhookAnswers(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE webhook_attempt a SET answer = NULL FROM webhook_delivery d
     WHERE d.tenant_id = $1 AND d.contact_id = ANY($2::uuid[]) AND a.tenant_id = $1 AND a.delivery_id = d.id
       AND a.answer IS NOT NULL`,
    [tx.tenantId, ids],
  );
}

/** Recurring messages to the person come no more, and nothing is left of what they would have said. */
export async function eraseRecurring(
  tx: Tx,
  ids: readonly string[],
  addresses: readonly PersonAddress[],
): Promise<void> {
  const whose = [tx.tenantId, ids, JSON.stringify(addresses)];
  // Answers are kept for 48 hours, in the commit that stored their schedule.
  await tx.query(
    `UPDATE idempotency_key k SET body = (k.body::jsonb || '{"to": "${ERASED}", "clientReference": null}')::text
     FROM scheduled_message s WHERE ${RECURRING} AND s.created_at > now() - interval '3 days' AND k.tenant_id = $1
       AND k.created_at = s.created_at AND k.location = '/api/v1/communication/scheduled-messages/' || s.id`,
    whose,
  );
  await tx.query(
    `UPDATE schedule_occurrence o SET reason_detail = NULL FROM scheduled_message s
     WHERE ${RECURRING} AND o.tenant_id = $1 AND o.schedule_id = s.id AND o.reason_detail IS NOT NULL`,
    whose,
  );
  await tx.query(
    `UPDATE scheduled_message s SET request = '{}', next_at = NULL, updated_at = now(),
       to_address = CASE WHEN to_address IS NOT NULL THEN '${ERASED}' END,
       status = CASE WHEN status IN ('ACTIVE', 'PAUSED') THEN 'CANCELLED' ELSE status END
     WHERE ${RECURRING}`,
    whose,
  );
}

/** The contact with what it wanted, its conversations and its places in bulk sends, emptied. `ids` are all of the person's. */
export async function eraseContact(tx: Tx, ids: readonly string[]): Promise<Date> {
  for (const statement of BESIDE_CONTACT) await tx.query(statement, [tx.tenantId, ids]);
  const [row] = await tx.query<{ erasedAt: Date }>(
    `UPDATE contact SET external_id = NULL, name = NULL, language = NULL, timezone = NULL, attributes = '{}',
       external_references = '[]', deleted_at = coalesce(deleted_at, now()), erased_at = coalesce(erased_at, now()), updated_at = now()
     WHERE tenant_id = $1 AND id = ANY($2::uuid[]) RETURNING erased_at AS "erasedAt"`,
    [tx.tenantId, ids],
  );
  if (!row) throw new Error('A contact that is held is not there');
  return row.erasedAt;
}

const BESIDE_CONTACT = [
  // Whether there may be contact at all is no longer about anybody, and holds for a message that is on its way in.
  `UPDATE contact_communication_preference SET reason = NULL, preferred_channel = NULL, quiet_hours = NULL, channels = '{}',
     topics = '{}', purposes = '{}', updated_at = now() WHERE tenant_id = $1 AND contact_id = ANY($2::uuid[])`,
  `UPDATE communication_session SET counterpart = '${ERASED}:' || id, subject = NULL, labels = '{}', external_references = '[]',
     waiting_since = NULL, due_at = NULL, sentiment = NULL, sentiment_score = NULL, sentiment_trend = NULL, updated_at = now(),
     closed_at = coalesce(closed_at, now()),
     status = CASE WHEN status IN ('INITIATED', 'ACTIVE', 'PENDING') THEN 'COMPLETED' ELSE status END
   WHERE tenant_id = $1 AND contact_id = ANY($2::uuid[])`,
  `UPDATE bulk_message_recipient r SET ${emptyRecipient()} WHERE r.tenant_id = $1 AND r.contact_id = ANY($2::uuid[])`,
];

/** What was kept under the addresses of the person, and under no contact. */
export async function eraseAddresses(tx: Tx, addresses: readonly PersonAddress[]): Promise<void> {
  const values = [tx.tenantId, JSON.stringify(addresses)];
  for (const statement of UNDER_ADDRESSES) await tx.query(statement, values);
}

const ADDRESSES = `jsonb_to_recordset($2::jsonb) AS p("channelType" text, address text)`;
const HIDDEN = `(SELECT hidden_address(address_salt, p."channelType", p.address) FROM tenant WHERE id = $1)`;

const UNDER_ADDRESSES = [
  // Recipients that were named by address have its contact nowhere.
  `UPDATE bulk_message_recipient r SET ${emptyRecipient()}
   FROM ${ADDRESSES}, bulk_message_campaign b, communication_channel h
   WHERE r.tenant_id = $1 AND r.recipient_key = p.address AND b.tenant_id = $1 AND b.id = r.campaign_id
     AND h.tenant_id = $1 AND h.id = b.channel_id AND h.channel_type = p."channelType"`,
  // Providers spell senders with or without the plus.
  `DELETE FROM inbound_part w USING ${ADDRESSES}
   WHERE w.tenant_id = $1 AND ltrim(lower(w.sender), '+') = ltrim(lower(p.address), '+')`,
  // An address that was erased before has a hidden suppression already: of two of a kind one stays, for as long as either.
  `UPDATE suppression h SET expires_at = CASE WHEN h.expires_at IS NULL OR s.expires_at IS NULL THEN NULL
     ELSE greatest(h.expires_at, s.expires_at) END
   FROM ${ADDRESSES}, suppression s
   WHERE h.tenant_id = $1 AND h.channel_type = p."channelType" AND h.address = ${HIDDEN} AND h.lifted_at IS NULL
     AND s.tenant_id = $1 AND s.channel_type = p."channelType" AND s.address = p.address AND s.lifted_at IS NULL
     AND s.purpose = h.purpose AND s.reason = h.reason`,
  `UPDATE suppression s SET lifted_at = now() FROM ${ADDRESSES}
   WHERE s.tenant_id = $1 AND s.channel_type = p."channelType" AND s.address = p.address AND s.lifted_at IS NULL
     AND EXISTS (SELECT 1 FROM suppression h WHERE h.tenant_id = $1 AND h.channel_type = p."channelType"
       AND h.address = ${HIDDEN} AND h.lifted_at IS NULL AND h.purpose = s.purpose AND h.reason = s.reason)`,
  // What a provider or the person said stays as the proof; what a user of the tenant wrote beside it may name the person.
  `UPDATE suppression s SET address = ${HIDDEN}, source = CASE WHEN EXISTS (SELECT 1 FROM consent_event e
       WHERE e.tenant_id = $1 AND e.channel_type = s.channel_type AND e.address = s.address AND e.action = s.reason
         AND e.source = s.source AND e.actor IS NULL) THEN s.source ELSE '${ERASED}' END
   FROM ${ADDRESSES} WHERE s.tenant_id = $1 AND s.channel_type = p."channelType" AND s.address = p.address`,
  `UPDATE consent_event e SET address = ${HIDDEN}, source = CASE WHEN e.actor IS NULL THEN e.source ELSE '${ERASED}' END,
     ip = NULL, user_agent = NULL, detail = NULL
   FROM ${ADDRESSES} WHERE e.tenant_id = $1 AND e.channel_type = p."channelType" AND e.address = p.address`,
];

/** Its place in the bulk send stays, so that the counts do; the key was the address. */
function emptyRecipient(): string {
  return `recipient_key = '${ERASED}:' || gen_random_uuid(), variables = '{}', updated_at = now(),
    status = CASE WHEN r.status = 'PENDING' THEN 'CANCELLED' ELSE r.status END,
    reason_code = CASE WHEN r.status = 'PENDING' THEN '${ERASED}' ELSE r.reason_code END`;
}

/** Routes whose answers stand beside the messages that they are about (erase.messages.queries.ts); by far the most. */
const MESSAGE_ROUTES = ['/api/v1/communication/messages', '/api/v1/communication/sessions/:id/messages'];

/** From route to route, so that it costs the number of routes and not of messages that were sent with a key. */
const ERASE_ANSWERS = `
WITH RECURSIVE routes AS (
  (SELECT k.route FROM idempotency_key k WHERE k.tenant_id = $1 AND k.method = 'POST' ORDER BY k.route LIMIT 1)
  UNION ALL
  SELECT (SELECT k.route FROM idempotency_key k WHERE k.tenant_id = $1 AND k.method = 'POST' AND k.route > r.route
    ORDER BY k.route LIMIT 1)
  FROM routes r WHERE r.route IS NOT NULL
)
UPDATE idempotency_key SET body = jsonb_build_object('id', body::jsonb -> 'id', '${ERASED}', true)::text
WHERE tenant_id = $1 AND method = 'POST' AND route IN (SELECT r.route FROM routes r WHERE r.route <> ALL($3::text[]))
  AND EXISTS (SELECT 1 FROM unnest($2::text[]) AS word WHERE strpos(body, word) > 0)`;

/** Answers to requests about the person that are kept for 48 hours: what is left can still be replayed. */
export async function eraseAnswers(tx: Tx, ids: readonly string[], addresses: readonly PersonAddress[]): Promise<void> {
  // As JSON writes them, quotes included: a short chat id must not be found in the middle of something else.
  const words = [...ids, ...addresses.map(({ address }) => address)].map((word) => JSON.stringify(word));
  await tx.query(ERASE_ANSWERS, [tx.tenantId, words, MESSAGE_ROUTES]);
}

import type { Tx } from '../platform/db/tenant-db';
import { FILES_OF_PERSON, MESSAGES_OF_PERSON } from './person.queries';

/** What stands in place of an address, a file name or a text that was erased. */
export const ERASED = 'erased';

/** The messages of a person that were not erased yet, held, so that what workers and providers know of them comes before or after, not between. */
export async function holdMessages(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM communication_message WHERE tenant_id = $1 AND erased_at IS NULL AND id IN (${MESSAGES_OF_PERSON})
     ORDER BY id FOR NO KEY UPDATE`,
    [tx.tenantId, ids],
  );
  return rows.map(({ id }) => id);
}

/**
 * Files of a person: those that came with messages, and those that were sent to nobody else. Call it while messages still name
 * them.
 */
export async function filesToErase(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const files = await tx.query<{ id: string }>(FILES_OF_PERSON, [tx.tenantId, ids]);
  if (!files.length) return [];
  const candidates = files.map(({ id }) => id);
  const shared = await tx.query<{ id: string }>(
    `SELECT DISTINCT file.id FROM communication_message o
     CROSS JOIN LATERAL jsonb_array_elements_text(o.content -> 'attachmentIds') AS file(id)
     WHERE o.tenant_id = $1 AND o.content ? 'attachmentIds' AND o.contact_id <> ALL($2::uuid[]) AND file.id = ANY($3::text[])`,
    [tx.tenantId, ids, candidates],
  );
  const kept = new Set(shared.map(({ id }) => id));
  return candidates.filter((id) => !kept.has(id));
}

/**
 * What was not handed to a provider is called back. What is being handed over right now is taken from its worker: it is UNKNOWN,
 * never sent again, and the worker's answer finds another fence. The provider's word still settles it, without its words.
 */
const ERASE_MESSAGES = `
WITH before AS (
  SELECT m.id, m.status, m.status = 'SENDING' AND EXISTS (SELECT 1 FROM message_attempt a
    WHERE a.tenant_id = $1 AND a.message_id = m.id AND a.attempt_no = m.attempts + 1 AND a.fence = m.lease_token
      AND a.settled_at IS NULL) AS dispatched
  FROM communication_message m WHERE m.tenant_id = $1 AND m.id = ANY($2::uuid[])
),
after AS (
  SELECT id, CASE WHEN dispatched THEN 'UNKNOWN' WHEN status IN ('QUEUED', 'SCHEDULED', 'SENDING') THEN 'CANCELLED' END AS moved,
    (status = 'SENDING')::int AS held, dispatched::int AS tried
  FROM before
)
UPDATE communication_message m SET
  status = coalesce(a.moved, m.status),
  status_at = CASE WHEN a.moved IS NULL THEN m.status_at ELSE now() END,
  reason_code = CASE WHEN a.moved IS NULL THEN m.reason_code ELSE '${ERASED}' END,
  reason_detail = CASE a.moved WHEN 'CANCELLED' THEN 'The contact was erased before it was sent.'
    WHEN 'UNKNOWN' THEN 'The contact was erased while it was being sent.' END,
  reason_rule = NULL, resolve_at = NULL, dead_at = NULL,
  lease_token = m.lease_token + a.held, lease_owner = NULL, lease_until = NULL, attempts = m.attempts + a.tried,
  from_address = CASE m.direction WHEN 'INBOUND' THEN '${ERASED}' ELSE m.from_address END,
  to_address = CASE m.direction WHEN 'OUTBOUND' THEN '${ERASED}' ELSE m.to_address END,
  provider_message_id = CASE m.direction WHEN 'OUTBOUND' THEN m.provider_message_id END,
  content = '{}', metadata = '{}', client_reference = NULL, in_reply_to = NULL,
  sentiment = NULL, sentiment_score = NULL, sentiment_due_at = NULL,
  erased_at = coalesce(m.erased_at, now())
FROM after a WHERE m.tenant_id = $1 AND m.id = a.id
RETURNING m.id, m.channel_id AS "channelId", a.moved`;

export interface ErasedMessage {
  id: string;
  channelId: string;
  /** What it became; null where it stayed what it was. */
  moved: 'CANCELLED' | 'UNKNOWN' | null;
}

/** Takes the words out of messages that are held, and of everything that hangs on them. */
export async function eraseMessages(tx: Tx, messageIds: readonly string[]): Promise<ErasedMessage[]> {
  const values = [tx.tenantId, messageIds];
  const messages = await tx.query<ErasedMessage>(ERASE_MESSAGES, values);
  for (const statement of BESIDE_MESSAGES) await tx.query(statement, values);
  return messages;
}

const BESIDE_MESSAGES = [
  `UPDATE message_attempt SET fault_message = NULL, settled_at = coalesce(settled_at, now()),
     outcome = coalesce(outcome, 'IN_DOUBT'),
     fault_class = CASE WHEN outcome IS NULL THEN 'ambiguous' ELSE fault_class END,
     fault_code = CASE WHEN outcome IS NULL THEN '${ERASED}' ELSE fault_code END
   WHERE tenant_id = $1 AND message_id = ANY($2::uuid[])`,
  // Events that wait for a message by the provider's id as well.
  `UPDATE message_event e SET detail = '{}'
   WHERE e.tenant_id = $1 AND (e.message_id = ANY($2::uuid[]) OR e.message_id IS NULL
     AND (e.channel_id, e.provider_message_id) IN (SELECT m.channel_id, m.provider_message_id FROM communication_message m
       WHERE m.tenant_id = $1 AND m.id = ANY($2) AND m.provider_message_id IS NOT NULL))`,
  `UPDATE scheduled_message SET request = '{}', next_at = NULL, updated_at = now(),
     status = CASE WHEN status IN ('ACTIVE', 'PAUSED') THEN 'CANCELLED' ELSE status END
   WHERE tenant_id = $1 AND message_id = ANY($2::uuid[])`,
  `UPDATE schedule_occurrence SET reason_detail = NULL
   WHERE tenant_id = $1 AND message_id = ANY($2::uuid[]) AND reason_detail IS NOT NULL`,
  `UPDATE sandbox_message SET to_address = '${ERASED}', content = '{}'
   WHERE tenant_id = $1 AND message_id = ANY($2::uuid[])`,
  // A file that would still be fetched finds nothing to hang it on.
  `DELETE FROM inbound_media WHERE tenant_id = $1 AND message_id = ANY($2::uuid[])`,
  // Answers are kept for 48 hours, in the commit that stored their message: they share its time, and that has an index.
  `UPDATE idempotency_key k SET body = (k.body::jsonb || '{"to": "${ERASED}", "clientReference": null}')::text
   FROM communication_message m
   WHERE m.tenant_id = $1 AND m.id = ANY($2::uuid[]) AND m.created_at > now() - interval '3 days' AND k.tenant_id = $1
     AND k.created_at = m.created_at AND k.location = '/api/v1/communication/messages/' || m.id`,
];

/**
 * Nothing of the files is left but that they were there. Their bytes lie elsewhere, and others may have the same ones: the time
 * of these is ended, so that the upkeep takes them away with the next look (file-upkeep.queries.ts).
 */
export async function eraseFiles(tx: Tx, fileIds: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE communication_attachment SET filename = '${ERASED}', size_bytes = 0, sha256 = sha256(''), used_at = '-infinity',
       content = CASE WHEN content IS NOT NULL THEN ''::bytea END
     WHERE tenant_id = $1 AND id = ANY($2::uuid[])`,
    [tx.tenantId, fileIds],
  );
}

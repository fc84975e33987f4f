import { SESSIONS_OF_PERSON } from '../contacts/timeline.queries';
import type { Tx } from '../platform/db/tenant-db';
import type { ChannelType } from '../providers/provider';

/** Ids of the messages of a person, both directions, given all ids of the person ($2). */
export const MESSAGES_OF_PERSON = `
SELECT m.id FROM communication_message m
WHERE m.tenant_id = $1 AND m.contact_id = ANY($2::uuid[]) AND m.session_id IN (${SESSIONS_OF_PERSON})`;

/** Ids of the files that came with, or were sent with, messages of a person ($2). */
export const FILES_OF_PERSON = `
SELECT a.id FROM communication_attachment a WHERE a.tenant_id = $1 AND a.message_id IN (${MESSAGES_OF_PERSON})
UNION
SELECT file.id::uuid FROM communication_message sent
CROSS JOIN LATERAL jsonb_array_elements_text(sent.content -> 'attachmentIds') AS file(id)
WHERE sent.tenant_id = $1 AND sent.content ? 'attachmentIds' AND sent.id IN (${MESSAGES_OF_PERSON})`;

/** An address of a person, of now or of before. */
export interface PersonAddress {
  channelType: ChannelType;
  address: string;
}

/** The addresses that a person holds, and those of their conversations that nobody else holds by now. */
export function addressesOfPerson(tx: Tx, ids: readonly string[]): Promise<PersonAddress[]> {
  return tx.query<PersonAddress>(
    `SELECT i.channel_type AS "channelType", i.address FROM contact_identity i
     WHERE i.tenant_id = $1 AND i.contact_id = ANY($2::uuid[])
     UNION
     SELECT s.channel_type, s.counterpart FROM communication_session s
     WHERE s.tenant_id = $1 AND s.contact_id = ANY($2) AND s.counterpart <> 'erased:' || s.id AND NOT EXISTS (SELECT 1 FROM contact_identity o
       WHERE o.tenant_id = $1 AND o.channel_type = s.channel_type AND o.address = s.counterpart AND o.contact_id <> ALL($2))`,
    [tx.tenantId, ids],
  );
}

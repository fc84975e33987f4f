import type { Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import { minutesOf } from './settings/session-settings.queries';

/** Statuses in which a conversation takes messages; at most one such session a counterpart and channel. */
export const OPEN_STATUSES = ['INITIATED', 'ACTIVE', 'PENDING'] as const;

export interface OpenedSession {
  id: string;
  contactId: string;
}

/** Who wrote, on which channel. */
export interface Counterpart {
  channelId: string;
  channelType: string;
  address: string;
  profileName: string | null;
}

/** Whoever writes waits for an answer, and goes on waiting with a second message: the time counts from the first. */
const RECEIVE = `
WITH times AS (
  SELECT make_interval(mins => ${minutesOf('firstResponseMinutes', '$4')}) AS first,
    make_interval(mins => ${minutesOf('nextResponseMinutes', '$4')}) AS further
  FROM tenant t WHERE t.id = $1
)
INSERT INTO communication_session AS s
  (tenant_id, id, channel_id, channel_type, contact_id, counterpart, direction, status, last_inbound_at, first_inbound_at,
   waiting_since, due_at)
SELECT $1, $2, $3, $4, $5, $6, 'INBOUND', 'ACTIVE', now(), now(), now(), now() + first FROM times
ON CONFLICT (tenant_id, channel_id, counterpart) WHERE status IN ('INITIATED', 'ACTIVE', 'PENDING')
DO UPDATE SET status = 'ACTIVE', last_inbound_at = now(), quiet_since = now(), updated_at = now(),
  first_inbound_at = coalesce(s.first_inbound_at, now()),
  waiting_since = coalesce(s.waiting_since, now()),
  due_at = CASE WHEN s.waiting_since IS NOT NULL THEN s.due_at
    WHEN s.first_replied_at IS NULL THEN excluded.due_at ELSE now() + (SELECT further FROM times) END
RETURNING s.id, s.contact_id AS "contactId"`;

/**
 * The open conversation with whoever wrote, made when there is none; so is the contact for an address that nobody holds.
 * Two messages that come in at the same moment find the same session: the unique index decides, and both see who won. One that
 * ends at this moment is waited for, and then another is made.
 */
export async function receiveSession(tx: Tx, who: Counterpart): Promise<OpenedSession> {
  const contactId = await contactOf(tx, who);
  const values = [tx.tenantId, uuidv7(), who.channelId, who.channelType, contactId, who.address];
  const [session] = await tx.query<OpenedSession>(RECEIVE, values);
  if (!session) throw new Error('An upsert answered no row');
  return session;
}

async function contactOf(tx: Tx, { channelType, address, profileName }: Counterpart): Promise<string> {
  const proposed = uuidv7();
  const [row] = await tx.query<{ contactId: string }>(
    `WITH known AS (
       SELECT contact_id FROM contact_identity WHERE tenant_id = $1 AND channel_type = $2 AND address = $3),
     identified AS (
       INSERT INTO contact_identity AS i (tenant_id, channel_type, address, contact_id)
       SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM known)
       ON CONFLICT (tenant_id, channel_type, address) DO UPDATE SET address = excluded.address RETURNING i.contact_id),
     made AS (
       INSERT INTO contact (tenant_id, id, name) SELECT $1, $4, $5 FROM identified WHERE contact_id = $4)
     SELECT contact_id AS "contactId" FROM known UNION ALL SELECT contact_id FROM identified`,
    [tx.tenantId, channelType, address, proposed, profileName],
  );
  return row?.contactId ?? proposed;
}

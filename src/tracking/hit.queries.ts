import type { Tx } from '../platform/db/tenant-db';

/** What has to be known of a message to judge a hit. */
export interface HitMessage {
  channelId: string;
  /** When the hit came, by the database's clock. */
  at: Date;
  /** It came sooner after the sending, or the delivery, than anybody reads. */
  isTooSoon: boolean;
  /** Its contact was erased, or does not want to be tracked. */
  isPrivate: boolean;
  /** How many hits are stored of it. */
  hits: number;
}

/** Nobody opens a mail and follows a link of it in less. */
const SOONEST = `interval '1 second'`;

/**
 * Holds the message, so that hits of one message are judged one after the other: whoever comes second sees the first.
 * @param cameAt performance.now() when the hit came.
 */
export async function holdMessage(tx: Tx, messageId: string, cameAt: number): Promise<HitMessage | undefined> {
  const [held] = await tx.query(
    `SELECT 1 FROM communication_message WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE`,
    [tx.tenantId, messageId],
  );
  if (!held) return undefined;
  const [row] = await tx.query<HitMessage>(
    `SELECT m.channel_id AS "channelId", now_at.at, at < greatest(m.sent_at, m.delivered_at) + ${SOONEST}
         OR m.status = 'SENDING' AS "isTooSoon",
       m.erased_at IS NOT NULL OR c.attributes -> t.untracked_attribute = 'true' AS "isPrivate",
       (SELECT count(*)::int FROM message_event e
        WHERE e.tenant_id = m.tenant_id AND e.message_id = m.id AND starts_with(e.event_key, '${PREFIX}')) AS hits
     FROM communication_message m JOIN tenant t ON t.id = m.tenant_id
     LEFT JOIN contact c ON c.tenant_id = m.tenant_id AND c.id = m.contact_id
     CROSS JOIN (SELECT clock_timestamp() - make_interval(secs => $3::float8 / 1000) AS at) now_at
     WHERE m.tenant_id = $1 AND m.id = $2`,
    [tx.tenantId, messageId, performance.now() - cameAt],
  );
  return row && { ...row, isTooSoon: row.isTooSoon ?? false, isPrivate: row.isPrivate ?? false };
}

/** What the keys of our own events begin with. */
const PREFIX = 'hit.';

/** A click of a link, or an opening, is stored once for people and once for machines. */
export function hitKey(of: { kind: 'click' | 'open'; messageId: string; what: string }, isByMachine: boolean): string {
  return `${PREFIX}${of.kind}.${isByMachine ? 'm' : 'p'}.${of.what}.${of.messageId}`;
}

/** Hits may be stored later than others that came after them. */
const near = (at: string) => `at > ${at}::timestamptz - ${SOONEST} AND at < ${at}::timestamptz + ${SOONEST}`;

/** Whether another link of the message was followed within a second. */
export async function followedAnother(tx: Tx, messageId: string, of: { target: string; at: Date }): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 FROM message_event WHERE tenant_id = $1 AND message_id = $2 AND starts_with(event_key, '${PREFIX}click.')
       AND detail ->> 'url' <> $3 AND ${near('$4')}`,
    [tx.tenantId, messageId, of.target, of.at],
  );
  return rows.length > 0;
}

/**
 * What was followed within that second was followed by a machine as well: the events say so, give their keys back, and when a
 * person clicked first is seen from the others.
 */
export async function takeBackClicks(tx: Tx, messageId: string, at: Date): Promise<void> {
  await tx.query(
    `UPDATE message_event SET detail = detail || '{"machine":true}',
       event_key = replace(event_key, '.p.', '.m.') || '.' || (extract(epoch FROM at) * 1000)::bigint
     WHERE tenant_id = $1 AND message_id = $2 AND starts_with(event_key, '${PREFIX}click.p.')
       AND ${near('$3')}`,
    [tx.tenantId, messageId, at],
  );
  await tx.query(
    `UPDATE communication_message m SET clicked_at = (SELECT min(e.at) FROM message_event e WHERE e.tenant_id = m.tenant_id
       AND e.message_id = m.id AND e.type = 'CLICKED' AND NOT e.detail ? 'machine')
     WHERE m.tenant_id = $1 AND m.id = $2`,
    [tx.tenantId, messageId],
  );
}

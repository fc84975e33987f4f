import type { TenantEvent } from '../../events/event-consumers';
import type { Tx } from '../../platform/db/tenant-db';
import type { ChannelType } from '../../providers/provider';

/** What became of one channel: QUEUED, with the message, or why the person was not written to on it. */
export interface Step {
  channelType: ChannelType;
  outcome: string;
  messageId?: string;
}

export interface NotificationRow {
  id: string;
  eventId: string;
  topic: string;
  contactId: string | null;
  /** The message that was sent last, with which it may not be over yet. */
  messageId: string | null;
  steps: readonly Step[];
  fallbackUntil: Date | null;
}

/** Those of the events for which somebody was notified already. */
export async function notifiedAmong(tx: Tx, eventIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ eventId: string }>(
    `SELECT event_id AS "eventId" FROM notification WHERE tenant_id = $1 AND event_id = ANY ($2::uuid[])`,
    [tx.tenantId, eventIds],
  );
  return new Set(rows.map(({ eventId }) => eventId));
}

/** Writes it, or what became of it since. */
export async function saveNotification(tx: Tx, row: NotificationRow): Promise<void> {
  const { id, eventId, topic, contactId, messageId, steps, fallbackUntil } = row;
  await tx.query(
    `INSERT INTO notification (tenant_id, id, event_id, topic, contact_id, message_id, steps, fallback_until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (tenant_id, id) DO UPDATE SET message_id = excluded.message_id, steps = excluded.steps,
       fallback_until = excluded.fallback_until`,
    [tx.tenantId, id, eventId, topic, contactId, messageId, JSON.stringify(steps), fallbackUntil],
  );
}

/** The notifications that go on to the next channel, when these messages of theirs reach nobody. */
export function waitingFor(tx: Tx, messageIds: readonly string[]): Promise<NotificationRow[]> {
  return tx.query<NotificationRow>(
    `SELECT id, event_id AS "eventId", topic, contact_id AS "contactId", message_id AS "messageId", steps,
       fallback_until AS "fallbackUntil" FROM notification
     WHERE tenant_id = $1 AND message_id = ANY ($2::uuid[]) AND fallback_until > now() ORDER BY id FOR UPDATE`,
    [tx.tenantId, messageIds],
  );
}

/** The event of a notification, while it is kept. */
export async function eventOf(tx: Tx, id: string): Promise<TenantEvent | undefined> {
  const [event] = await tx.query<TenantEvent>(
    `SELECT id, type, source, contact_id AS "contactId", message_id AS "messageId", session_id AS "sessionId", data, at
     FROM tenant_event WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id],
  );
  return event;
}

/** Says whom an event turned out to be about, so that it goes when that person is forgotten. */
export async function sayWhom(tx: Tx, eventId: string, contactId: string): Promise<void> {
  await tx.query(`UPDATE tenant_event SET contact_id = $3 WHERE tenant_id = $1 AND id = $2 AND contact_id IS NULL`, [
    tx.tenantId,
    eventId,
    contactId,
  ]);
}

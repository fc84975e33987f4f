import type { Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';

export type EventSource = 'api' | 'sns' | 'sqs' | 'kafka' | 'rule' | 'carillon';

export interface ToldEvent {
  /** Such as order.paid. */
  type: string;
  source: EventSource;
  /** The teller's own id; told again, it is the same event. */
  eventId?: string | null;
  contactId?: string | null;
  /** Of Carillon's own events about a conversation: which, and its channel type. */
  sessionId?: string | null;
  channelType?: string | null;
  data: Record<string, unknown>;
  /** When it happened; now when left out. */
  at?: Date | null;
}

/**
 * Stores events, in the order given, inside the caller's transaction. For each answers its id, and whether it is new: one whose
 * eventId is known stays what it was.
 */
export async function tellEvents(tx: Tx, events: readonly ToldEvent[]): Promise<{ id: string; isNew: boolean }[]> {
  const told: { id: string; isNew: boolean }[] = [];
  for (const { type, source, eventId = null, contactId = null, data, at = null, ...about } of events) {
    const { sessionId = null, channelType = null } = about;
    const words = JSON.stringify(data);
    const values = [tx.tenantId, uuidv7(), type, source, eventId, contactId, words, at, sessionId, channelType];
    const [stored] = await tx.query<{ id: string }>(INSERT, values);
    const [known] = stored ? [stored] : await tx.query<{ id: string }>(KNOWN, [tx.tenantId, eventId]);
    if (!known) throw new Error('An event was neither stored nor known');
    told.push({ id: known.id, isNew: stored !== undefined });
  }
  return told;
}

const INSERT = `INSERT INTO tenant_event (tenant_id, id, type, source, event_id, contact_id, data, at, session_id, channel_type)
  VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8, clock_timestamp()), $9, $10)
  ON CONFLICT (tenant_id, event_id) WHERE event_id IS NOT NULL DO NOTHING RETURNING id`;

const KNOWN = `SELECT id FROM tenant_event WHERE tenant_id = $1 AND event_id = $2`;

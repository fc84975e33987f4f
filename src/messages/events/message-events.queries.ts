import type { Tx } from '../../platform/db/tenant-db';
import type { EventStatus, Money } from '../../providers/provider';

/** A provider's event, addressed to a message as well as the provider could. */
export interface NewEvent {
  channelId: string;
  eventKey: string;
  /** Our message id out of the ref; null when the provider does not echo it. */
  messageId: string | null;
  providerMessageId: string | null;
  type: string;
  at: Date;
  detail: Record<string, unknown>;
}

/** DUPLICATE: seen before, no effect. PARKED: kept until its message is known. Else the message's id. */
export type Placed =
  | { outcome: 'DUPLICATE' | 'PARKED' }
  | {
      outcome: 'PLACED';
      messageId: string;
      /** Its contact was erased: nothing personal may come back with the event. */
      isErased: boolean;
    };

/**
 * Stores an event once, beside the message it names: by our ref, else by the provider's id on this channel. The ref is
 * believed only for a message of this channel, because whoever can sign for one channel must not move another's messages.
 * The message is held, so that an erasure at this moment either sees the event or is seen by it.
 */
export async function placeEvent(tx: Tx, event: NewEvent): Promise<Placed> {
  const [row] = await tx.query<{ messageId: string | null; isErased: boolean | null }>(
    `WITH target AS (
       SELECT id, erased_at IS NOT NULL AS erased FROM communication_message
       WHERE tenant_id = $1 AND channel_id = $2 AND (id = $4::uuid OR provider_message_id = $5)
       ORDER BY id = $4::uuid DESC NULLS LAST LIMIT 1 FOR NO KEY UPDATE)
     INSERT INTO message_event (tenant_id, channel_id, event_key, message_id, provider_message_id, type, at, detail)
     VALUES ($1, $2, $3, (SELECT id FROM target), $5, $6, $7, CASE WHEN (SELECT erased FROM target) THEN '{}' ELSE $8::jsonb END)
     ON CONFLICT (tenant_id, channel_id, event_key) DO NOTHING
     RETURNING message_id AS "messageId", (SELECT erased FROM target) AS "isErased"`,
    [
      tx.tenantId,
      event.channelId,
      event.eventKey,
      event.messageId,
      event.providerMessageId,
      event.type,
      event.at,
      JSON.stringify(event.detail),
    ],
  );
  if (!row) return { outcome: 'DUPLICATE' };
  if (!row.messageId) return { outcome: 'PARKED' };
  return { outcome: 'PLACED', messageId: row.messageId, isErased: row.isErased ?? false };
}

/** A status as an event brings it. */
export interface StatusChange {
  messageId: string;
  status: EventStatus;
  at: Date;
  providerMessageId: string | null;
  reason: { code: string; detail: string } | null;
  cost: Money | null;
  parts: number | null;
}

/**
 * Moves a message up the lattice, or not at all: the WHERE is message-status.ts in SQL. Times of a stage are kept whether or
 * not the stage is passed already, and so is what the message cost. A stage's time is the earliest that was reported for it,
 * the same in whatever order the reports come, but not before the message was there: providers' clocks have whole seconds.
 */
export async function applyStatus(tx: Tx, change: StatusChange): Promise<boolean> {
  const { messageId, status, at, providerMessageId, reason, cost, parts } = change;
  const [row] = await tx.query<{ moved: boolean }>(
    `WITH now_at AS (
       SELECT (message_status_rank($3), $4::timestamptz, ($3 = 'FAILED')::int)
         > (message_status_rank(status), status_at, (status = 'FAILED')::int) AS rises
       FROM communication_message WHERE tenant_id = $1 AND id = $2 FOR UPDATE)
     UPDATE communication_message m SET
       status = CASE WHEN rises THEN $3 ELSE m.status END,
       status_at = CASE WHEN rises THEN $4 ELSE m.status_at END,
       reason_code = CASE WHEN rises THEN $6 ELSE m.reason_code END,
       reason_detail = CASE WHEN rises AND m.erased_at IS NULL THEN $7 ELSE m.reason_detail END,
       attempts = CASE WHEN m.status <> 'SENDING' THEN m.attempts ELSE greatest(m.attempts, (SELECT max(a.attempt_no)
         FROM message_attempt a WHERE a.tenant_id = m.tenant_id AND a.message_id = m.id)) END,
       resolve_at = CASE WHEN rises THEN NULL ELSE m.resolve_at END,
       dead_at = CASE WHEN rises THEN NULL ELSE m.dead_at END,
       provider_message_id = coalesce(m.provider_message_id, $5),
       sent_at = CASE WHEN $3 <> 'FAILED' THEN greatest(least(m.sent_at, $4), m.created_at) ELSE m.sent_at END,
       delivered_at = CASE WHEN $3 IN ('DELIVERED', 'READ') THEN greatest(least(m.delivered_at, $4), m.created_at) ELSE m.delivered_at END,
       read_at = CASE WHEN $3 = 'READ' THEN greatest(least(m.read_at, $4), m.created_at) ELSE m.read_at END,
       failed_at = CASE WHEN $3 = 'FAILED' THEN greatest(least(m.failed_at, $4), m.created_at) ELSE m.failed_at END,
       cost_amount = coalesce($8, m.cost_amount), cost_currency = coalesce($9, m.cost_currency),
       cost_estimated = CASE WHEN $8::numeric IS NULL THEN m.cost_estimated ELSE false END,
       parts = coalesce($10, m.parts)
     FROM now_at WHERE m.tenant_id = $1 AND m.id = $2 RETURNING rises AS moved`,
    [
      tx.tenantId,
      messageId,
      status,
      at,
      providerMessageId,
      reason?.code ?? null,
      reason?.detail ?? null,
      cost?.amount ?? null,
      cost?.currency ?? null,
      parts,
    ],
  );
  return row?.moved ?? false;
}

/** What can be noted of a message beside its status. */
export type Facet = 'OPENED' | 'MACHINE_OPENED' | 'CLICKED' | 'COMPLAINED';

const FACETS: Readonly<Record<Facet, string>> = {
  OPENED: 'opened_at',
  MACHINE_OPENED: 'machine_opened_at',
  CLICKED: 'clicked_at',
  COMPLAINED: 'complained_at',
};

/** What an event of this type says of a message. Mail scanners open and click as well: their openings are kept apart. */
export function facetOf(type: string, isByMachine: boolean): Facet | undefined {
  if (type === 'OPENED') return isByMachine ? 'MACHINE_OPENED' : 'OPENED';
  if (type === 'CLICKED') return isByMachine ? undefined : 'CLICKED';
  return type === 'COMPLAINED' ? 'COMPLAINED' : undefined;
}

/** Notes the first time that this happened. Facets are facts beside the status, never a status. */
export async function applyFacet(tx: Tx, messageId: string, facet: Facet, at: Date): Promise<void> {
  const column = FACETS[facet];
  await tx.query(`UPDATE communication_message SET ${column} = least(${column}, $3) WHERE tenant_id = $1 AND id = $2`, [
    tx.tenantId,
    messageId,
    at,
  ]);
}

import type { Tx } from '../../platform/db/tenant-db';
import type { NewEvent } from './message-events.queries';

const PLACE = `
WITH given AS MATERIALIZED (
  SELECT e.*, coalesce(e."messageId", (SELECT m.id FROM communication_message m WHERE m.tenant_id = $1 AND m.channel_id = $2
    AND m.provider_message_id = e."providerMessageId" LIMIT 1)) AS id
  FROM jsonb_to_recordset($3::jsonb) AS e("eventKey" text, "messageId" uuid, "providerMessageId" text, type text, at timestamptz,
    detail jsonb)
),
held AS (
  SELECT id, erased_at IS NOT NULL AS erased FROM communication_message
  WHERE tenant_id = $1 AND channel_id = $2 AND id IN (SELECT id FROM given) ORDER BY id FOR NO KEY UPDATE
)
INSERT INTO message_event (tenant_id, channel_id, event_key, message_id, provider_message_id, type, at, detail)
SELECT $1, $2, g."eventKey", h.id, g."providerMessageId", g.type, g.at, CASE WHEN h.erased THEN '{}' ELSE g.detail END
FROM given g LEFT JOIN held h ON h.id = g.id
ORDER BY g."eventKey"
ON CONFLICT (tenant_id, channel_id, event_key) DO NOTHING
RETURNING event_key AS "eventKey", message_id AS "messageId"`;

/**
 * Stores events of one channel, each once, beside the messages they name, as placeEvent does with one. Answers the new ones of them
 * whose message is known: an id of ours that is not of this channel is not believed, and its event waits for the provider's id, as
 * one that came early does. No key may be among them twice. Messages are held in the order of their ids, so that two such calls never
 * wait for each other.
 */
export async function placeTogether(
  tx: Tx,
  channelId: string,
  events: readonly NewEvent[],
): Promise<Map<string, string>> {
  const rows = await tx.query<{ eventKey: string; messageId: string | null }>(PLACE, [
    tx.tenantId,
    channelId,
    JSON.stringify(events),
  ]);
  return new Map(
    rows.flatMap(({ eventKey, messageId }) => (messageId === null ? [] : [[eventKey, messageId] as const])),
  );
}

/** What several events together say about one message, with times as they travel: made text once, not once a column. */
export interface JoinedChange {
  messageId: string;
  /** The highest of them; absent where none is about the status. */
  status?: string;
  at?: string;
  reasonCode?: string;
  reasonDetail?: string;
  /** The earliest time of each stage. */
  sentAt?: string;
  deliveredAt?: string;
  readAt?: string;
  failedAt?: string;
  openedAt?: string;
  machineOpenedAt?: string;
  clickedAt?: string;
  providerMessageId?: string;
  costAmount?: string;
  costCurrency?: string;
  parts?: number;
}

const stage = (column: string, given: string): string =>
  `${column} = CASE WHEN e."${given}" IS NULL THEN m.${column} ELSE greatest(least(m.${column}, e."${given}"), m.created_at) END`;

const RISES = `coalesce((message_status_rank(e.status), e.at, (e.status = 'FAILED')::int)
    > (message_status_rank(m.status), m.status_at, (m.status = 'FAILED')::int), false)`;

const APPLY = `
UPDATE communication_message m SET
  status = CASE WHEN ${RISES} THEN e.status ELSE m.status END,
  status_at = CASE WHEN ${RISES} THEN e.at ELSE m.status_at END,
  reason_code = CASE WHEN ${RISES} THEN e."reasonCode" ELSE m.reason_code END,
  reason_detail = CASE WHEN ${RISES} AND m.erased_at IS NULL THEN e."reasonDetail" ELSE m.reason_detail END,
  attempts = CASE WHEN m.status <> 'SENDING' OR e.status IS NULL THEN m.attempts
    ELSE greatest(m.attempts, (SELECT max(a.attempt_no) FROM message_attempt a
      WHERE a.tenant_id = m.tenant_id AND a.message_id = m.id)) END,
  resolve_at = CASE WHEN ${RISES} THEN NULL ELSE m.resolve_at END,
  dead_at = CASE WHEN ${RISES} THEN NULL ELSE m.dead_at END,
  provider_message_id = coalesce(m.provider_message_id, e."providerMessageId"),
  ${stage('sent_at', 'sentAt')},
  ${stage('delivered_at', 'deliveredAt')},
  ${stage('read_at', 'readAt')},
  ${stage('failed_at', 'failedAt')},
  opened_at = least(m.opened_at, e."openedAt"),
  machine_opened_at = least(m.machine_opened_at, e."machineOpenedAt"),
  clicked_at = least(m.clicked_at, e."clickedAt"),
  cost_amount = coalesce(e."costAmount", m.cost_amount), cost_currency = coalesce(e."costCurrency", m.cost_currency),
  cost_estimated = CASE WHEN e."costAmount" IS NULL THEN m.cost_estimated ELSE false END,
  parts = coalesce(e.parts, m.parts)
FROM jsonb_to_recordset($2::jsonb) AS e("messageId" uuid, status text, at timestamptz, "reasonCode" text, "reasonDetail" text,
  "sentAt" timestamptz, "deliveredAt" timestamptz, "readAt" timestamptz, "failedAt" timestamptz, "openedAt" timestamptz,
  "machineOpenedAt" timestamptz, "clickedAt" timestamptz, "providerMessageId" text, "costAmount" numeric,
  "costCurrency" text, parts smallint)
WHERE m.tenant_id = $1 AND m.id = e."messageId"`;

/** Applies changes to messages that this transaction holds (placeTogether): applyStatus and applyFacet for many. */
export async function applyTogether(tx: Tx, changes: readonly JoinedChange[]): Promise<void> {
  if (changes.length) await tx.query(APPLY, [tx.tenantId, JSON.stringify(changes)]);
}

import type { PooledSql } from '../../platform/db/sql';
import { channelLock } from '../../channels/channel-lock';
import { addressLock } from '../../contacts/dispatch-hold';
import { lockOf } from '../../platform/db/right-of-way';
import { GATE, type GateRule, type GateVerdict } from '../../preferences/gate/gate';
import type { ChannelType } from '../../providers/provider';
import { campaignLock } from './campaign-lock';
import { HOLDS } from '../budget/budget-hold';
import type { ClaimedMessage } from './claim.queries';

/**
 * Why a message may not go out now. GO: it may, and its attempt is written down as dispatched. LATER: somebody forbids it at this
 * very moment, or another message to the same contact is being counted against the tenant's caps. BUDGET_HELD: the tenant
 * has spent what it wanted to spend this month.
 */
export type Verdict =
  | GateVerdict
  | 'LOST'
  | 'CHANNEL_INACTIVE'
  | 'CAMPAIGN_PAUSED'
  | 'CAMPAIGN_CANCELLED'
  | 'ERASED'
  | 'EXPIRED'
  | 'WINDOW_CLOSED'
  | 'LATER'
  | 'BUDGET_HELD';

/** What became of one message at the gate. */
export interface Judged {
  verdict: Verdict;
  /** The row that decided, where a row did. */
  rule: GateRule | null;
  /** How long to wait before it is asked again, in milliseconds; null where that is not known. */
  waitMs: number | null;
}

/**
 * Taken before anything is looked at: whoever forbids writing to one of these addresses, or on one of these channels, holds
 * the same lock alone until the commit (platform/db/right-of-way). Where a tenant caps how often a contact is written to, two
 * dispatches to one contact count one after the other. Nobody waits here: a batch that waited for one address would keep all
 * others waiting with it. What is not free is told to the next statement, and its message comes again.
 */
const RIGHT_OF_WAY = `
SELECT set_config('app.not_free', coalesce(string_agg(k::text, ',') FILTER (WHERE NOT CASE WHEN alone
  THEN pg_try_advisory_xact_lock(k) ELSE pg_try_advisory_xact_lock_shared(k) END), ''), true)
FROM (
  SELECT k, bool_or(alone) AS alone FROM (
    SELECT k, false AS alone FROM unnest($1::bigint[]) AS k
    UNION ALL
    SELECT c.k, true FROM unnest($2::uuid[], $3::bigint[]) AS c(tenant_id, k) JOIN tenant t ON t.id = c.tenant_id
    WHERE t.frequency_caps IS NOT NULL) wanted
  GROUP BY k) AS each_once`;

/** What RIGHT_OF_WAY could not take; read once a batch, not once a message. */
const NOT_FREE = `(SELECT string_to_array(current_setting('app.not_free'), ','))`;

/**
 * The gate and the intent in one commit. Every message is asked again, at the last moment, whether it may go: still ours
 * (the fence), not expired, tenant and channel active, its person not erased, its bulk send not paused or cancelled, nobody said no, and the person wrote lately where the provider
 * demands it. Those that may get an attempt row in state dispatched BEFORE any byte leaves, so a crash from here on leaves a
 * trace. FOR SHARE holds off the reaper until the commit.
 */
const DISPATCH = `
WITH wanted AS (SELECT * FROM json_to_recordset($1::json) AS w("tenantId" uuid, id uuid, fence bigint, attempt smallint,
  "windowMs" float8, "batchId" uuid, locks text[])),
waiting AS (SELECT w.* FROM wanted w WHERE w.locks && ${NOT_FREE}),
held AS (
  SELECT m.tenant_id, m.id, m.status, m.channel_id, m.channel_type, m.contact_id, m.campaign_id, m.to_address, m.purpose, m.topic, m.lane,
    m.expires_at, w."windowMs", w.fence, w.attempt, w."batchId"
  FROM wanted w JOIN communication_message m ON m.tenant_id = w."tenantId" AND m.id = w.id
  WHERE m.lease_token = w.fence AND NOT w.locks && ${NOT_FREE} FOR SHARE OF m
),
asked AS (
  SELECT h.*, h.id AS message_id, h.to_address AS address,
    row_number() OVER (PARTITION BY h.tenant_id, h.contact_id ORDER BY h.lane = 'otp' DESC, h.id) AS turn
  FROM held h
),
gated AS (${GATE}),
used_up AS MATERIALIZED (${HOLDS}),
judged AS (
  SELECT g.*, u.rule AS budget_rule, u.wait_ms AS budget_wait_ms, CASE
    WHEN g.status <> 'SENDING' THEN 'LOST'
    WHEN p.erased_at IS NOT NULL THEN 'ERASED'
    WHEN b.status = 'CANCELLED' THEN 'CAMPAIGN_CANCELLED'
    WHEN b.status = 'PAUSED' THEN 'CAMPAIGN_PAUSED'
    WHEN g.tenant_status <> 'ACTIVE' OR c.status <> 'ACTIVE' OR c.deleted_at IS NOT NULL THEN 'CHANNEL_INACTIVE'
    WHEN g.expires_at <= now() THEN 'EXPIRED'
    WHEN g.verdict NOT IN ('GO', 'FREQUENCY_CAPPED', 'QUIET_HOURS') THEN g.verdict
    WHEN g.has_caps AND g.turn > 1 AND g.lane <> 'otp' THEN 'LATER'
    WHEN g.verdict <> 'GO' THEN g.verdict
    WHEN g."windowMs" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM communication_session h WHERE h.tenant_id = g.tenant_id
      AND h.counterpart = g.to_address AND h.channel_id = g.channel_id
      AND h.last_inbound_at > now() - make_interval(secs => g."windowMs" / 1000)) THEN 'WINDOW_CLOSED'
    WHEN u.tenant_id IS NOT NULL AND g.lane <> ALL (u.exempt_lanes) THEN 'BUDGET_HELD'
    ELSE 'GO' END AS final
  FROM gated g
  JOIN communication_channel c ON c.tenant_id = g.tenant_id AND c.id = g.channel_id
  LEFT JOIN contact p ON p.tenant_id = g.tenant_id AND p.id = g.contact_id
  LEFT JOIN bulk_message_campaign b ON b.tenant_id = g.tenant_id AND b.id = g.campaign_id
  LEFT JOIN used_up u ON u.tenant_id = g.tenant_id
),
intent AS (
  INSERT INTO message_attempt (tenant_id, message_id, attempt_no, fence, worker_id, batch_id)
  SELECT tenant_id, id, attempt, fence, $2, "batchId" FROM judged WHERE final = 'GO'
),
counted AS (
  INSERT INTO contact_send AS n (tenant_id, contact_id, message_id, purpose)
  SELECT tenant_id, person, id, purpose FROM judged WHERE final = 'GO' AND has_caps AND lane <> 'otp'
  ON CONFLICT (tenant_id, contact_id, message_id) DO UPDATE SET at = now()
)
SELECT tenant_id AS "tenantId", id, final AS verdict, CASE final WHEN verdict THEN rule WHEN 'BUDGET_HELD' THEN budget_rule END AS rule,
  CASE final WHEN 'QUIET_HOURS' THEN extract(epoch FROM open_at - now())::float8 * 1000
    WHEN 'BUDGET_HELD' THEN budget_wait_ms END AS "waitMs" FROM judged
UNION ALL SELECT "tenantId", id, 'LATER', NULL, NULL FROM waiting`;

/** A message that is to go out. */
export type Wanted = Pick<
  ClaimedMessage,
  'tenantId' | 'id' | 'fence' | 'attempts' | 'channelId' | 'contactId' | 'campaignId' | 'to'
> & {
  channelType: ChannelType;
  /** The person must have written within so many milliseconds; undefined: need not have. */
  windowMs?: number | undefined;
  /** Of the call that it shares with others. */
  batchId?: string;
};

const LOST: Judged = { verdict: 'LOST', rule: null, waitMs: null };

/** Judges messages that this worker holds, and writes down the intent to call for each that may go. */
export async function dispatchMessages(
  sql: Pick<PooledSql, 'together'>,
  workerId: string,
  messages: readonly Wanted[],
): Promise<Judged[]> {
  const wanted = messages.map((m) => ({
    tenantId: m.tenantId,
    id: m.id,
    fence: m.fence,
    attempt: m.attempts + 1,
    windowMs: m.windowMs,
    batchId: m.batchId,
    locks: locksOf(m),
  }));
  const rows = await sql.together<Judged & { tenantId: string; id: string }>(
    { text: RIGHT_OF_WAY, values: rightsOf(wanted) },
    { text: DISPATCH, values: [JSON.stringify(wanted), workerId] },
  );
  const judged = new Map(rows.map(({ tenantId, id, ...verdict }) => [tenantId + id, verdict]));
  return messages.map((m) => judged.get(m.tenantId + m.id) ?? LOST);
}

type Locks = [contact: string, address: string, channel: string, campaign?: string];

function locksOf({ tenantId, channelType, to, channelId, contactId, campaignId }: Wanted): Locks {
  const locks: Locks = [
    lockOf(tenantId, 'contact', contactId),
    addressLock(tenantId, channelType, to),
    channelLock(tenantId, channelId),
  ];
  if (campaignId !== null) locks.push(campaignLock(tenantId, campaignId));
  return locks;
}

function rightsOf(wanted: readonly { tenantId: string; locks: Locks }[]): readonly unknown[] {
  const shared = new Set(wanted.flatMap(({ locks: [, ...others] }) => others));
  return [[...shared], wanted.map(({ tenantId }) => tenantId), wanted.map(({ locks: [contact] }) => contact)];
}

import type { Sql } from '../../platform/db/sql';
import type { Lane } from './retry-policy';

/** A message that a worker holds, with all that sending it needs. */
export interface ClaimedMessage {
  tenantId: string;
  id: string;
  channelId: string;
  contactId: string;
  campaignId: string | null;
  templateId: string | null;
  fence: string;
  attempts: number;
  failures: number;
  lane: Lane;
  purpose: 'TRANSACTIONAL' | 'MARKETING';
  topic: string | null;
  delivery: 'at_least_once' | 'at_most_once';
  to: string;
  messageType: string;
  content: Record<string, unknown>;
  trackClicks: boolean;
  trackOpens: boolean;
  expiresAt: Date | null;
  createdAt: Date;
  ageMs: number;
}

/** One queue: the messages of one channel in one lane. */
export interface Queue {
  tenantId: string;
  channelId: string;
}

/** A queue that holds something. */
export interface FoundQueue extends Queue {
  providerType: string;
  /** Whether any of it is due by now. */
  due: boolean;
}

/** Most queues that one claim looks at; the next claim goes on after the last of them. */
export const MOST_QUEUES = 64;

export const RING_START: Queue = {
  tenantId: '00000000-0000-0000-0000-000000000000',
  channelId: '00000000-0000-0000-0000-000000000000',
};

/** Where the ring of queues goes on in one lane. */
export interface RingPlace {
  lane: Lane;
  after: Queue;
}

/** A loose scan of the queue index: it jumps from channel to channel, so its cost is the number of channels, not of rows. */
const QUEUES = `
SELECT l.lane, q.tenant_id AS "tenantId", q.channel_id AS "channelId", q.due_at <= now() AS due,
  c.provider_type AS "providerType"
FROM unnest($1::text[], $2::uuid[], $3::uuid[]) AS l(lane, tenant_id, channel_id) CROSS JOIN LATERAL (
  WITH RECURSIVE queues AS (
    (SELECT m.tenant_id, m.channel_id, m.due_at FROM communication_message m
     WHERE m.status IN ('QUEUED', 'SCHEDULED') AND m.lane = l.lane AND (m.tenant_id, m.channel_id) > (l.tenant_id, l.channel_id)
     ORDER BY m.tenant_id, m.channel_id, m.due_at LIMIT 1)
    UNION ALL
    SELECT n.tenant_id, n.channel_id, n.due_at FROM queues q CROSS JOIN LATERAL (
      SELECT m.tenant_id, m.channel_id, m.due_at FROM communication_message m
      WHERE m.status IN ('QUEUED', 'SCHEDULED') AND m.lane = l.lane AND (m.tenant_id, m.channel_id) > (q.tenant_id, q.channel_id)
      ORDER BY m.tenant_id, m.channel_id, m.due_at LIMIT 1) n
  )
  SELECT tenant_id, channel_id, due_at FROM queues LIMIT ${MOST_QUEUES}
) q JOIN communication_channel c ON c.tenant_id = q.tenant_id AND c.id = q.channel_id
ORDER BY q.tenant_id, q.channel_id`;

/** The queues that hold anything, of each lane from its place in the ring on. */
export async function listQueues(sql: Sql, places: readonly RingPlace[]): Promise<Map<Lane, FoundQueue[]>> {
  const rows = await sql.query<FoundQueue & { lane: Lane }>(QUEUES, [
    places.map(({ lane }) => lane),
    places.map(({ after }) => after.tenantId),
    places.map(({ after }) => after.channelId),
  ]);
  return Map.groupBy(rows, ({ lane }) => lane);
}

/**
 * What a token bucket holds now: a fifth of a second's worth at most, so that no 10 s window exceeds the rate by 2 %. At low
 * rates that is one token, and what comes in between two looks is lost: the rate is held, not quite used.
 */
const TOKENS = `least(greatest(1, c.rate_per_second * 0.2),
  s.tokens + c.rate_per_second * extract(epoch FROM clock_timestamp() - s.refilled_at))`;

/**
 * Takes due messages fairly (scheduled ones come to the queue by the clock, schedules/single-clock.ts): each tenant offers at most its share, and the shares are taken in turns. Only the state of
 * channels with a rate or a breaker that is not closed is locked; a half-open breaker lets a single probe through. Within
 * an ordering key a message waits for the earlier ones, but for no longer than 15 minutes. The rows are locked, so they are
 * updated by their place; one that changed while this statement began has another place by now, and waits for the next claim.
 */
const CLAIM = `
WITH seen AS (SELECT * FROM unnest($5::uuid[], $6::uuid[]) AS q(tenant_id, channel_id)),
free AS (
  SELECT s.tenant_id, s.channel_id, $3::int AS allowed
  FROM seen JOIN channel_state s USING (tenant_id, channel_id)
  JOIN communication_channel c ON c.tenant_id = s.tenant_id AND c.id = s.channel_id
  WHERE s.breaker = 'CLOSED' AND c.rate_per_second IS NULL AND c.status = 'ACTIVE' AND c.deleted_at IS NULL
),
metered AS (
  SELECT s.tenant_id, s.channel_id, c.rate_per_second,
    CASE WHEN s.breaker <> 'CLOSED' THEN 1 ELSE floor(${TOKENS})::int END AS allowed
  FROM seen JOIN channel_state s USING (tenant_id, channel_id)
  JOIN communication_channel c ON c.tenant_id = s.tenant_id AND c.id = s.channel_id
  WHERE (s.breaker <> 'CLOSED' OR c.rate_per_second IS NOT NULL) AND c.status = 'ACTIVE' AND c.deleted_at IS NULL
    AND (s.breaker = 'CLOSED' OR s.open_until <= now())
  ORDER BY s.tenant_id, s.channel_id
  FOR NO KEY UPDATE OF s
),
able AS (SELECT tenant_id, channel_id, allowed FROM free UNION ALL SELECT tenant_id, channel_id, allowed FROM metered),
share AS (SELECT greatest(1, ceil($3::numeric / greatest(1, count(DISTINCT tenant_id))))::int AS size FROM able),
offered AS (
  SELECT o.* FROM able a CROSS JOIN share CROSS JOIN LATERAL (
    SELECT d.place, d.tenant_id, d.channel_id, row_number() OVER () AS turn FROM (
      SELECT m.ctid AS place, m.tenant_id, m.channel_id FROM communication_message m
      WHERE m.status = 'QUEUED' AND m.lane = $2 AND m.tenant_id = a.tenant_id AND m.channel_id = a.channel_id
        AND m.due_at <= now()
        AND (m.ordering_key IS NULL OR NOT EXISTS (
          SELECT 1 FROM communication_message p
          WHERE p.tenant_id = m.tenant_id AND p.ordering_key = m.ordering_key AND p.seq < m.seq
            AND p.status IN ('QUEUED', 'SENDING', 'UNKNOWN') AND p.created_at > now() - interval '15 minutes'))
      ORDER BY m.due_at, m.seq LIMIT least(a.allowed, share.size)
      FOR UPDATE OF m SKIP LOCKED) d) o
),
taken AS (SELECT * FROM offered ORDER BY turn LIMIT $3::int),
used AS (
  UPDATE channel_state s SET
    tokens = CASE WHEN c.rate_per_second IS NULL THEN s.tokens ELSE ${TOKENS} - t.n END,
    refilled_at = clock_timestamp(),
    breaker = CASE WHEN s.breaker = 'CLOSED' THEN 'CLOSED' ELSE 'HALF_OPEN' END,
    open_until = CASE WHEN s.breaker = 'CLOSED' THEN s.open_until ELSE now() + interval '30 seconds' END
  FROM metered c JOIN (SELECT tenant_id, channel_id, count(*) AS n FROM taken GROUP BY 1, 2) t USING (tenant_id, channel_id)
  WHERE s.tenant_id = c.tenant_id AND s.channel_id = c.channel_id
)
UPDATE communication_message m SET status = 'SENDING', lease_token = m.lease_token + 1, lease_owner = $1,
  lease_until = now() + make_interval(secs => $4)
FROM taken t WHERE m.ctid = t.place
RETURNING m.tenant_id AS "tenantId", m.id, m.channel_id AS "channelId", m.contact_id AS "contactId",
  m.campaign_id AS "campaignId", m.template_id AS "templateId", m.lease_token AS fence, m.attempts, m.failures, m.lane,
  m.purpose, m.topic, m.delivery, m.to_address AS "to", m.message_type AS "messageType", m.content, m.expires_at AS "expiresAt",
  m.track_clicks AS "trackClicks", m.track_opens AS "trackOpens",
  m.created_at AS "createdAt", extract(epoch FROM now() - m.created_at)::float8 * 1000 AS "ageMs"`;

/** Takes at most `limit` due messages of a lane, out of these queues, for a worker. */
export function claimMessages(
  sql: Sql,
  worker: { id: string; leaseSeconds: number },
  want: { lane: Lane; limit: number; queues: readonly Queue[] },
): Promise<ClaimedMessage[]> {
  const { lane, limit, queues } = want;
  return sql.query<ClaimedMessage>(CLAIM, [
    worker.id,
    lane,
    limit,
    worker.leaseSeconds,
    queues.map((q) => q.tenantId),
    queues.map((q) => q.channelId),
  ]);
}

/** Gives back messages that were taken but never dispatched, as if they had not been taken. */
export async function releaseMessages(
  sql: Sql,
  held: readonly { tenantId: string; id: string; fence: string }[],
): Promise<void> {
  await sql.query(
    `UPDATE communication_message m SET status = 'QUEUED', lease_owner = NULL, lease_until = NULL
     FROM jsonb_to_recordset($1::jsonb) AS h("tenantId" uuid, id uuid, fence bigint)
     WHERE m.tenant_id = h."tenantId" AND m.id = h.id AND m.lease_token = h.fence AND m.status = 'SENDING'`,
    [JSON.stringify(held.map(({ tenantId, id, fence }) => ({ tenantId, id, fence })))],
  );
}

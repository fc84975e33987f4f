import type { Tx } from '../platform/db/tenant-db';
import type { Grouping } from './stats.dto';

/** A period with the columns that it touches. */
export interface StatsPeriod {
  from: Date;
  /** Excluded. */
  to: Date;
  /** IANA name; used by `day` only. */
  timezone: string;
}

/** Some figures of one group, or of all of them together. */
export interface StatsPart {
  part: 'counts' | 'replies' | 'answers' | 'unsubscribed' | 'cost';
  isTotal: boolean;
  key: string | null;
  facts: Record<string, number | string | null>;
}

/** What a group is called: of a message, and of an opt-out `e`, whose message `m` may not be known. */
const KEYS: Readonly<Record<Grouping, { message: string; consent: string }>> = {
  // Days as the clock on the wall has them: 23 or 25 hours when it is put forward or back.
  day: {
    message: `to_char(m.created_at AT TIME ZONE $6, 'YYYY-MM-DD')`,
    consent: `to_char(e.at AT TIME ZONE $6, 'YYYY-MM-DD')`,
  },
  channel: both('m.channel_id::text'),
  channelType: { message: 'm.channel_type', consent: 'e.channel_type' },
  provider: both('m.provider_type'),
  template: both('m.template_id::text'),
  campaign: both('m.campaign_id::text'),
};

function both(expression: string): { message: string; consent: string } {
  return { message: expression, consent: expression };
}

const HOUR_MS = 3_600_000;
/** Ids are made a moment before or after the row's own time, on other clocks; the index reads a little more than the period. */
const CLOCK_SLACK_MS = HOUR_MS;
/** How late a provider may tell of an opt-out. */
const LATE_CONSENT_MS = 8 * 24 * HOUR_MS;

/** $1 tenant, $2 from, $3 to, $4 lowest and $5 highest id, $6 zone (with `day`), and at the end the highest id of a consent. */
function statsSql(grouping: Grouping): string {
  const { message, consent } = KEYS[grouping];
  const lastConsent = grouping === 'day' ? '$7' : '$6';
  return `
WITH m AS MATERIALIZED (
  SELECT m.id, m.session_id, m.direction, m.created_at, ${message} AS key, m.cost_amount, m.cost_currency,
    m.status = 'FAILED' AS failed, m.read_at IS NOT NULL AS read, m.opened_at IS NOT NULL AS opened,
    m.clicked_at IS NOT NULL AS clicked, m.complained_at IS NOT NULL AS complained,
    num_nonnulls(m.delivered_at, m.read_at, m.opened_at, m.clicked_at) > 0 AS delivered,
    num_nonnulls(m.sent_at, m.delivered_at, m.read_at, m.opened_at, m.clicked_at) > 0 AS sent
  FROM communication_message m
  WHERE m.tenant_id = $1 AND m.id >= $4::uuid AND m.id < $5::uuid AND m.created_at >= $2 AND m.created_at < $3
),
replies AS (
  SELECT m.key FROM m
  JOIN communication_session s ON s.tenant_id = $1 AND s.id = m.session_id AND s.last_inbound_at >= m.created_at
  CROSS JOIN LATERAL (
    SELECT n.direction FROM communication_message n
    WHERE n.tenant_id = $1 AND n.session_id = m.session_id AND n.id > m.id AND n.direction <> 'INTERNAL' ORDER BY n.id LIMIT 1) next
  WHERE m.direction = 'OUTBOUND' AND m.sent AND next.direction = 'INBOUND'
),
answers AS (
  SELECT m.key, greatest(0, extract(epoch FROM answer.created_at - m.created_at)) AS seconds FROM m
  LEFT JOIN LATERAL (
    SELECT n.direction FROM communication_message n
    WHERE n.tenant_id = $1 AND n.session_id = m.session_id AND n.id < m.id AND n.direction <> 'INTERNAL' ORDER BY n.id DESC LIMIT 1) before ON true
  CROSS JOIN LATERAL (
    SELECT n.created_at FROM communication_message n
    WHERE n.tenant_id = $1 AND n.session_id = m.session_id AND n.id > m.id AND n.direction = 'OUTBOUND'
    ORDER BY n.id LIMIT 1) answer
  WHERE m.direction = 'INBOUND' AND before.direction IS DISTINCT FROM 'INBOUND'
),
optouts AS (
  SELECT ${consent} AS key FROM consent_event e
  LEFT JOIN communication_message m ON m.tenant_id = e.tenant_id AND m.id = e.message_id
  WHERE e.tenant_id = $1 AND e.id >= $4::uuid AND e.id < ${lastConsent}::uuid AND e.at >= $2 AND e.at < $3
    AND e.action = 'OPTED_OUT'
)
SELECT 'counts' AS part, grouping(key) = 1 AS "isTotal", key, jsonb_build_object(
  'sent', count(*) FILTER (WHERE sent), 'delivered', count(*) FILTER (WHERE delivered), 'read', count(*) FILTER (WHERE read),
  'failed', count(*) FILTER (WHERE failed), 'opened', count(*) FILTER (WHERE opened),
  'clicked', count(*) FILTER (WHERE clicked), 'complained', count(*) FILTER (WHERE complained)) AS facts
FROM m WHERE direction = 'OUTBOUND' GROUP BY GROUPING SETS ((key), ())
UNION ALL
SELECT 'replies', grouping(key) = 1, key, jsonb_build_object('replied', count(*))
FROM replies GROUP BY GROUPING SETS ((key), ())
UNION ALL
SELECT 'answers', grouping(key) = 1, key, jsonb_build_object(
  'responseTimeP50', round((percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds))::numeric, 3),
  'responseTimeP95', round((percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds))::numeric, 3))
FROM answers GROUP BY GROUPING SETS ((key), ())
UNION ALL
SELECT 'unsubscribed', grouping(key) = 1, key, jsonb_build_object('unsubscribed', count(*))
FROM optouts GROUP BY GROUPING SETS ((key), ())
UNION ALL
SELECT 'cost', grouping(key) = 1, key,
  jsonb_build_object('amount', trim_scale(sum(cost_amount))::text, 'currency', cost_currency)
FROM m WHERE cost_amount IS NOT NULL GROUP BY GROUPING SETS ((key, cost_currency), (cost_currency))`;
}

/**
 * The figures of a period, group by group. Ids are UUIDv7, so the period is a range of the primary key: the cost is that of
 * the messages in it, however many the tenant has.
 */
export function readStats(tx: Tx, grouping: Grouping, { from, to, timezone }: StatsPeriod): Promise<StatsPart[]> {
  return tx.query<StatsPart>(statsSql(grouping), [
    tx.tenantId,
    from,
    to,
    firstIdAt(from.getTime() - CLOCK_SLACK_MS),
    firstIdAt(to.getTime() + CLOCK_SLACK_MS),
    ...(grouping === 'day' ? [timezone] : []),
    firstIdAt(to.getTime() + LATE_CONSENT_MS),
  ]);
}

/** The lowest UUIDv7 of a millisecond: the first 48 bits are the time (RFC 9562, 5.7). */
function firstIdAt(ms: number): string {
  const time = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

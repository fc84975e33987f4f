import { lineColumns, quarterOf, QUARTER_MS } from './figures';
import { binOf } from './response-times';

/** From and to, the latter excluded. */
export interface Span {
  from: Date;
  to: Date;
}

/** What only a machine opened; scanners of mail do. */
const MACHINE_OPENED = 'm.machine_opened_at IS NOT NULL AND m.opened_at IS NULL';

/**
 * Ends a subquery that is asked once a span: PostgreSQL does not merge it with what is around, and so never thinks that reading
 * everything once was cheaper. It has no idea how short a span is.
 */
export const BY_INDEX = 'OFFSET 0';

const OF_MESSAGE = 'at, channel_id, channel_type, provider_type, template_id, campaign_id';

/**
 * Counts messages themselves: `lines` of the spans, with columns `at`, DIMENSIONS and LINE. $1 tenant, then those of
 * `spanValues`. Messages count in the quarter in which they were accepted, opt-outs in that in which they were made.
 */
export const COUNT_MESSAGES = `
WITH m AS MATERIALIZED (
  SELECT ${quarterOf('m.created_at')} AS at, m.channel_id, m.channel_type, m.provider_type, m.template_id, m.campaign_id,
    m.id, m.session_id, m.direction, m.created_at, m.cost_amount,
    CASE WHEN m.cost_amount IS NOT NULL THEN m.cost_currency END AS cost_currency,
    m.direction = 'OUTBOUND' AS is_out,
    num_nonnulls(m.sent_at, m.delivered_at, m.read_at, m.opened_at, m.clicked_at) > 0 AS sent,
    num_nonnulls(m.delivered_at, m.read_at, m.opened_at, m.clicked_at) > 0 AS delivered,
    m.read_at IS NOT NULL AS read, m.status = 'FAILED' AS failed, m.opened_at IS NOT NULL AS opened,
    ${MACHINE_OPENED} AS machine_opened, m.clicked_at IS NOT NULL AS clicked, m.complained_at IS NOT NULL AS complained
  FROM unnest($2::timestamptz[], $3::timestamptz[], $4::uuid[], $5::uuid[]) AS span(since, until, first_id, end_id)
  CROSS JOIN LATERAL (
    SELECT * FROM communication_message m WHERE m.tenant_id = $1 AND m.id >= span.first_id AND m.id < span.end_id
      AND m.created_at >= span.since AND m.created_at < span.until ${BY_INDEX}) m
),
replies AS (
  SELECT m.* FROM m
  JOIN communication_session s ON s.tenant_id = $1 AND s.id = m.session_id AND s.last_inbound_at >= m.created_at
  CROSS JOIN LATERAL (
    SELECT n.direction FROM communication_message n
    WHERE n.tenant_id = $1 AND n.session_id = m.session_id AND n.id > m.id AND n.direction <> 'INTERNAL' ORDER BY n.id LIMIT 1) next
  WHERE m.is_out AND m.sent AND next.direction = 'INBOUND'
),
answers AS (
  SELECT ${OF_MESSAGE}, ${binOf('extract(epoch FROM answer.sent - m.created_at)')} AS bin, count(*) AS n FROM m
  LEFT JOIN LATERAL (
    SELECT n.direction FROM communication_message n
    WHERE n.tenant_id = $1 AND n.session_id = m.session_id AND n.id < m.id AND n.direction <> 'INTERNAL' ORDER BY n.id DESC LIMIT 1) before ON true
  CROSS JOIN LATERAL (
    SELECT n.created_at AS sent FROM communication_message n
    WHERE n.tenant_id = $1 AND n.session_id = m.session_id AND n.id > m.id AND n.direction = 'OUTBOUND'
    ORDER BY n.id LIMIT 1) answer
  WHERE m.direction = 'INBOUND' AND before.direction IS DISTINCT FROM 'INBOUND'
  GROUP BY ${OF_MESSAGE}, bin
),
optouts AS (
  SELECT ${quarterOf('e.at')} AS at, m.channel_id, e.channel_type, m.provider_type, m.template_id, m.campaign_id
  FROM unnest($2::timestamptz[], $3::timestamptz[]) AS span(since, until)
  CROSS JOIN LATERAL (
    SELECT * FROM consent_event e WHERE e.tenant_id = $1 AND e.action = 'OPTED_OUT' AND e.at >= span.since AND e.at < span.until
    ${BY_INDEX}) e
  LEFT JOIN communication_message m ON m.tenant_id = e.tenant_id AND m.id = e.message_id
),
ones AS (
  SELECT ${OF_MESSAGE}, ${lineColumns({
    sent: '(is_out AND sent)::int',
    delivered: '(is_out AND delivered)::int',
    read: '(is_out AND read)::int',
    failed: '(is_out AND failed)::int',
    opened: '(is_out AND opened)::int',
    machine_opened: '(is_out AND machine_opened)::int',
    clicked: '(is_out AND clicked)::int',
    complained: '(is_out AND complained)::int',
    cost_currency: 'cost_currency',
    cost_amount: 'cost_amount',
  })} FROM m WHERE cost_amount IS NOT NULL OR (is_out AND (sent OR failed OR machine_opened OR complained))
  UNION ALL SELECT ${OF_MESSAGE}, ${lineColumns({ replied: '1' })} FROM replies
  UNION ALL SELECT ${OF_MESSAGE}, ${lineColumns({ unsubscribed: '1' })} FROM optouts
),
lines AS (
  SELECT ${OF_MESSAGE}, ${lineColumns({
    sent: 'sum(sent)',
    delivered: 'sum(delivered)',
    read: 'sum(read)',
    failed: 'sum(failed)',
    opened: 'sum(opened)',
    machine_opened: 'sum(machine_opened)',
    clicked: 'sum(clicked)',
    replied: 'sum(replied)',
    unsubscribed: 'sum(unsubscribed)',
    complained: 'sum(complained)',
    cost_currency: 'cost_currency',
    cost_amount: 'coalesce(sum(cost_amount), 0)',
  })}, NULL::smallint[] AS answer_bins, NULL::bigint[] AS answer_counts
  FROM ones GROUP BY ${OF_MESSAGE}, cost_currency
  UNION ALL
  SELECT ${OF_MESSAGE}, ${lineColumns()}, array_agg(bin ORDER BY bin), array_agg(n ORDER BY bin)
  FROM answers GROUP BY ${OF_MESSAGE}
)`;

const HOUR_MS = 3_600_000;

/** Values $2 to $5: messages are read by their ids, which are UUIDv7 and made a moment beside the row's own time. */
export function spanValues(spans: readonly Span[]): unknown[] {
  return [
    spans.map(({ from }) => from),
    spans.map(({ to }) => to),
    spans.map(({ from }) => firstIdAt(from.getTime() - HOUR_MS)),
    spans.map(({ to }) => firstIdAt(to.getTime() + HOUR_MS)),
  ];
}

/** Quarters as spans: neighbours, and those that would be read twice because of the slack of ids, are one. */
export function spansOf(quarters: readonly Date[], apartMs: number): Span[] {
  const spans: Span[] = [];
  for (const at of quarters.toSorted((a, b) => a.getTime() - b.getTime())) {
    const last = spans.at(-1);
    if (last && at.getTime() - last.to.getTime() <= apartMs) last.to = endOf(at);
    else spans.push({ from: at, to: endOf(at) });
  }
  return spans;
}

/** When a quarter is over. */
export function endOf(quarter: Date): Date {
  return new Date(quarter.getTime() + QUARTER_MS);
}

/** The lowest UUIDv7 of a millisecond: the first 48 bits are the time (RFC 9562, 5.7). */
export function firstIdAt(ms: number): string {
  const time = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

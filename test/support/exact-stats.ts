/** Runs SQL as somebody who sees everything. */
type RunSql = <Row>(text: string, values?: unknown[]) => Promise<Row[]>;

export interface ExactFigures {
  key: string | null;
  sent: number;
  delivered: number;
  read: number;
  failed: number;
  opened: number;
  clicked: number;
  complained: number;
  replied: number;
  unsubscribed: number;
  p50: number | null;
  p95: number | null;
  cost: { amount: string; currency: string }[];
}

const KEYS: Readonly<Record<string, string>> = {
  day: `to_char(at AT TIME ZONE $4, 'YYYY-MM-DD')`,
  channel: 'channel_id::text',
  channelType: 'channel_type',
  provider: 'provider_type',
  template: 'template_id::text',
  campaign: 'campaign_id::text',
};

/** Every figure of a period from the messages themselves, one plain question each: what roll-ups have to equal. */
export async function exactStats(
  sql: RunSql,
  asked: { tenantId: string; from: Date; to: Date; groupBy: string; timezone: string },
): Promise<ExactFigures[]> {
  const rows = await sql<ExactFigures>(exactSql(KEYS[asked.groupBy] ?? ''), [
    asked.tenantId,
    asked.from,
    asked.to,
    asked.timezone,
  ]);
  return rows.map((row) => ({ ...row, cost: row.cost ?? [] }));
}

const exactSql = (key: string): string => `
WITH everything AS (
  SELECT m.*, created_at AS at,
    lead(direction) OVER conversation AS next_direction, lag(direction) OVER conversation AS last_direction,
    min(CASE WHEN direction = 'OUTBOUND' THEN id::text END) OVER (conversation ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
      AS answer_id
  FROM communication_message m WHERE m.tenant_id = $1 WINDOW conversation AS (PARTITION BY session_id ORDER BY id)
),
told AS (
  SELECT e.*, direction = 'OUTBOUND' AS is_out,
    extract(epoch FROM (SELECT a.created_at FROM communication_message a WHERE a.tenant_id = $1 AND a.id = e.answer_id::uuid)
      - e.created_at)::float8 AS waited
  FROM everything e
),
of_messages AS (
  SELECT ${key} AS key,
    is_out AND coalesce(sent_at, delivered_at, read_at, opened_at, clicked_at) IS NOT NULL AS sent,
    is_out AND coalesce(delivered_at, read_at, opened_at, clicked_at) IS NOT NULL AS delivered,
    is_out AND read_at IS NOT NULL AS read, is_out AND status = 'FAILED' AS failed, is_out AND opened_at IS NOT NULL AS opened,
    is_out AND clicked_at IS NOT NULL AS clicked, is_out AND complained_at IS NOT NULL AS complained,
    is_out AND coalesce(sent_at, delivered_at, read_at, opened_at, clicked_at) IS NOT NULL
      AND coalesce(next_direction = 'INBOUND', false) AS replied,
    CASE WHEN NOT is_out AND last_direction IS DISTINCT FROM 'INBOUND' THEN waited END AS waited,
    cost_amount, cost_currency
  FROM told WHERE at >= $2 AND at < $3
),
of_optouts AS (
  SELECT ${key} AS key FROM (
    SELECT e.at, m.channel_id, e.channel_type, m.provider_type, m.template_id, m.campaign_id FROM consent_event e
    LEFT JOIN communication_message m ON m.tenant_id = e.tenant_id AND m.id = e.message_id
    WHERE e.tenant_id = $1 AND e.action = 'OPTED_OUT' AND e.at >= $2 AND e.at < $3) e
),
keys AS (SELECT key FROM of_messages UNION SELECT key FROM of_optouts),
figures AS (
  SELECT k.key, count(*) FILTER (WHERE sent)::int AS sent, count(*) FILTER (WHERE delivered)::int AS delivered,
    count(*) FILTER (WHERE read)::int AS read, count(*) FILTER (WHERE failed)::int AS failed,
    count(*) FILTER (WHERE opened)::int AS opened, count(*) FILTER (WHERE clicked)::int AS clicked,
    count(*) FILTER (WHERE complained)::int AS complained, count(*) FILTER (WHERE replied)::int AS replied,
    (SELECT count(*)::int FROM of_optouts o WHERE o.key IS NOT DISTINCT FROM k.key) AS unsubscribed,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY waited) AS p50, percentile_cont(0.95) WITHIN GROUP (ORDER BY waited) AS p95,
    (SELECT jsonb_agg(jsonb_build_object('amount', amount, 'currency', cost_currency) ORDER BY cost_currency) FROM (
      SELECT cost_currency, trim_scale(sum(cost_amount))::text AS amount FROM of_messages c
      WHERE c.key IS NOT DISTINCT FROM k.key AND cost_amount IS NOT NULL GROUP BY cost_currency) c) AS cost
  FROM keys k LEFT JOIN of_messages m ON m.key IS NOT DISTINCT FROM k.key GROUP BY k.key
)
SELECT * FROM figures
WHERE $4::text IS NOT NULL AND (sent + failed + complained + unsubscribed > 0 OR p50 IS NOT NULL OR cost IS NOT NULL) ORDER BY key`;

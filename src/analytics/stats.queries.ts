import type { Tx } from '../platform/db/tenant-db';
import { BY_INDEX, COUNT_MESSAGES, spanValues, type Span } from './count-messages.queries';
import { FIGURES, LINE } from './figures';
import type { Grouping } from './stats.dto';
import type { Pieces } from './stats-pieces';

/** Some figures of one group, or of all of them together. */
export interface StatsPart {
  part: 'counts' | 'answers' | 'cost';
  isTotal: boolean;
  key: string | null;
  facts: Record<string, unknown>;
}

const COLUMN: Readonly<Record<Exclude<Grouping, 'day'>, string>> = {
  channel: 'channel_id',
  channelType: 'channel_type',
  provider: 'provider_type',
  template: 'template_id',
  campaign: 'campaign_id',
};

/** The text of a query and its values; a text is the same for every period. */
interface Query {
  text: string;
  values: unknown[];
}

/** The lines of one place for which a condition holds: a select of `key`, as it is stored, and LINE. */
type Source = (condition: string) => string;

function sourcesOf(grouping: Grouping, timezone: string, pieces: Pieces, values: unknown[]): Source[] {
  const value = (given: unknown): string => `$${values.push(given)}`;
  const column = grouping === 'day' ? undefined : COLUMN[grouping];
  const zone = column === undefined ? value(timezone) : '';
  // Days as the clock on the wall has them: 23 or 25 hours when it is put forward or back.
  const key = `${column ?? `(at AT TIME ZONE ${zone})::date`} AS key`;
  const within = (spans: readonly Span[], table: string): Source => {
    const [since, until] = [value(spans.map(({ from }) => from)), value(spans.map(({ to }) => to))];
    return (
      condition,
    ) => `SELECT ${key}, ${LINE} FROM unnest(${since}::timestamptz[], ${until}::timestamptz[]) AS span(since, until)
     CROSS JOIN LATERAL (SELECT * FROM ${table} AND tenant_id = $1 AND at >= since AND at < until AND ${condition} ${BY_INDEX}) t`;
  };
  const counted: Source = (condition) => `SELECT ${key}, ${LINE} FROM lines WHERE ${condition}`;
  if (pieces.hours)
    return [
      counted,
      within(pieces.hours, 'analytics_total WHERE minutes = 60'),
      within(pieces.quarters, 'analytics_total WHERE minutes = 15'),
    ];
  const [first, last] = [value(pieces.days.map(({ from }) => from)), value(pieces.days.map(({ to }) => to))];
  const days: Source = (
    condition,
  ) => `SELECT ${column ?? 'day'} AS key, ${LINE} FROM unnest(${first}::date[], ${last}::date[]) AS span(first, last)
     CROSS JOIN LATERAL (SELECT * FROM communication_analytics WHERE tenant_id = $1 AND day >= first AND day < last AND ${condition}
       ${BY_INDEX}) t`;
  return [counted, days, within(pieces.quarters, 'analytics_quarter WHERE true')];
}

const SUMS = [...FIGURES, 'cost_amount'].map((column) => `sum(${column}) AS ${column}`).join(', ');

function statsQuery(tenantId: string, grouping: Grouping, timezone: string, pieces: Pieces): Query {
  const values: unknown[] = [tenantId, ...spanValues(pieces.counted)];
  const sources = sourcesOf(grouping, timezone, pieces, values);
  // Each source is summed where it is read: what goes on from there is a line a group.
  const summed = sources.map(
    (source) =>
      `SELECT key::text, cost_currency, ${SUMS} FROM (${source('answer_bins IS NULL')}) s GROUP BY s.key, cost_currency`,
  );
  const answered = sources.map(
    (source) => `SELECT key::text, bin, sum(n) AS n FROM (${source('answer_bins IS NOT NULL')}) s,
      unnest(answer_bins, answer_counts) AS bins(bin, n) GROUP BY s.key, bin`,
  );
  const text = `${COUNT_MESSAGES},
taken AS (${summed.join('\n  UNION ALL ')}),
answered AS (${answered.join('\n  UNION ALL ')}),
binned AS (SELECT grouping(key) AS is_total, key, bin, sum(n)::bigint AS n
  FROM answered GROUP BY GROUPING SETS ((key, bin), (bin)))
SELECT 'counts' AS part, grouping(key) = 1 AS "isTotal", key,
  jsonb_build_object(${FIGURES.map((figure) => `'${figure}', sum(${figure})`).join(', ')}) AS facts
FROM taken GROUP BY GROUPING SETS ((key), ()) HAVING count(*) > 0
UNION ALL
SELECT 'answers', is_total = 1, key, jsonb_build_object('bins', jsonb_agg(bin ORDER BY bin), 'counts', jsonb_agg(n ORDER BY bin))
FROM binned GROUP BY is_total, key
UNION ALL
SELECT 'cost', grouping(key) = 1, key,
  jsonb_build_object('amount', trim_scale(sum(cost_amount))::text, 'currency', cost_currency)
FROM taken WHERE cost_currency IS NOT NULL GROUP BY GROUPING SETS ((key, cost_currency), (cost_currency))`;
  return { text, values };
}

/** The figures of a period, group by group, each part of it from where it is kept. */
export function readStats(tx: Tx, grouping: Grouping, timezone: string, pieces: Pieces): Promise<StatsPart[]> {
  const { text, values } = statsQuery(tx.tenantId, grouping, timezone, pieces);
  return tx.query<StatsPart>(text, values);
}

/** Quarters that changed since they were counted, and since when the first of them waits. */
export async function readDirty(tx: Tx, { from, to }: Span): Promise<{ dirty: Date[]; since: Date | null }> {
  const rows = await tx.query<{ at: Date; since: Date }>(
    `SELECT at, min(marked_at) AS since FROM analytics_due WHERE tenant_id = $1 AND at >= $2 AND at < $3 GROUP BY at`,
    [tx.tenantId, from, to],
  );
  const since = rows.reduce<Date | null>((first, row) => (first && first < row.since ? first : row.since), null);
  return { dirty: rows.map(({ at }) => at), since };
}

/** Whether there are more messages in some spans than can be counted while somebody waits. */
export async function isTooMuch(tx: Tx, spans: readonly Span[], most: number): Promise<boolean> {
  const [, , firstIds, endIds] = spanValues(spans);
  const [row] = await tx.query<{ isTooMuch: boolean }>(
    `SELECT count(*) > $4 AS "isTooMuch" FROM (SELECT 1 FROM unnest($2::uuid[], $3::uuid[]) AS span(first_id, end_id)
       CROSS JOIN LATERAL (SELECT 1 FROM communication_message m WHERE m.tenant_id = $1 AND m.id >= first_id AND m.id < end_id
         ${BY_INDEX}) m LIMIT $4 + 1) first`,
    [tx.tenantId, firstIds, endIds, most],
  );
  return row?.isTooMuch ?? false;
}

/** Hours of a period in which days of a zone begin, but not at their beginning: in India and other zones. */
export async function hoursSplitByDays(tx: Tx, timezone: string, { from, to }: Span): Promise<Date[]> {
  const rows = await tx.query<{ hour: Date }>(
    `SELECT DISTINCT date_trunc('hour', begin) AS hour
     FROM (SELECT min(at) AS first, max(at) AS last FROM analytics_total WHERE tenant_id = $1 AND minutes = 60) ends,
       LATERAL generate_series(greatest($3, first) - interval '1 day', least($4, last) + interval '2 days', '1 day') AS near,
       LATERAL (SELECT (near AT TIME ZONE $2)::date::timestamp AT TIME ZONE $2 AS begin) day
     WHERE begin <> date_trunc('hour', begin)`,
    [tx.tenantId, timezone, from, to],
  );
  return rows.map(({ hour }) => hour);
}

/** What is counted, by the names of the columns: in roll-ups, in the counting of messages and in answers. */
export const FIGURES = [
  'sent',
  'delivered',
  'read',
  'failed',
  'opened',
  'machine_opened',
  'clicked',
  'replied',
  'unsubscribed',
  'complained',
] as const;
export type Figure = (typeof FIGURES)[number];

/** By what figures are kept apart. */
export const DIMENSIONS = ['channel_id', 'channel_type', 'provider_type', 'template_id', 'campaign_id'] as const;

/** Roll-ups are of quarters of an hour: every zone's days begin with one. */
export const QUARTER_MS = 900_000;

/** The quarter of an hour in which something was, in SQL. */
export const quarterOf = (at: string): string => `date_bin('15 minutes', ${at}, timestamptz '2000-01-01 00:00:00Z')`;

/**
 * Columns of a line of a roll-up behind its place and dimensions. A line holds either figures, with the cost in one currency, or
 * response times: what it does not name is nothing.
 */
export function lineColumns(line: Partial<Record<Figure | 'cost_currency' | 'cost_amount', string>> = {}): string {
  return [
    ...FIGURES.map((figure) => `(${line[figure] ?? '0'})::bigint AS ${figure}`),
    `${line.cost_currency ?? 'NULL::text'} AS cost_currency`,
    `${line.cost_amount ?? '0::numeric'} AS cost_amount`,
  ].join(', ');
}

const SUMS = Object.fromEntries(FIGURES.map((figure) => [figure, `sum(${figure})`]));
/** The same names in the order in which lines are stored. */
export const LINE = [...FIGURES, 'cost_currency', 'cost_amount', 'answer_bins', 'answer_counts'].join(', ');

/** Lines of `source` put together to one of each `keys`; the text of a query that has `keys` and then LINE. */
export function together(source: string, keys: string): string {
  return `
  SELECT ${keys}, ${lineColumns({ ...SUMS, cost_currency: 'cost_currency', cost_amount: 'sum(cost_amount)' })},
    NULL::smallint[] AS answer_bins, NULL::bigint[] AS answer_counts
  FROM ${source} WHERE answer_bins IS NULL GROUP BY ${keys}, cost_currency
  UNION ALL
  SELECT ${keys}, ${lineColumns()}, array_agg(bin ORDER BY bin), array_agg(n ORDER BY bin)
  FROM (SELECT ${keys}, bin, sum(n)::bigint AS n FROM ${source}, unnest(answer_bins, answer_counts) AS bins(bin, n)
    GROUP BY ${keys}, bin) AS answers GROUP BY ${keys}`;
}

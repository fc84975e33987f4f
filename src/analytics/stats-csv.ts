import { BYTE_ORDER_MARK, csvLine } from '../contacts/csv-line';
import type { StatsResponse, StatsRow } from './stats-response.dto';

const COLUMNS = [
  'sent',
  'delivered',
  'read',
  'failed',
  'opened',
  'machineOpened',
  'clicked',
  'replied',
  'unsubscribed',
  'complained',
  'deliveryRate',
  'openRate',
  'clickRate',
  'responseTimeP50',
  'responseTimeP95',
] as const satisfies readonly (keyof StatsRow)[];

/** Statistics as CSV: a line a group, a column a figure, and one a currency for the cost. */
export function statsCsv({ groupBy, data, total }: StatsResponse): string {
  const currencies = total.cost.map(({ currency }) => currency);
  const heading = [groupBy, ...COLUMNS, ...currencies.map((currency) => `cost ${currency}`)];
  const lines = data.map((row) => [
    row.key,
    ...COLUMNS.map((column) => row[column]),
    ...currencies.map((wanted) => row.cost.find(({ currency }) => currency === wanted)?.amount ?? null),
  ]);
  return BYTE_ORDER_MARK + [heading, ...lines].map(csvLine).join('');
}

import type { StatsFigures, StatsMoney, StatsRow } from './stats-response.dto';
import { percentile, type ResponseTimes } from './response-times';
import type { StatsPart } from './stats.queries';

const NOTHING = {
  sent: 0,
  delivered: 0,
  read: 0,
  failed: 0,
  opened: 0,
  machineOpened: 0,
  clicked: 0,
  replied: 0,
  unsubscribed: 0,
  complained: 0,
};

/** Puts the parts of each group together, days first to last, other groups by what was sent. */
export function statsRows(parts: readonly StatsPart[], byDay: boolean): StatsRow[] {
  const groups = Map.groupBy(
    parts.filter(({ isTotal }) => !isTotal),
    ({ key }) => key,
  );
  const rows = [...groups].map(([key, own]) => ({ key, ...figures(own) }));
  return rows.sort((a, b) => (byDay ? 0 : b.sent - a.sent) || order(a.key, b.key));
}

/** The figures of all groups together. Percentiles and rates are of the whole, not of the groups' averages. */
export function statsTotal(parts: readonly StatsPart[]): StatsFigures {
  return figures(parts.filter(({ isTotal }) => isTotal));
}

function figures(parts: readonly StatsPart[]): StatsFigures {
  const counted = parts.find(({ part }) => part === 'counts')?.facts ?? {};
  const { machine_opened: machineOpened = 0, ...others } = counted;
  const known: typeof NOTHING = Object.assign({ ...NOTHING }, others, { machineOpened });
  const { sent, delivered, opened, clicked } = known;
  const answers = parts.find(({ part }) => part === 'answers')?.facts;
  const times: ResponseTimes = Object.assign({ bins: [], counts: [] }, answers);
  return {
    ...known,
    deliveryRate: rate(delivered, sent),
    openRate: rate(opened, delivered),
    clickRate: rate(clicked, delivered),
    responseTimeP50: percentile(times, 0.5),
    responseTimeP95: percentile(times, 0.95),
    cost: parts.flatMap(({ part, facts: money }) => (part === 'cost' ? [costOf(money)] : [])).sort(byCurrency),
  };
}

function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

function costOf({ amount, currency }: StatsPart['facts']): StatsMoney {
  return { amount: String(amount), currency: String(currency) };
}

function byCurrency(a: StatsMoney, b: StatsMoney): number {
  return order(a.currency, b.currency);
}

/** What has no key comes last. */
function order(a: string | null, b: string | null): number {
  if (a === b) return 0;
  return b === null || (a !== null && a < b) ? -1 : 1;
}

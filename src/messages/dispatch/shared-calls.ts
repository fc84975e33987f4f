import type { OutboundMessage, Provider } from '../../providers/provider';
import type { ClaimedMessage } from './claim.queries';
import type { Held } from './held';

/** A message that was taken, and what its provider would get of it. */
export interface Ready {
  held: Held;
  outbound: OutboundMessage;
}

/** Which messages go out with one call, and which alone. */
export interface Arranged {
  together: Ready[][];
  alone: Held[];
}

/** Who failed together comes again in a company of an eighth of the size: what one of them spoils is found in four rounds. */
const SMALLER = 8;

/**
 * Puts messages of one channel together that can share a call: by campaign or template, by how often they failed, by what the
 * provider says, and no address twice. Each message is looked at once; what the words have in common, the provider finds out.
 */
export function arrange(ready: readonly Ready[], batch: NonNullable<Provider['batch']>, size: number): Arranged {
  const groups = new Map<string, Ready[]>();
  const arranged: Arranged = { together: [], alone: [] };
  const timesSeen = new Map<string, number>();
  for (const each of ready) {
    const group = batch.groupOf(each.outbound);
    if (group === undefined) {
      arranged.alone.push(each.held);
      continue;
    }
    const key = [...companyOf(each.held.message), group].join('\n');
    put(groups, `${nthOf(timesSeen, `${key}\n${each.outbound.to.toLowerCase()}`)}\n${key}`, each);
  }
  for (const members of groups.values()) divide(members, batch, size, arranged);
  return arranged;
}

function companyOf({ purpose, campaignId, templateId, failures }: ClaimedMessage): (string | number | null)[] {
  return [purpose, campaignId, templateId, failures];
}

/** How many of the same came before. */
function nthOf(timesSeen: Map<string, number>, what: string): number {
  const n = timesSeen.get(what) ?? 0;
  timesSeen.set(what, n + 1);
  return n;
}

function put<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function divide(
  members: readonly Ready[],
  batch: NonNullable<Provider['batch']>,
  size: number,
  { together, alone }: Arranged,
): void {
  const failures = members[0]?.held.message.failures ?? 0;
  const most = Math.max(1, Math.floor(Math.min(size, batch.max) / SMALLER ** failures));
  for (let begin = 0; begin < members.length; begin += most) {
    const chunk = members.slice(begin, begin + most);
    const byOutbound = new Map(chunk.map((each) => [each.outbound, each]));
    const calls = batch.callsOf?.(chunk.map(({ outbound }) => outbound)) ?? [chunk.map(({ outbound }) => outbound)];
    for (const call of calls) {
      const those = call.flatMap((outbound) => byOutbound.get(outbound) ?? []);
      if (those.length > 1) together.push(those);
      else alone.push(...those.map(({ held }) => held));
    }
  }
}

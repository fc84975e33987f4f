import type { LinkedLine, Stretch } from './audit-chain.queries';
import type { BrokenLineResponse } from './audit-log.dto';

/** A place in the log up to which everything holds; without a hash when its line is not there. */
export interface Link {
  seq: number;
  hash: string | undefined;
}

/**
 * Follows the chain from `start` over the lines behind it, and answers how far it holds and the first fault. At the end of the
 * log the last line must be the one that the chain knows as its last.
 */
export function firstFault(
  start: Link,
  lines: readonly LinkedLine[],
  { head, isEnd }: { head: Stretch['head']; isEnd: boolean },
): { end: Link; broken: BrokenLineResponse | null } {
  let end = start;
  if (start.hash === undefined) return { end, broken: { seq: start.seq, id: null, fault: 'MISSING' } };
  for (const line of lines) {
    const fault = faultOf(end, line, head);
    if (fault)
      return { end, broken: { seq: fault === 'MISSING' ? end.seq + 1 : line.seq, id: idOf(line, fault), fault } };
    end = { seq: line.seq, hash: line.hash };
  }
  const isShort = isEnd && (head?.seq ?? 0) > end.seq;
  if (isShort) return { end, broken: { seq: end.seq + 1, id: null, fault: 'MISSING' } };
  const isOther = isEnd && head !== null && head.seq === end.seq && head.hash !== end.hash;
  return { end, broken: isOther ? { seq: end.seq, id: lines.at(-1)?.id ?? null, fault: 'CHANGED' } : null };
}

function faultOf(before: Link, line: LinkedLine, head: Stretch['head']): BrokenLineResponse['fault'] | undefined {
  if (line.seq > (head?.seq ?? 0)) return 'ADDED';
  if (line.seq !== before.seq + 1) return 'MISSING';
  if (line.hash !== line.due) return 'CHANGED';
  return line.before === before.hash ? undefined : 'UNLINKED';
}

function idOf({ id }: LinkedLine, fault: BrokenLineResponse['fault']): string | null {
  return fault === 'MISSING' ? null : id;
}

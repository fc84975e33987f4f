import type { InboundEvent } from '../../providers/provider';

/** Stands where a part never came. */
const GAP = '[…]';

/** One message out of its parts, given in their order; the first lends it its id and time. Throws when there is none. */
export function joinParts(parts: readonly InboundEvent[]): InboundEvent {
  const [first] = parts;
  if (!first?.part) throw new Error('There is no part to join');
  const texts = new Map(parts.map(({ part, content }) => [part?.index, content.text ?? '']));
  const all = Array.from({ length: first.part.total }, (_, index) => texts.get(index + 1) ?? GAP);
  const { part: _part, ...message } = first;
  return { ...message, content: { ...first.content, text: all.join('') } };
}

import type { Segment } from '../campaigns/segments/segment-tree';

const ATTRIBUTE = 'attributes.';

/**
 * Whom a segment is about is a condition; a contact is added to it by making the condition true. That can be done where it asks
 * for attributes that are equal to something, one or several at once. Undefined for every other segment.
 */
export function attributesFor(segment: Segment): Record<string, unknown> | undefined {
  if ('all' in segment) return segment.all.length ? joined(segment.all) : undefined;
  if (!('field' in segment) || segment.op !== 'eq' || !segment.field.startsWith(ATTRIBUTE)) return undefined;
  return { [segment.field.slice(ATTRIBUTE.length)]: segment.value };
}

function joined(parts: readonly Segment[]): Record<string, unknown> | undefined {
  const wanted = new Map<string, unknown>();
  for (const part of parts) {
    const attributes = attributesFor(part);
    if (!attributes) return undefined;
    for (const [key, value] of Object.entries(attributes)) {
      if (wanted.has(key) && wanted.get(key) !== value) return undefined;
      wanted.set(key, value);
    }
  }
  return Object.fromEntries(wanted);
}

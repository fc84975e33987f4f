import type { OPERATORS } from './conditions';

/** What conditions are asked about: JSON values, as they are stored. */
export interface Facts {
  event: Readonly<Record<string, unknown>>;
  /** Undefined where it is about nobody. */
  contact: Readonly<Record<string, unknown>> | undefined;
}

/** A condition that conditionFaults found no fault with. */
export type Condition = { all: Condition[] } | { any: Condition[] } | { not: Condition } | Comparison;

interface Comparison {
  field: string;
  op: keyof typeof OPERATORS;
  value: unknown;
}

/** Whether the facts are so. Never throws: what is missing, or of another type, is just not equal, more or less. */
export function holds(condition: Condition, facts: Facts): boolean {
  if ('all' in condition) return condition.all.every((each) => holds(each, facts));
  if ('any' in condition) return condition.any.some((each) => holds(each, facts));
  if ('not' in condition) return !holds(condition.not, facts);
  return COMPARED[condition.op](valueOf(condition.field, facts), condition.value);
}

/** `event.…` and `contact.…` say where to look; any other path is one of the event's payload. Undefined for nothing and for null. */
export function valueOf(field: string, { event, contact }: Facts): unknown {
  const [root, ...rest] = field.split('.');
  if (root === 'event') return read(event, rest);
  if (root === 'contact') return read(contact, rest);
  return read(event['payload'], field.split('.'));
}

function read(from: unknown, path: readonly string[]): unknown {
  let value = from;
  for (const key of path) {
    // Only what the value holds itself: every object inherits names that nobody gave it.
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key))
      return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value ?? undefined;
}

type Compare = (value: unknown, operand: unknown) => boolean;

const COMPARED: Readonly<Record<keyof typeof OPERATORS, Compare>> = {
  eq: (value, operand) => value === (operand ?? undefined),
  // Of what is missing nothing can be said, but that it is not null.
  ne: (value, operand) => value !== undefined && value !== operand,
  gt: ordered((order) => order > 0),
  gte: ordered((order) => order >= 0),
  lt: ordered((order) => order < 0),
  lte: ordered((order) => order <= 0),
  in: (value, operand) => Array.isArray(operand) && operand.some((each) => value === (each ?? undefined)),
  contains: (value, operand) =>
    Array.isArray(value)
      ? value.includes(operand)
      : typeof value === 'string' && typeof operand === 'string' && value.includes(operand),
  exists: (value, operand) => (value !== undefined) === operand,
};

/** Numbers by size, texts by their letters; one is never more or less than the other. */
function ordered(fits: (order: number) => boolean): Compare {
  return (value, operand) => {
    if (typeof value === 'number' && typeof operand === 'number') return fits(value - operand);
    if (typeof value === 'string' && typeof operand === 'string')
      return fits(value === operand ? 0 : value < operand ? -1 : 1);
    return false;
  };
}

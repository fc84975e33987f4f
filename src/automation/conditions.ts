import type { FieldError } from '../platform/http/problem';
import { isStorable } from '../platform/http/text';

/** Deepest nesting of a condition; a comparison alone counts as 1. */
const MAX_DEPTH = 8;
/** Most nodes in one condition: comparisons, `all`, `any` and `not` together. */
const MAX_NODES = 64;
const LONGEST_TEXT = 500;
const MOST_CHOICES = 100;

/** What may be done with a field, and what `value` must then be. No pattern matching: a tenant's pattern could stall everyone. */
export const OPERATORS = {
  eq: { fits: isScalar, words: 'text, a number, true, false or null' },
  ne: { fits: isScalar, words: 'text, a number, true, false or null' },
  gt: { fits: isOrdered, words: 'text or a number' },
  gte: { fits: isOrdered, words: 'text or a number' },
  lt: { fits: isOrdered, words: 'text or a number' },
  lte: { fits: isOrdered, words: 'text or a number' },
  in: { fits: isChoice, words: `a list of 1 to ${MOST_CHOICES} texts, numbers, true, false or null` },
  contains: { fits: isOrdered, words: 'text or a number' },
  exists: { fits: (value: unknown) => typeof value === 'boolean', words: 'true or false' },
} as const satisfies Record<string, { fits(value: unknown): boolean; words: string }>;

/**
 * Everything wrong with the condition of a rule, by JSON pointer; an empty list means that it can be stored. A condition is
 * `{ all: [...] }`, `{ any: [...] }`, `{ not: ... }` or `{ field, op, value }`.
 */
export function conditionFaults(condition: unknown, pointer: string): FieldError[] {
  const walk = { nodes: 0, faults: [] as FieldError[] };
  visit(condition, { pointer, depth: 1, walk });
  if (walk.nodes > MAX_NODES) return [{ pointer, message: `must have at most ${MAX_NODES} nodes` }];
  return walk.faults;
}

interface Walk {
  nodes: number;
  faults: FieldError[];
}

interface Place {
  pointer: string;
  depth: number;
  walk: Walk;
}

function visit(node: unknown, { pointer, depth, walk }: Place): void {
  const fault = (message: string, below = '') => walk.faults.push({ pointer: `${pointer}${below}`, message });
  // Counting goes on no further than the limit, so a huge condition costs no more than an allowed one.
  if (++walk.nodes > MAX_NODES) return;
  if (depth > MAX_DEPTH) return void fault(`must not be nested deeper than ${MAX_DEPTH}`);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return void fault('must be an object');
  const keys = Object.keys(node).sort().join(' ');
  const { all, any, not } = node as Record<'all' | 'any' | 'not', unknown>;
  if (keys === 'not') visit(not, { pointer: `${pointer}/not`, depth: depth + 1, walk });
  else if (keys === 'all') visitEach(all, { pointer: `${pointer}/all`, depth, walk });
  else if (keys === 'any') visitEach(any, { pointer: `${pointer}/any`, depth, walk });
  else if (keys === 'field op value') checkComparison(node as Comparison, fault);
  else fault('must be { all }, { any }, { not } or { field, op, value }');
}

function visitEach(nodes: unknown, { pointer, depth, walk }: Place): void {
  if (!Array.isArray(nodes) || nodes.length === 0) {
    walk.faults.push({ pointer, message: 'must be a list of at least one condition' });
    return;
  }
  nodes.slice(0, MAX_NODES + 1).forEach((node, index) => {
    visit(node, { pointer: `${pointer}/${index}`, depth: depth + 1, walk });
  });
}

type Comparison = Record<'field' | 'op' | 'value', unknown>;

function checkComparison({ field, op, value }: Comparison, fault: (message: string, below: string) => unknown): void {
  if (!isField(field)) fault('must be a path such as order.total: letters, digits and _, at most 8 parts', '/field');
  const operator =
    typeof op === 'string' && Object.hasOwn(OPERATORS, op) ? OPERATORS[op as keyof typeof OPERATORS] : null;
  if (!operator) fault(`must be one of ${Object.keys(OPERATORS).join(', ')}`, '/op');
  else if (!operator.fits(value)) fault(`must be ${operator.words} with ${String(op)}`, '/value');
}

/** Names that reach what every JavaScript object has, not what the event holds. */
const NOT_FIELDS = new Set(['__proto__', 'constructor', 'prototype']);

function isField(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.length <= 200 &&
    /^[A-Za-z_]\w*(\.\w+){0,7}$/.test(value) &&
    !value.split('.').some((part) => NOT_FIELDS.has(part))
  );
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'boolean' || isOrdered(value);
}

function isOrdered(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' && value.length <= LONGEST_TEXT && isStorable(value);
}

function isChoice(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= MOST_CHOICES && value.every(isScalar);
}

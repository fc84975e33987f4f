import type { FieldError } from '../../platform/http/problem';
import {
  ALLOWED,
  allowedSql,
  CONSENT,
  consentSql,
  DO_NOT_CONTACT,
  doNotContactSql,
  HAS,
  hasSql,
  SUPPRESSED,
  suppressedSql,
  TOPIC,
  topicSql,
  type AllowedLeaf,
  type ConsentLeaf,
  type DoNotContactLeaf,
  type HasLeaf,
  type SuppressedLeaf,
  type TopicLeaf,
} from './channel-leaves';
import { checkShape, isObject, type Fault, type Shape } from './checks';
import { fieldFaults, fieldSql, probesPeople, type FieldLeaf } from './field-leaf';
import { MESSAGES, messagesSql, type MessagesLeaf } from './messages-leaf';
import { Places } from './places';

/** Deepest nesting; a condition alone counts as 1. */
const MAX_DEPTH = 6;
/** Most nodes: conditions, `all`, `any` and `not` together. */
const MAX_NODES = 100;
/** Each of them is one pass over messages, and its contacts are held in memory for the length of the statement. */
const MOST_ABOUT_MESSAGES = 5;
const MOST_FAULTS = 100;

/** Kinds of conditions, by the key that tells them apart. */
interface Leaves {
  field: FieldLeaf;
  has: HasLeaf;
  allowed: AllowedLeaf;
  suppressed: SuppressedLeaf;
  on: TopicLeaf;
  consent: ConsentLeaf;
  doNotContact: DoNotContactLeaf;
  messages: MessagesLeaf;
}

/** Whom it is about; made of what segmentFaults found no fault with. */
export type Segment = { all: Segment[] } | { any: Segment[] } | { not: Segment } | Leaves[keyof Leaves];

/** The condition of a statement, and the values of its places. */
export interface SegmentSql {
  sql: string;
  values: unknown[];
}

type Kind<Name extends keyof Leaves> = {
  faults(leaf: object, fault: Fault): void;
  sql(leaf: Leaves[Name], places: Places): string;
};

const by = (shape: Shape) => (leaf: object, fault: Fault) => {
  checkShape(leaf, shape, fault);
};

const KINDS: { readonly [Name in keyof Leaves]: Kind<Name> } = {
  field: { faults: fieldFaults, sql: fieldSql },
  has: { faults: by(HAS), sql: hasSql },
  allowed: { faults: by(ALLOWED), sql: allowedSql },
  suppressed: { faults: by(SUPPRESSED), sql: suppressedSql },
  on: { faults: by(TOPIC), sql: topicSql },
  consent: { faults: by(CONSENT), sql: consentSql },
  doNotContact: { faults: by(DO_NOT_CONTACT), sql: doNotContactSql },
  messages: { faults: by(MESSAGES), sql: messagesSql },
};
const NAMES = Object.keys(KINDS) as (keyof Leaves)[];
const BRANCHES = ['all', 'any', 'not'] as const;

const SHAPES = `must be { all }, { any }, { not }, { field, op, value }, { messages }, { doNotContact }, or { channel } with has, allowed, suppressed, consent, or topic and on`;

/** Everything that is wrong with a segment, by JSON pointer; an empty list means that it can be stored and asked. */
export function segmentFaults(tree: unknown, pointer: string): FieldError[] {
  const walk: Walk = { nodes: 0, aboutMessages: 0, faults: [] };
  visit(tree, { pointer, depth: 1, walk });
  if (walk.nodes > MAX_NODES) return [{ pointer, message: `must have at most ${MAX_NODES} nodes` }];
  if (walk.aboutMessages > MOST_ABOUT_MESSAGES)
    walk.faults.push({ pointer, message: `must have at most ${MOST_ABOUT_MESSAGES} conditions about messages` });
  return walk.faults.slice(0, MOST_FAULTS);
}

interface Walk {
  nodes: number;
  aboutMessages: number;
  faults: FieldError[];
}

interface Place {
  pointer: string;
  depth: number;
  walk: Walk;
}

function visit(node: unknown, { pointer, depth, walk }: Place): void {
  const fault: Fault = (message, below = '') => void walk.faults.push({ pointer: `${pointer}${below}`, message });
  // Counting goes on no further than the limit, so a huge segment costs no more than an allowed one.
  if (++walk.nodes > MAX_NODES) return;
  if (depth > MAX_DEPTH) return fault(`must not be nested deeper than ${MAX_DEPTH}`);
  if (!isObject(node)) return fault('must be an object');
  const branch = BRANCHES.find((name) => Object.hasOwn(node, name));
  const leaf = NAMES.find((name) => Object.hasOwn(node, name));
  if (branch && Object.keys(node).length > 1) return fault(`must have no other key beside ${branch}`);
  if (branch === 'not') visit(node['not'], { pointer: `${pointer}/not`, depth: depth + 1, walk });
  else if (branch) visitEach(node[branch], { pointer: `${pointer}/${branch}`, depth: depth + 1, walk }, branch);
  else if (leaf) {
    if (leaf === 'messages') walk.aboutMessages++;
    KINDS[leaf].faults(node, fault);
  } else fault(SHAPES);
}

function visitEach(nodes: unknown, { pointer, depth, walk }: Place, branch: 'all' | 'any'): void {
  if (!Array.isArray(nodes)) return void walk.faults.push({ pointer, message: 'must be a list of conditions' });
  if (branch === 'any' && nodes.length === 0)
    walk.faults.push({ pointer, message: 'must be a list of at least one condition' });
  nodes.slice(0, MAX_NODES + 1).forEach((node, index) => {
    visit(node, { pointer: `${pointer}/${index}`, depth, walk });
  });
}

/**
 * A segment without faults as a condition on the alias `c` of table contact. `$1` of the statement is the tenant, and
 * `nextParam` the first place that is free. Its text is different for each segment, so it goes through `tx.once`, and with
 * `holdInMemory` before it where many contacts are asked.
 */
export function segmentCondition(tree: Segment, nextParam: number): SegmentSql {
  const places = new Places(nextParam);
  return { sql: `(${nodeSql(tree, places)})`, values: places.values };
}

function nodeSql(node: Segment, places: Places): string {
  if ('all' in node) return joined(node.all, 'AND', places);
  if ('any' in node) return joined(node.any, 'OR', places);
  if ('not' in node) return `NOT (${nodeSql(node.not, places)})`;
  const name = NAMES.find((each) => Object.hasOwn(node, each));
  if (!name) throw new Error('A segment with faults was to be asked');
  return leafSql(name, node as never, places);
}

function joined(nodes: readonly Segment[], word: 'AND' | 'OR', places: Places): string {
  // Nothing is demanded: everybody.
  return nodes.length ? nodes.map((node) => `(${nodeSql(node, places)})`).join(` ${word} `) : 'true';
}

function leafSql<Name extends keyof Leaves>(name: Name, leaf: Leaves[Name], places: Places): string {
  return KINDS[name].sql(leaf, places);
}

/** Whether counting the segment tells of people what is hidden from callers without contacts:pii. */
export function tellsOfPeople(segment: Segment): boolean {
  return some(segment, (leaf) => 'field' in leaf && probesPeople(leaf));
}

/** Whether asking it goes through all messages. */
export function readsMessages(segment: Segment): boolean {
  return some(segment, (leaf) => 'messages' in leaf);
}

function some(node: Segment, is: (leaf: Leaves[keyof Leaves]) => boolean): boolean {
  if ('all' in node) return node.all.some((each) => some(each, is));
  if ('any' in node) return node.any.some((each) => some(each, is));
  if ('not' in node) return some(node.not, is);
  return is(node);
}

import { isStorable, lengthInCodePoints } from '../../platform/http/text';
import { checkShape, type Fault } from './checks';
import { DATE_PATTERN, isDateText, operandSql, operandType, type Operand, type OperandType } from './operands';
import type { Places } from './places';

/** A comparison of what is known of a contact. */
export interface FieldLeaf {
  field: string;
  op: Op;
  value: Operand | readonly Operand[];
}

/** Columns that may be asked for, besides attributes. */
const COLUMNS: ReadonlyMap<string, { sql: string; type: 'text' | 'date' }> = new Map([
  ['name', { sql: 'c.name', type: 'text' }],
  ['externalId', { sql: 'c.external_id', type: 'text' }],
  ['language', { sql: 'c.language', type: 'text' }],
  ['timezone', { sql: 'c.timezone', type: 'text' }],
  ['createdAt', { sql: 'c.created_at', type: 'date' }],
]);

const ATTRIBUTE = 'attributes.';
const LONGEST_KEY = 40;
const MOST_CHOICES = 1000;

/** What is compared how: the types that an operator takes, and whether it takes one operand, two, or a list. */
const OPS = {
  eq: { types: ['text', 'number', 'boolean'], takes: 'one' },
  ne: { types: ['text', 'number', 'boolean'], takes: 'one' },
  in: { types: ['text', 'number', 'boolean'], takes: 'list' },
  contains: { types: ['text'], takes: 'one' },
  startsWith: { types: ['text'], takes: 'one' },
  gt: { types: ['text', 'number', 'date'], takes: 'one' },
  gte: { types: ['text', 'number', 'date'], takes: 'one' },
  lt: { types: ['text', 'number', 'date'], takes: 'one' },
  lte: { types: ['text', 'number', 'date'], takes: 'one' },
  between: { types: ['text', 'number', 'date'], takes: 'two' },
  exists: { types: ['boolean'], takes: 'one' },
} as const satisfies Record<string, { types: readonly OperandType[]; takes: 'one' | 'two' | 'list' }>;

type Op = keyof typeof OPS;

const WORDS: Readonly<Record<OperandType, string>> = {
  text: 'text of at most 500 characters',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date: { "date": "2026-01-31" }, { "daysAgo": 30 } or { "inDays": 7 }',
};

export function fieldFaults(leaf: object, fault: Fault): void {
  const any = () => undefined;
  checkShape(leaf, { required: { field: any, op: any, value: any }, optional: {} }, fault);
  const { field, op, value } = leaf as Partial<Record<keyof FieldLeaf, unknown>>;
  if (field !== undefined && !isField(field))
    fault(`must be one of ${[...COLUMNS.keys()].join(', ')}, or attributes.<key>`, '/field');
  if (op !== undefined && !isOp(op)) fault(`must be one of ${Object.keys(OPS).join(', ')}`, '/op');
  if (isField(field) && isOp(op) && value !== undefined) checkValue({ field, op }, value, fault);
}

function checkValue({ field, op }: { field: string; op: Op }, value: unknown, fault: Fault): void {
  const column = COLUMNS.get(field)?.type;
  const types: OperandType[] = OPS[op].types.filter((type) => op === 'exists' || !column || type === column);
  const { takes } = OPS[op];
  const most = takes === 'two' ? 2 : MOST_CHOICES;
  const operands: unknown[] = takes === 'one' ? [value] : Array.isArray(value) ? value : [];
  if (types.length === 0 || (op === 'exists' && field === 'createdAt'))
    fault(`is not for ${column === 'date' ? 'a date' : 'text'}`, '/op');
  else if (operands.length === 0 || operands.length > most)
    fault(`must be a list of ${takes === 'two' ? '2' : `1 to ${most}`} with ${op}`, '/value');
  else if (takes === 'two' && typeIn(operands[0], column) !== typeIn(operands[1], column))
    fault('must be a list of 2 of one type, the lower one first', '/value');
  else
    operands.forEach((operand, index) => {
      const place = takes === 'one' ? '/value' : `/value/${index}`;
      checkOperand(operand, { types, column }, (message) => {
        fault(message, place);
      });
    });
}

interface Expected {
  types: readonly OperandType[];
  column: 'text' | 'date' | undefined;
}

function checkOperand(value: unknown, { types, column }: Expected, fault: Fault): void {
  const type = typeIn(value, column);
  if (!type || !types.includes(type)) fault(`must be ${types.map((each) => WORDS[each]).join(', or ')}`);
}

/** A date may be written as plain text where only a date can be meant. */
function typeIn(value: unknown, column: 'text' | 'date' | undefined): OperandType | undefined {
  return column === 'date' && isDateText(value) ? 'date' : operandType(value);
}

function isField(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  if (!value.startsWith(ATTRIBUTE)) return COLUMNS.has(value);
  const key = value.slice(ATTRIBUTE.length);
  return key !== '' && key.length <= LONGEST_KEY * 2 && isStorable(key) && lengthInCodePoints(key) <= LONGEST_KEY;
}

function isOp(value: unknown): value is Op {
  return typeof value === 'string' && Object.hasOwn(OPS, value);
}

/**
 * Never NULL, so that `not` turns it around. What is missing, null in JSON, or of another type than the operand is neither
 * equal, nor unequal, nor more, nor less; only of `ne` another type is another value.
 */
export function fieldSql(leaf: FieldLeaf, places: Places): string {
  const column = COLUMNS.get(leaf.field);
  return `(${column ? columnSql(column, leaf, places) : attributeSql(leaf, places)}) IS TRUE`;
}

function columnSql({ sql, type }: { sql: string; type: 'text' | 'date' }, leaf: FieldLeaf, places: Places): string {
  const { op, value } = leaf;
  if (op === 'exists') return value === true ? `${sql} IS NOT NULL` : `${sql} IS NULL`;
  // Names and ids are kept in their composed form.
  const asKept = (operand: Operand) =>
    typeof operand !== 'string' ? operand : type === 'date' ? { date: operand } : operand.normalize();
  if (op === 'in') return `${sql} = ANY (${places.of(operandsOf(value).map(asKept), 'text[]')})`;
  const operands = operandsOf(value).map((operand) => operandSql(asKept(operand), places));
  return compared(op, type === 'text' && op !== 'eq' && op !== 'ne' ? `${sql} COLLATE "C"` : sql, operands);
}

function attributeSql({ field, op, value }: FieldLeaf, places: Places): string {
  const attribute = `(c.attributes -> ${places.of(field.slice(ATTRIBUTE.length), 'text')})`;
  const isThere = `jsonb_typeof(${attribute}) <> 'null'`;
  if (op === 'exists') return value === true ? isThere : `(${isThere}) IS NOT TRUE`;
  const operands = operandsOf(value);
  // JSON values know their types: 1 is 1.0, and is not "1".
  if (op === 'in')
    return `${attribute} = ANY (${places.of(
      operands.map((each) => JSON.stringify(each)),
      'jsonb[]',
    )})`;
  if (op === 'eq') return `${attribute} = ${places.of(JSON.stringify(value), 'jsonb')}`;
  if (op === 'ne') return `${isThere} AND ${attribute} <> ${places.of(JSON.stringify(value), 'jsonb')}`;
  const subject = SUBJECTS[operandType(operands[0]) ?? 'text'](attribute);
  return compared(
    op,
    subject,
    operands.map((operand) => operandSql(operand, places)),
  );
}

/** An attribute read as a type; NULL where it is of another. */
const SUBJECTS: Readonly<Record<OperandType, (attribute: string) => string>> = {
  text: (attribute) => `(CASE WHEN jsonb_typeof(${attribute}) = 'string' THEN ${attribute} #>> '{}' END) COLLATE "C"`,
  number: (attribute) => `(CASE WHEN jsonb_typeof(${attribute}) = 'number' THEN ${attribute}::numeric END)`,
  boolean: (attribute) => `(CASE WHEN jsonb_typeof(${attribute}) = 'boolean' THEN ${attribute}::boolean END)`,
  date: (attribute) => `(CASE WHEN jsonb_typeof(${attribute}) = 'string' AND ${attribute} #>> '{}' ~ '${DATE_PATTERN}'
    THEN (${attribute} #>> '{}')::timestamptz END)`,
};

const COMPARED: Readonly<Record<Exclude<Op, 'in' | 'exists'>, (subject: string, low: string, high: string) => string>> =
  {
    eq: (subject, operand) => `${subject} = ${operand}`,
    ne: (subject, operand) => `${subject} <> ${operand}`,
    gt: (subject, operand) => `${subject} > ${operand}`,
    gte: (subject, operand) => `${subject} >= ${operand}`,
    lt: (subject, operand) => `${subject} < ${operand}`,
    lte: (subject, operand) => `${subject} <= ${operand}`,
    between: (subject, low, high) => `${subject} BETWEEN ${low} AND ${high}`,
    contains: (subject, operand) => `strpos(${subject}, ${operand}) > 0`,
    startsWith: (subject, operand) => `starts_with(${subject}, ${operand})`,
  };

function compared(op: Exclude<Op, 'in' | 'exists'>, subject: string, [low = '', high = '']: readonly string[]): string {
  return COMPARED[op](subject, low, high);
}

function operandsOf(value: FieldLeaf['value']): readonly Operand[] {
  return Array.isArray(value) ? (value as readonly Operand[]) : [value as Operand];
}

/** Operators with which a value that is not shown can be found out bit by bit. */
const PROBES: readonly Op[] = ['contains', 'startsWith', 'gt', 'gte', 'lt', 'lte', 'between'];

/** Whether the comparison tells something of what is hidden from callers without contacts:pii, beyond "is it this?". */
export function probesPeople({ field, op }: FieldLeaf): boolean {
  return PROBES.includes(op) && (field === 'name' || field === 'externalId' || field.startsWith(ATTRIBUTE));
}

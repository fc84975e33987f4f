import { isStorable } from '../../platform/http/text';
import { isObject } from './checks';
import type { Places } from './places';

/** What is compared: only ever with its like. */
export type OperandType = 'text' | 'number' | 'boolean' | 'date';

/** An instant: one that is named, or one that is so far from the moment of asking. */
export type DateOperand = { date: string } | { daysAgo: number } | { inDays: number };

export type Operand = string | number | boolean | DateOperand;

const LONGEST_TEXT = 500;
const MOST_DAYS = 36_500;

/**
 * A day, or an instant with its offset, from 1900 to 2199, that the calendar has: what this lets through PostgreSQL reads
 * without a fault. One pattern for what a segment says and for what an attribute holds.
 */
export const DATE_PATTERN =
  '^((19|20|21)\\d\\d-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|2[0-8]))' +
  '|((19|20|21)(0[48]|[2468][048]|[13579][26])|2000)-02-29)' +
  '(T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?(Z|[+-](0\\d|1[0-4]):[0-5]\\d))?$';

const DATE = new RegExp(DATE_PATTERN);

export const isDateText = (value: unknown): value is string => typeof value === 'string' && DATE.test(value);

/** What kind of operand the value is; undefined where it is none. */
export function operandType(value: unknown): OperandType | undefined {
  if (typeof value === 'string') return value.length <= LONGEST_TEXT && isStorable(value) ? 'text' : undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? 'number' : undefined;
  if (typeof value === 'boolean') return 'boolean';
  return isDateOperand(value) ? 'date' : undefined;
}

function isDateOperand(value: unknown): value is DateOperand {
  if (!isObject(value) || Object.keys(value).length !== 1) return false;
  return isDateText(value['date']) || isDayCount(value['daysAgo']) || isDayCount(value['inDays']);
}

function isDayCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_DAYS;
}

/** The operand as SQL, its value in a place. */
export function operandSql(operand: Operand, places: Places): string {
  if (typeof operand === 'number') return places.of(String(operand), 'numeric');
  if (typeof operand !== 'object') return places.of(String(operand), 'text');
  if ('date' in operand) return places.of(operand.date, 'timestamptz');
  if ('daysAgo' in operand) return `now() - make_interval(days => ${places.of(operand.daysAgo, 'integer')})`;
  return `now() + make_interval(days => ${places.of(operand.inDays, 'integer')})`;
}

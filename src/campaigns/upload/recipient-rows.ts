import type { Readable } from 'node:stream';
import { rearm } from '../../contacts/formula-cells';
import { readRows, type CsvRow } from '../../contacts/imports/csv-rows';
import { isUuid } from '../../platform/http/fields';
import { Problem } from '../../platform/http/problem';
import { isStorable } from '../../platform/http/text';
import { isWho } from './recipient-columns';

/** A recipient as a row names it: by one of `to`, `contactId` and `externalId`. */
export interface NamedRow {
  /** As a spreadsheet counts, the header being 1; in a JSON list the place from 1. */
  line: number;
  to?: string;
  contactId?: string;
  externalId?: string;
  variables: Readonly<Record<string, unknown>>;
}

export interface RowFault {
  line: number;
  message: string;
}

export type ReadRow = NamedRow | RowFault;

const LONGEST_ADDRESS = 320;
const LONGEST_CELL = 10_000;
const ONE_OF = 'must name one of to, contactId and externalId, and only one';

/** The rows of a file, some hundred at a time; empty lines are none. */
export async function* rowsOfCsv(content: Readable, delimiter: string, columns: readonly string[]) {
  for await (const rows of readRows(content, delimiter, { bytes: 0, rows: 0 }))
    yield rows.flatMap((row): ReadRow[] =>
      row.number === 1 || row.cells.every((cell) => cell.trim() === '') ? [] : [rowOfCells(row, columns)],
    );
}

function rowOfCells({ number: line, cells }: CsvRow, columns: readonly string[]): ReadRow {
  if (cells.length > columns.length && cells.slice(columns.length).some((cell) => cell.trim() !== ''))
    return { line, message: `has ${cells.length} cells, and the header ${columns.length}` };
  const who: Record<string, string> = {};
  const variables: Record<string, string> = {};
  for (const [index, column] of columns.entries()) {
    const text = rearm(cells[index] ?? '').trim();
    if (text.length > LONGEST_CELL) return { line, message: `column ${index + 1} is longer than ${LONGEST_CELL}` };
    if (!isStorable(text)) return { line, message: `column ${index + 1} has a character that cannot be stored` };
    if (!isWho(column)) variables[column] = text;
    else if (text !== '') who[column] = text;
  }
  return named(line, who, variables);
}

const MOST_ITEMS = 10_000;

/** The items of a JSON list. Throws Problem 422 for what is no such list. */
export function rowsOfJson(body: unknown): ReadRow[] {
  if (!Array.isArray(body) || body.length === 0 || body.length > MOST_ITEMS)
    throw Problem.invalidField('', `must be a list of 1 to ${MOST_ITEMS} recipients; send more as text/csv`);
  return body.map((item: unknown, index) => rowOfItem(index + 1, item));
}

function rowOfItem(line: number, item: unknown): ReadRow {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return { line, message: 'must be an object' };
  const { variables, ...rest } = item as Record<string, unknown>;
  const given = Object.entries(rest).filter(([, value]) => value !== null);
  const stranger = given.find(([name]) => !isWho(name));
  if (stranger) return { line, message: 'must have no other keys than to, contactId, externalId and variables' };
  if (given.some(([, value]) => typeof value !== 'string')) return { line, message: 'must name who it is as text' };
  if (variables != null && (typeof variables !== 'object' || Array.isArray(variables)))
    return { line, message: 'must have an object of variables' };
  return named(line, Object.fromEntries(given) as Record<string, string>, (variables ?? {}) as NamedRow['variables']);
}

function named(line: number, who: Record<string, string>, variables: NamedRow['variables']): ReadRow {
  const [given, ...others] = Object.entries(who);
  if (!given || others.length) return { line, message: ONE_OF };
  const [name, value] = given;
  if (name === 'contactId' && !isUuid(value))
    return { line, message: 'contactId must be a UUID in lower case with dashes' };
  if (value.length > LONGEST_ADDRESS || !isStorable(value))
    return { line, message: `${name} must be text of at most ${LONGEST_ADDRESS} characters` };
  return { line, [name]: name === 'externalId' ? value.normalize() : value, variables };
}

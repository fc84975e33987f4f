import type { FieldError } from '../../platform/http/problem';
import { isStorable, lengthInCodePoints } from '../../platform/http/text';
import { rearm } from '../formula-cells';

/** Fields of a contact that a column may hold, by their name in lower case. */
const FIELDS: ReadonlyMap<string, string> = new Map(
  ['externalId', 'name', 'email', 'phone', 'telegramChatId', 'whatsappId', 'language', 'timezone'].map((field) => [
    field.toLowerCase(),
    field,
  ]),
);
/** By these a row finds its contact again; a file without any would make everyone anew each time. */
const KEYS = ['externalId', 'email', 'phone', 'telegramChatId', 'whatsappId'];

export const ATTRIBUTE = 'attributes.';
/** A column that is left out. */
export const IGNORED = '';

export const MOST_COLUMNS = 200;
const LONGEST_KEY = 40;

/** What a caller says about headings: a field by heading, or null to leave the column out. */
export type Mapping = ReadonlyMap<string, string | null>;

/** What each column of a file is, in its order; or every fault of its headings. */
export type Columns = { columns: string[] } | { faults: FieldError[] };

/** Reads the headings of a file. Pure; faults are named by the number of the column, and by a heading that is a plain word. */
export function readColumns(headings: readonly string[], mapping: Mapping): Columns {
  if (headings.length > MOST_COLUMNS) return fault(`has ${headings.length} columns; at most ${MOST_COLUMNS} are taken`);
  const columns = headings.map((heading) => columnOf(rearm(heading).trim(), mapping));
  const faults = columns.flatMap((column, index) => {
    const message = column === undefined ? UNKNOWN : repeated(columns, index);
    return message ? [{ pointer: '/file', message: `${placeOf(headings, index)} ${message}` }] : [];
  });
  if (faults.length) return { faults };

  const known = columns.filter((column) => column !== undefined);
  if (!known.some((column) => KEYS.includes(column))) return fault(`must have a column ${KEYS.join(', ')}`);
  return { columns: known };
}

export const isAttribute = (column: string): boolean => column.startsWith(ATTRIBUTE);

/** Whether a mapping may name this as the target of a column. */
export const isColumn = (column: string): boolean => columnOf(column, new Map()) === column;

const UNKNOWN = `is none of ${[...FIELDS.values()].join(', ')} or ${ATTRIBUTE}<name>; name it so, or say what it is in mapping`;

function columnOf(heading: string, mapping: Mapping): string | undefined {
  const mapped = mapping.get(heading);
  if (mapped !== undefined) return mapped ?? IGNORED;
  if (!isAttribute(heading)) return FIELDS.get(heading.toLowerCase());
  const key = heading.slice(ATTRIBUTE.length);
  return key !== '' && isStorable(key) && lengthInCodePoints(key) <= LONGEST_KEY ? heading : undefined;
}

function repeated(columns: readonly (string | undefined)[], index: number): string | undefined {
  const first = columns.indexOf(columns[index]);
  return columns[index] === IGNORED || first === index ? undefined : `is the same as column ${first + 1}`;
}

/** A file without a header begins with a person; of that nothing is repeated here. */
function placeOf(headings: readonly string[], index: number): string {
  const heading = headings[index]?.trim() ?? '';
  return /^[\p{Letter} ._-]{1,40}$/u.test(heading) ? `column ${index + 1} (${heading})` : `column ${index + 1}`;
}

function fault(message: string): Columns {
  return { faults: [{ pointer: '/file', message }] };
}

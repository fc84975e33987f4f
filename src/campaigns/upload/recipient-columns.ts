import { rearm } from '../../contacts/formula-cells';
import { MOST_COLUMNS, type Columns } from '../../contacts/imports/csv-columns';

/** Columns that say who it is, by their name in lower case; every other one is a variable. */
const WHO: ReadonlyMap<string, string> = new Map(
  ['to', 'contactId', 'externalId'].map((name) => [name.toLowerCase(), name]),
);

/** What a template can name. */
const VARIABLE = /^[A-Za-z_][\w-]{0,59}$/;
/** Names that reach what every object has. */
const NOT_VARIABLES = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/** Reads the headings of a list of recipients. Pure; faults are named by the number of the column. */
export function recipientColumns(headings: readonly string[]): Columns {
  if (headings.length > MOST_COLUMNS) return fault(`has ${headings.length} columns; at most ${MOST_COLUMNS} are taken`);
  const columns = headings.map((heading) => columnOf(rearm(heading).trim()));
  const faults = columns.flatMap((column, index) => {
    const first = columns.indexOf(column);
    const message =
      column === undefined
        ? 'must be to, contactId, externalId, or the name of a variable: letters, digits, _ and -, at most 60'
        : first === index
          ? undefined
          : `is the same as column ${first + 1}`;
    return message ? [{ pointer: '/file', message: `column ${index + 1} ${message}` }] : [];
  });
  if (faults.length) return { faults };
  const known = columns.filter((column) => column !== undefined);
  return known.some(isWho) ? { columns: known } : fault('must have a column to, contactId or externalId');
}

export const isWho = (column: string): boolean => WHO.get(column.toLowerCase()) === column;

function columnOf(heading: string): string | undefined {
  const who = WHO.get(heading.toLowerCase());
  return who ?? (VARIABLE.test(heading) && !NOT_VARIABLES.has(heading) ? heading : undefined);
}

function fault(message: string): Columns {
  return { faults: [{ pointer: '/file', message }] };
}

import { isLanguageTag, isPlainText } from '../../platform/http/fields';
import { isStorable, lengthInCodePoints } from '../../platform/http/text';
import { isIanaZone } from '../../platform/http/time-fields';
import type { ChannelType } from '../../providers/provider';
import { normaliseAddress } from '../address';
import { ADDRESS_FIELDS } from '../contact-addresses';
import { rearm } from '../formula-cells';
import { ATTRIBUTE, IGNORED, isAttribute } from './csv-columns';

/** An address that a row names, with the column that names it. */
export interface RowAddress {
  channelType: ChannelType;
  address: string;
  column: number;
}

/** What a row says about a contact; null: nothing, so that it stays as it is. */
export interface ImportRow {
  number: number;
  externalId: string | null;
  name: string | null;
  language: string | null;
  timezone: string | null;
  attributes: Readonly<Record<string, string>> | null;
  addresses: readonly RowAddress[];
}

/** Why a row is not taken: by the number of a column from 1, or 0 for the row as a whole. */
export interface RowFault {
  number: number;
  column: number;
  message: string;
}

/** A row as it can be stored, every fault of it, or nothing: an empty line. */
export type ReadRow = { row: ImportRow } | { faults: RowFault[] } | undefined;

const LONGEST_ADDRESS = 320;
const LONGEST_ATTRIBUTE = 500;
/** As in the API. */
export const MOST_ATTRIBUTES = 50;

/** Makes the reader of a file's rows. Pure; it never throws, whatever the cells hold. */
export function rowReader(columns: readonly string[]): (number: number, cells: readonly string[]) => ReadRow {
  const readers = columns.map(cellReader);
  return (number, cells) => {
    if (cells.every((cell) => cell.trim() === '')) return undefined;
    const shape = shapeFault(columns, cells);
    if (shape) return { faults: [{ number, column: 0, message: shape }] };

    const draft: Draft = { number, ...EMPTY, attributes: null, addresses: [] };
    const faults: RowFault[] = [];
    for (const [index, read] of readers.entries()) {
      const text = rearm(cells[index] ?? '').trim();
      const message = text === '' ? undefined : read(draft, text, index + 1);
      if (message) faults.push({ number, column: index + 1, message });
    }
    if (faults.length) return { faults };
    if (Object.keys(draft.attributes ?? {}).length > MOST_ATTRIBUTES)
      return { faults: [{ number, column: 0, message: `has more than ${MOST_ATTRIBUTES} attributes` }] };
    const isSomebody = draft.externalId !== null || draft.addresses.length > 0;
    return isSomebody ? { row: draft } : { faults: [{ number, column: 0, message: NOBODY }] };
  };
}

const NOBODY = 'has neither an externalId nor an address, so that nobody can be found by it';
const EMPTY = { externalId: null, name: null, language: null, timezone: null };

interface Draft extends ImportRow {
  attributes: Record<string, string> | null;
  addresses: RowAddress[];
}

/** Puts a cell's text into the draft, or says what is wrong with it. */
type CellReader = (draft: Draft, text: string, column: number) => string | undefined;

function cellReader(column: string): CellReader {
  if (column === IGNORED) return () => undefined;
  if (isAttribute(column)) return attributeReader(column.slice(ATTRIBUTE.length));
  const address = ADDRESS_FIELDS.find(({ field }) => field === column);
  return address ? addressReader(address.channelType) : (FIELD_READERS[column] ?? (() => undefined));
}

const FIELD_READERS: Readonly<Record<string, CellReader>> = {
  externalId: lineReader('externalId'),
  name: lineReader('name'),
  language: (draft, text) => {
    if (!isLanguageTag(text)) return 'must be a language tag such as de or de-AT';
    draft.language = text;
    return undefined;
  },
  timezone: (draft, text) => {
    if (!isIanaZone(text)) return 'must be an IANA time zone such as Europe/Berlin';
    draft.timezone = text;
    return undefined;
  },
};

function lineReader(field: 'externalId' | 'name'): CellReader {
  return (draft, text) => {
    if (!isPlainText(text, 200)) return 'must be visible text of at most 200 characters on one line';
    draft[field] = text.normalize();
    return undefined;
  };
}

function attributeReader(key: string): CellReader {
  return (draft, text) => {
    if (!isStorable(text)) return 'has a character that cannot be stored';
    if (lengthInCodePoints(text) > LONGEST_ATTRIBUTE) return `must have at most ${LONGEST_ATTRIBUTE} characters`;
    // Without a prototype, so that a key called __proto__ is a key.
    draft.attributes ??= Object.create(null) as Record<string, string>;
    draft.attributes[key] = text;
    return undefined;
  };
}

function addressReader(channelType: ChannelType): CellReader {
  return (draft, text, column) => {
    if (text.length > LONGEST_ADDRESS) return `must have at most ${LONGEST_ADDRESS} characters`;
    const normalised = normaliseAddress(channelType, text);
    if ('fault' in normalised) return SPREADSHEET_NUMBER.test(text) ? ROUNDED : normalised.fault;
    draft.addresses.push({ channelType, address: normalised.address, column });
    return undefined;
  };
}

/** `1.41556E+10`: the digits that are not shown are lost. */
const SPREADSHEET_NUMBER = /^\d([.,]\d+)?E\+?\d{1,3}$/i;
const ROUNDED =
  'is a number that a spreadsheet has rounded; format the column as text and enter the number again, such as +14155552671';

function shapeFault(columns: readonly string[], cells: readonly string[]): string | undefined {
  const surplus = cells.slice(columns.length).some((cell) => cell.trim() !== '');
  if (cells.length >= columns.length && !surplus) return undefined;
  return `has ${cells.length} cells where the header has ${columns.length}`;
}

import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { parse } from 'csv-parse/sync';
import { Problem } from '../../platform/http/problem';
import { Garbage } from '../../platform/work/garbage';
import type { Columns } from './csv-columns';
import { DIALECT } from './csv-rows';

/** What a file may be divided by; auto: what its headings are most often divided by. */
export const DELIMITERS = { auto: undefined, ',': ',', ';': ';', tab: '\t', '|': '|' } as const;
export type DelimiterName = keyof typeof DELIMITERS;

export const ENCODINGS = ['auto', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** How the caller says that the file is written. */
export interface CsvManner {
  delimiter: DelimiterName;
  encoding: Encoding;
  /** Reads what each column is from the headings. Pure. */
  columns(headings: readonly string[]): Columns;
}

/** A file whose headings are understood; `content` is all of it in UTF-8, without a byte order mark. */
export interface CsvFile {
  columns: string[];
  delimiter: string;
  content: Readable;
}

/** Longest file in bytes: 1 GB. */
export const LONGEST_FILE = 1_000_000_000;
const LONGEST_HEADER = 64_000;
/** Without it, buffers of 64 MB come together before V8 frees them, and malloc keeps that. */
const COLLECTED_BYTES = 8_000_000;

/**
 * Reads the headings and no more, so that a file that cannot be understood is refused before anything of it is stored.
 * `content` rejects with a Problem for what is found out later: too long, or bytes that are no text.
 * @throws Problem 422 naming what is wrong with the headings, 413
 */
export async function openCsv(source: AsyncIterable<Buffer>, manner: CsvManner): Promise<CsvFile> {
  const blocks = textBlocks(source, manner.encoding);
  let head = '';
  for (;;) {
    const { value, done } = await blocks.next();
    head += value ?? '';
    const end = endOfFirstRow(head);
    if (end === undefined && head.length > LONGEST_HEADER)
      throw Problem.invalidField('/file', `must begin with a row of headings of at most ${LONGEST_HEADER} characters`);
    if (end === undefined && !done) continue;
    const first = head.slice(0, end);
    const delimiter = DELIMITERS[manner.delimiter] ?? likeliestDelimiter(first);
    return { columns: columnsOf(first, delimiter, manner), delimiter, content: asStream(head, blocks) };
  }
}

function columnsOf(row: string, delimiter: string, manner: CsvManner): string[] {
  if (row.trim() === '') throw Problem.invalidField('/file', 'must begin with a row of headings');
  const result = manner.columns(headingsOf(row, delimiter));
  if ('faults' in result) throw Problem.invalidFields(result.faults);
  return result.columns;
}

function headingsOf(row: string, delimiter: string): string[] {
  try {
    return (parse(row, { ...DIALECT, delimiter }) as string[][])[0] ?? [];
  } catch {
    throw Problem.invalidField('/file', 'has a quote in its headings that is never closed');
  }
}

function asStream(head: string, rest: AsyncIterable<string>): Readable {
  const bytes = async function* () {
    if (head) yield Buffer.from(head);
    for await (const block of rest) yield Buffer.from(block);
  };
  return Readable.from(bytes(), { objectMode: false, highWaterMark: 65_536 });
}

/** The text of a file, block by block. */
async function* textBlocks(source: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string, undefined> {
  let decoder: TextDecoder | undefined;
  let read = 0;
  const garbage = new Garbage('minor', COLLECTED_BYTES);
  for await (const block of source) {
    read += block.length;
    garbage.passed(block.length);
    if (read > LONGEST_FILE) throw Problem.payloadTooLarge(LONGEST_FILE);
    decoder ??= new TextDecoder(encoding === 'auto' ? encodingOf(block) : encoding, { fatal: true });
    yield decoded(decoder, block);
  }
  if (decoder) yield decoded(decoder);
}

function decoded(decoder: TextDecoder, block?: Buffer): string {
  try {
    return decoder.decode(block, { stream: block !== undefined });
  } catch {
    throw Problem.invalidField(
      '/file',
      `must be text in ${decoder.encoding.toUpperCase()}; save it as "CSV UTF-8", or say its encoding`,
    );
  }
}

/** By the byte order mark; the decoder takes it off. */
function encodingOf(start: Buffer): Encoding {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** Where the first row ends; undefined when that is not yet known. */
function endOfFirstRow(text: string): number | undefined {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (char === '\n' || char === '\r')) return at;
  }
  return undefined;
}

/** The one that divides the headings most often; quoted ones do not count. */
function likeliestDelimiter(row: string): string {
  const bare = row.replace(/"[^"]*"/g, '');
  const candidates = Object.values(DELIMITERS).filter((delimiter) => delimiter !== undefined);
  const counts = candidates.map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

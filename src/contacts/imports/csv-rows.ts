import type { Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import { CsvError, Parser } from 'csv-parse';

/** One row of a file. */
export interface CsvRow {
  /** As a spreadsheet counts: the header is row 1, and empty lines count. */
  number: number;
  cells: string[];
  /** Where the next row begins, in bytes of the file. */
  end: number;
}

/** Where to go on in a file: behind so many bytes and rows. */
export interface Place {
  bytes: number;
  rows: number;
}

/** A file that cannot be read on from this row. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  constructor(readonly detail: string) {
    super('The file cannot be read on');
  }
}

const LONGEST_ROW = 1_000_000;

/** CSV as programs write it: any line ending, also mixed; a quote within an unquoted cell is a character like others. */
export const DIALECT = {
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_quotes: true,
  relax_column_count: true,
  max_record_size: LONGEST_ROW,
};

/** Parsed without a pause; some hundred rows, so that requests in the same process hardly notice. */
const BLOCK = 32_768;

/**
 * The rows of a file in UTF-8, some hundred at a time, from `from` on. Holds one row and one block at most.
 * Throws UnreadableFile behind the rows before the fault.
 */
export async function* readRows(content: Readable, delimiter: string, from: Place): AsyncGenerator<CsvRow[]> {
  let rows: CsvRow[] = [];
  let count = from.rows;
  const parser = new Parser({
    ...DIALECT,
    delimiter,
    on_record: (cells: string[], { bytes }) => {
      rows.push({ number: ++count, cells, end: from.bytes + bytes });
      return null; // taken here: a stream of objects would cost more than the parsing
    },
  });
  let fault: Error | undefined;
  parser.on('error', (error) => (fault = error));
  parser.resume();
  const taken = (): CsvRow[] => {
    const some = rows;
    rows = [];
    return some;
  };

  for await (const chunk of content as AsyncIterable<Buffer>)
    for (let at = 0; at < chunk.length && !fault; at += BLOCK) {
      parser.write(chunk.subarray(at, at + BLOCK));
      yield taken();
      await breathe();
    }
  if (!fault) await ended(parser);
  yield taken();
  if (fault) throw unreadable(fault, count + 1);
}

function ended(parser: Parser): Promise<void> {
  return new Promise((resolve) => {
    parser.once('end', resolve).once('error', () => resolve());
    parser.end();
  });
}

function unreadable(error: Error, row: number): Error {
  if (!(error instanceof CsvError)) return error;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE')
    return new UnreadableFile(
      `Row ${row} has no end: a quote is never closed, or it is longer than ${LONGEST_ROW} characters.`,
    );
  return new UnreadableFile(`Row ${row} is not CSV (${error.code}).`);
}

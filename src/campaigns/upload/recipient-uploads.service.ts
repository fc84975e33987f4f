import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { LONGEST_FILE, openCsv, type DelimiterName } from '../../contacts/imports/csv-intake';
import { UnreadableFile } from '../../contacts/imports/csv-rows';
import { drain, openUpload } from '../../contacts/imports/file-upload';
import { TenantDb } from '../../platform/db/tenant-db';
import { isJson } from '../../platform/http/body-parsers';
import type { Caller } from '../../platform/http/caller';
import { collectBody } from '../../platform/http/collect-body';
import { Problem } from '../../platform/http/problem';
import { allowSlowBody } from '../../platform/http/server-options';
import { parseStrictJson } from '../../platform/http/strict-json';
import { recipientColumns } from './recipient-columns';
import { rowsOfCsv, rowsOfJson, type ReadRow } from './recipient-rows';
import type { RecipientUploadResponse } from './recipient-upload.dto';
import { countRecipients } from './recipient-upload.queries';
import { draftOf, storeRows, Tally } from './upload-chunk';

/** Rows a commit. */
const CHUNK_ROWS = 2_000;
const MOST_ROWS = 5_000_000;
const LONGEST_JSON = 10_000_000;
const MAX_DEPTH = 20;

@Injectable()
export class RecipientUploads {
  constructor(private readonly db: TenantDb) {}

  /**
   * Adds the recipients of a body to a DRAFT, a chunk a commit while the body still comes; the next block is read when there is
   * room for it. Throws Problem 404, 409 for a bulk send that is no DRAFT any more, 413, 415, and 422 for a body that cannot be
   * read, or not be read on: the rows before stay, and are duplicates when it is sent again.
   */
  async add(
    caller: Caller,
    id: string,
    { request, delimiter }: { request: IncomingMessage; delimiter: DelimiterName },
  ): Promise<RecipientUploadResponse> {
    try {
      if (Number(request.headers['content-length']) > LONGEST_FILE) throw Problem.payloadTooLarge(LONGEST_FILE);
      await this.db.run(caller.tenantId, (tx) => draftOf(tx, id));
      const tally = new Tally();
      await this.take(caller, { id, tally }, await rowsOf(request, delimiter));
      const total = await this.db.run(caller.tenantId, (tx) => countRecipients(tx, id));
      return { ...tally.counts, errors: tally.errors, total };
    } catch (error) {
      await drain(request);
      throw error;
    }
  }

  /** Reads the next chunk while the last one is written. */
  private async take(
    caller: Caller,
    to: { id: string; tally: Tally },
    rows: AsyncIterable<ReadRow[]> | Iterable<ReadRow[]>,
  ): Promise<void> {
    let chunk: ReadRow[] = [];
    let count = 0;
    let writing: Promise<void> = Promise.resolve();
    const write = async (): Promise<void> => {
      await writing;
      const full = chunk;
      chunk = [];
      writing = storeRows(this.db, caller, to, full);
      writing.catch(() => undefined); // told at the next write
    };
    try {
      for await (const some of rows) {
        chunk.push(...some);
        if ((count += some.length) > MOST_ROWS) throw tooMany();
        if (chunk.length >= CHUNK_ROWS) await write();
      }
    } catch (error) {
      // What was read stays, also when the rest cannot be: a write that failed is told here instead.
      await write();
      await writing;
      if (!(error instanceof UnreadableFile)) throw error;
      throw Problem.invalidField('/file', `${error.detail} The rows before it are stored.`);
    } finally {
      await writing.catch(() => undefined);
    }
    await write();
    await writing;
  }
}

async function rowsOf(
  request: IncomingMessage,
  delimiter: DelimiterName,
): Promise<AsyncIterable<ReadRow[]> | Iterable<ReadRow[]>> {
  if (isJson(request)) {
    const body = await collectBody(request, LONGEST_JSON);
    return [rowsOfJson(parseStrictJson(body, { maxDepth: MAX_DEPTH, allowArray: true }))];
  }
  allowSlowBody(request);
  const manner = { delimiter, encoding: 'auto', columns: recipientColumns } as const;
  const file = await openCsv(await openUpload(request), manner);
  return rowsOfCsv(file.content, file.delimiter, file.columns);
}

function tooMany(): Problem {
  return Problem.invalidField('/file', `must have at most ${MOST_ROWS} rows; those before are stored`);
}

import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { audit } from '../../permissions/audit';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { Caller } from '../../platform/http/caller';
import { Cursors } from '../../platform/http/cursors';
import type { Page, PageQuery } from '../../platform/http/page';
import { Problem } from '../../platform/http/problem';
import { Storage } from '../../platform/storage/storage';
import { Jobs } from '../../platform/work/jobs';
import { csvLine } from '../csv-line';
import { readColumns } from './csv-columns';
import { LONGEST_FILE, openCsv } from './csv-intake';
import { drain, openUpload } from './file-upload';
import { MOST_FAULTS } from './import-chunk';
import { readMapping, type ImportQuery, type ImportResponse } from './import.dto';
import { importKey } from './import-key';
import { endImport, findImport, insertImport, listFaults, listImports, type ImportRecord } from './import.queries';
import { importView } from './import.view';

/** A file whose import has not been done by then goes. */
const FILE_DAYS = 7;
const FAULTS_AT_ONCE = 5_000;

@Injectable()
export class ImportsService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly storage: Storage,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Keeps the file and has it imported. Throws Problem 400, 413, 415, 422 for a body that is no such file; then nothing is
   * stored. What is wrong with single rows shows later, in the errors of the import.
   */
  async create(caller: Caller, request: IncomingMessage, query: ImportQuery): Promise<ImportResponse> {
    const id = uuidv7();
    try {
      if (Number(request.headers['content-length']) > LONGEST_FILE) throw Problem.payloadTooLarge(LONGEST_FILE);
      const { delimiter = 'auto', encoding = 'auto' } = query;
      const mapping = readMapping(query.mapping);
      const columns = (headings: readonly string[]) => readColumns(headings, mapping);
      const file = await openCsv(await openUpload(request), { delimiter, encoding, columns });
      await this.db.run(caller.tenantId, (tx) =>
        this.jobs.enqueue(tx, 'contact-imports.expire', id, inDays(FILE_DAYS)),
      );
      const bytesTotal = await this.storage.put(importKey(caller.tenantId, id), file.content);
      return await this.begin(caller, { id, bytesTotal, ...file, onConflict: query.onConflict ?? 'update' });
    } catch (error) {
      await drain(request);
      throw error;
    }
  }

  /** Newest first. */
  list(caller: Caller, query: PageQuery): Promise<Page<ImportResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /contact-imports', query };
    const page = { after: this.cursors.after(list), limit: query.limit };
    return this.db.run(caller.tenantId, async (tx) =>
      this.cursors.page(list, (await listImports(tx, page)).map(importView)),
    );
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<ImportResponse> {
    return this.db.run(tenantId, async (tx) => importView(await read(tx, id)));
  }

  /** Ends it where it is: what is stored stays. Throws Problem 404, and 409 when it has ended. */
  async cancel(caller: Caller, id: string): Promise<ImportResponse> {
    const cancelled = await this.db.run(caller.tenantId, async (tx) => {
      const { status } = await read(tx, id);
      if (!(await endImport(tx, id, { status: 'CANCELLED' })))
        throw Problem.conflict('conflict', `The import has ended: ${status}.`);
      await audit(tx, caller, 'contact-import.cancelled', 'contact-import', id, {});
      return importView(await read(tx, id));
    });
    await this.storage.remove(importKey(caller.tenantId, id));
    return cancelled;
  }

  /** The refused rows as CSV. Throws Problem 404. */
  async errors({ tenantId }: Caller, id: string): Promise<Readable> {
    const { failed } = await this.db.run(tenantId, (tx) => read(tx, id));
    return Readable.from(this.errorLines(tenantId, id, failed), { objectMode: false });
  }

  private async *errorLines(tenantId: string, id: string, failed: number): AsyncGenerator<string> {
    yield csvLine(['row', 'column', 'message']);
    let from = { row: 0, columnNo: 0 };
    for (;;) {
      const page = { ...from, limit: FAULTS_AT_ONCE };
      const faults = await this.db.run(tenantId, (tx) => listFaults(tx, id, page));
      yield faults.map(({ row, column, message }) => csvLine([row, column, message])).join('');
      const last = faults.at(-1);
      if (!last || faults.length < FAULTS_AT_ONCE) break;
      from = last;
    }
    if (failed > MOST_FAULTS) yield csvLine([null, null, `${failed} rows were refused; not all are listed`]);
  }

  private begin(
    caller: Caller,
    made: Pick<ImportRecord, 'id' | 'bytesTotal' | 'columns' | 'delimiter' | 'onConflict'>,
  ): Promise<ImportResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      await insertImport(tx, made);
      await this.jobs.enqueue(tx, 'contact-imports', made.id);
      const { bytesTotal, onConflict } = made;
      await audit(tx, caller, 'contact-import.created', 'contact-import', made.id, { bytesTotal, onConflict });
      return importView(await read(tx, made.id));
    });
  }
}

async function read(tx: Tx, id: string): Promise<ImportRecord> {
  const record = await findImport(tx, id);
  if (!record) throw Problem.notFound('contact import');
  return record;
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}

import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { audit } from '../../permissions/audit';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { Caller } from '../../platform/http/caller';
import { Cursors } from '../../platform/http/cursors';
import type { Page, PageQuery } from '../../platform/http/page';
import { Problem } from '../../platform/http/problem';
import { FileMissing, Storage } from '../../platform/storage/storage';
import { Jobs } from '../../platform/work/jobs';
import { readAddressFilter } from '../contact-addresses';
import type { CreateExportDto, ExportResponse } from './export.dto';
import { exportKey } from './export-key';
import { findExport, insertExport, listExports, type ExportFilter, type ExportRecord } from './export.queries';
import { exportView } from './export.view';

@Injectable()
export class ExportsService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly storage: Storage,
    private readonly jobs: Jobs,
  ) {}

  /** Has a file written in the background. Throws Problem 422 for a filter that is no address. */
  create(caller: Caller, { filter: given }: CreateExportDto): Promise<ExportResponse> {
    const filter: ExportFilter = {
      search: given?.search?.normalize() ?? null,
      externalId: given?.externalId?.normalize() ?? null,
      email: readAddressFilter('/filter/email', 'EMAIL', given?.email),
      phone: readAddressFilter('/filter/phone', 'SMS', given?.phone),
    };
    return this.db.run(caller.tenantId, async (tx) => {
      const id = uuidv7();
      await insertExport(tx, id, filter);
      await this.jobs.enqueue(tx, 'contact-exports', id);
      const filteredBy = Object.entries(filter).flatMap(([name, value]) => (value === null ? [] : [name]));
      await audit(tx, caller, 'contact-export.created', 'contact-export', id, { filteredBy });
      return exportView(await read(tx, id));
    });
  }

  /** Newest first. */
  list(caller: Caller, query: PageQuery): Promise<Page<ExportResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /contact-exports', query };
    const page = { after: this.cursors.after(list), limit: query.limit };
    return this.db.run(caller.tenantId, async (tx) =>
      this.cursors.page(list, (await listExports(tx, page)).map(exportView)),
    );
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<ExportResponse> {
    return this.db.run(tenantId, async (tx) => exportView(await read(tx, id)));
  }

  /** The file. Throws Problem 404 for an export that is not there or whose file is gone, 409 before it is complete. */
  async content(caller: Caller, id: string): Promise<{ content: Readable; bytes: number }> {
    const { status, bytes, starts } = await this.db.run(caller.tenantId, async (tx) => {
      const record = await read(tx, id);
      if (record.status === 'COMPLETED') await audit(tx, caller, 'contact-export.read', 'contact-export', id, {});
      return record;
    });
    if (status === 'EXPIRED') throw Problem.notFound('file');
    if (status !== 'COMPLETED' || bytes === null)
      throw Problem.conflict('conflict', `The file is not there: the export is ${status}.`);
    try {
      return { content: await this.storage.read(exportKey(caller.tenantId, id, starts)), bytes };
    } catch (error) {
      throw error instanceof FileMissing ? Problem.notFound('file') : error;
    }
  }
}

async function read(tx: Tx, id: string): Promise<ExportRecord> {
  const record = await findExport(tx, id);
  if (!record) throw Problem.notFound('contact export');
  return record;
}

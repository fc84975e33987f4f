import { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import { Storage } from '../../platform/storage/storage';
import type { JobData } from '../../platform/work/job-queues';
import { Interrupted, Jobs } from '../../platform/work/jobs';
import { ADDRESS_FIELDS } from '../contact-addresses';
import { listContacts, type ContactRow } from '../contact.queries';
import { BYTE_ORDER_MARK, csvLine } from '../csv-line';
import { ATTRIBUTE, MOST_COLUMNS } from '../imports/csv-columns';
import { exportKey } from './export-key';
import {
  beginExport,
  completeExport,
  expireExport,
  failExport,
  type ExportFilter,
  type ExportRecord,
} from './export.queries';

const ROWS_AT_ONCE = 1_000;
const MOST_STARTS = 10;
const FILE_DAYS = 7;

/** More names of attributes than a file has columns for. */
class TooManyColumns extends Error {
  override readonly name = 'TooManyColumns';
}

/** Whose contacts are read, which of them, and who says stop. */
interface Reading {
  tenantId: string;
  filter: ExportFilter;
  signal: AbortSignal;
}

/** Does exports. The file is there as a whole or not at all, so that one that broke off is begun anew. */
@Injectable()
export class ContactExporter implements OnModuleInit {
  constructor(
    private readonly db: TenantDb,
    private readonly storage: Storage,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.handle('contact-exports', (job, signal) => this.run(job, signal));
    this.jobs.handle('contact-exports.expire', (job) => this.expire(job));
  }

  /** Throws Interrupted when asked to stop, and whatever keeps it from being done now. */
  async run({ tenantId, id }: JobData, signal: AbortSignal): Promise<void> {
    const begun = await this.db.run(tenantId, (tx) => beginExport(tx, id));
    if (!begun) return;
    if (begun.starts > MOST_STARTS)
      return this.fail(tenantId, id, 'gave_up', `It was begun ${MOST_STARTS} times and never came to its end.`);
    try {
      await this.write(tenantId, begun, signal);
    } catch (error) {
      if (!(error instanceof TooManyColumns)) throw error;
      const detail = `The contacts have attributes of more names than a file may have columns (${MOST_COLUMNS}).`;
      await this.fail(tenantId, id, 'too_many_columns', detail);
    }
  }

  private async write(tenantId: string, { id, filter, starts }: ExportRecord, signal: AbortSignal): Promise<void> {
    const reading = { tenantId, filter, signal };
    const columns = await this.columns(reading);
    let rows = 0;
    const counted = async function* (pages: AsyncIterable<ContactRow[]>) {
      yield BYTE_ORDER_MARK + csvLine(columns.map(({ heading }) => heading));
      for await (const page of pages) {
        rows += page.length;
        yield page.map((contact) => csvLine(columns.map(({ cell }) => cell(contact)))).join('');
      }
    };
    const content = Readable.from(counted(this.pages(reading)), { objectMode: false });
    const key = exportKey(tenantId, id, starts);
    const bytes = await this.storage.put(key, content);
    const expiresAt = new Date(Date.now() + FILE_DAYS * 86_400_000);
    const isComplete = await this.db.run(tenantId, async (tx) => {
      const completed = await completeExport(tx, id, { start: starts, rows, bytes, expiresAt });
      if (completed) await this.jobs.enqueue(tx, 'contact-exports.expire', id, expiresAt);
      return completed;
    });
    if (!isComplete) await this.storage.remove(key);
  }

  /** The fields, and a column for every name of an attribute. */
  private async columns(reading: Reading): Promise<Column[]> {
    const keys = new Set<string>();
    for await (const page of this.pages(reading)) {
      for (const { attributes } of page) for (const key of Object.keys(attributes)) keys.add(key);
      if (FIELDS.length + keys.size > MOST_COLUMNS) throw new TooManyColumns();
    }
    const attributes = [...keys].sort().map((key) => ({
      heading: `${ATTRIBUTE}${key}`,
      cell: (contact: ContactRow) => textOf(contact.attributes[key]),
    }));
    return [...FIELDS, ...attributes];
  }

  private async *pages({ tenantId, filter, signal }: Reading): AsyncGenerator<ContactRow[]> {
    let after: string | null = null;
    do {
      if (signal.aborted) throw new Interrupted();
      const wanted = { ...filter, language: null, attribute: null, reference: null, after, limit: ROWS_AT_ONCE };
      const found: ContactRow[] = await this.db.run(tenantId, (tx) => listContacts(tx, wanted));
      const page = found.slice(0, ROWS_AT_ONCE);
      yield page;
      after = found.length > ROWS_AT_ONCE ? (page.at(-1)?.id ?? null) : null;
    } while (after !== null);
  }

  private async expire({ tenantId, id }: JobData): Promise<void> {
    const starts = await this.db.run(tenantId, (tx) => expireExport(tx, id));
    for (let start = 1; start <= starts; start++) await this.storage.remove(exportKey(tenantId, id, start));
  }

  private fail(tenantId: string, ...[id, code, detail]: [id: string, code: string, detail: string]): Promise<void> {
    return this.db.run(tenantId, (tx) => failExport(tx, id, code, detail));
  }
}

interface Column {
  heading: string;
  cell: (contact: ContactRow) => string | null;
}

const FIELDS: readonly Column[] = [
  { heading: 'externalId', cell: ({ externalId }) => externalId },
  { heading: 'name', cell: ({ name }) => name },
  ...ADDRESS_FIELDS.map(({ field, channelType }) => ({
    heading: field,
    cell: ({ identities }: ContactRow) => identities.find((held) => held.channelType === channelType)?.address ?? null,
  })),
  { heading: 'language', cell: ({ language }) => language },
  { heading: 'timezone', cell: ({ timezone }) => timezone },
];

/** Attributes are text, numbers, booleans and null; in a file all of them are text. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

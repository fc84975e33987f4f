import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { idsOfPerson } from '../contacts/timeline.queries';
import { contactRow } from '../contacts/contact-row';
import { audit } from '../permissions/audit';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import { exportedRows, SECTIONS, type ExportedPage, type ExportedRow, type Person } from './export.queries';
import { addressesOfPerson } from './person.queries';

/** Raised when the meaning of something in the file changes; further sections and fields may come without. */
const FORMAT = 'carillon-contact-export/1';
const PAGE = 200;

/** Everything that is kept of a person, in one file (GDPR 15 and 20). */
@Injectable()
export class ExportService {
  constructor(private readonly db: TenantDb) {}

  /**
   * The file as it is being made: page by page, each read by itself, so that a slow reader holds neither a transaction nor
   * memory. Throws Problem 404; 403 for a key that may not read messages, which are in it.
   */
  async export(caller: Caller, ref: string): Promise<{ id: string; file: Readable }> {
    const { id, person } = await this.db.run(caller.tenantId, async (tx) => {
      const contact = await contactRow(tx, ref);
      if (!mayReadMessages(caller)) throw Problem.forbidden('This key lacks the permission messages:read.');
      const ids = await idsOfPerson(tx, contact.id);
      await audit(tx, caller, 'contact.exported', 'contact', contact.id, {});
      return { id: contact.id, person: { ids, addresses: await addressesOfPerson(tx, ids) } };
    });
    return { id, file: Readable.from(this.parts(caller.tenantId, id, person)) };
  }

  private async *parts(tenantId: string, id: string, person: Person): AsyncGenerator<string> {
    yield `{"format":"${FORMAT}","exportedAt":"${new Date().toISOString()}","contactId":"${id}"`;
    for (const section of SECTIONS) {
      yield `,\n"${section.name}":[`;
      let separator = '\n';
      for await (const row of this.rows(tenantId, section, person)) {
        yield separator + JSON.stringify(inCamelCase(row));
        separator = ',\n';
      }
      yield ']';
    }
    yield '}\n';
  }

  private async *rows(
    tenantId: string,
    section: (typeof SECTIONS)[number],
    person: Person,
  ): AsyncGenerator<ExportedRow> {
    let after: string | null = null;
    for (;;) {
      const page: { after: string | null; limit: number } = { after, limit: PAGE };
      const rows: ExportedPage = await this.db.run(tenantId, (tx) => exportedRows(tx, section, person, page));
      for (const { row } of rows) yield row;
      after = rows.at(-1)?.id ?? null;
      if (!section.isPaged || rows.length < PAGE) return;
    }
  }
}

function mayReadMessages({ scopes }: Caller): boolean {
  return scopes.includes('*') || scopes.includes('messages:read');
}

/** Lists of rows inside a message, whose columns are named like those of the message. */
const LISTS = new Set(['attempts_made', 'events', 'schedules', 'schedule_occurrences']);

/** Columns as the API writes names; what is inside a column stays as it was written. */
function inCamelCase(row: ExportedRow): ExportedRow {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      LISTS.has(column) ? (value as ExportedRow[]).map(inCamelCase) : value,
    ]),
  );
}

import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Cursors } from '../../platform/http/cursors';
import type { Page } from '../../platform/http/page';
import { firstFault, type Link } from './audit-chain';
import { hashAt, readStretch } from './audit-chain.queries';
import type { AuditEntryResponse, AuditLogQuery, AuditVerificationResponse } from './audit-log.dto';
import { listLines } from './audit-log.queries';

const LINES_A_STATEMENT = 5_000;
const LINES_A_CALL = 50_000;

@Injectable()
export class AuditLogService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
  ) {}

  /** Newest first. Throws Problem 400 for a cursor of another list. */
  async list({ tenantId }: Caller, query: AuditLogQuery): Promise<Page<AuditEntryResponse>> {
    const list = { tenantId, route: 'GET /audit-log', query };
    const after = this.cursors.after(list);
    const lines = await this.db.run(tenantId, (tx) => listLines(tx, query, after));
    return this.cursors.page(
      list,
      lines.map((line) => ({ ...line, at: line.at.toISOString() })),
    );
  }

  /** Looks at the lines behind a place, as many as one call may take. */
  async verify({ tenantId }: Caller, after: number): Promise<AuditVerificationResponse> {
    const before = after === 0 ? '' : await this.db.run(tenantId, (tx) => hashAt(tx, after));
    let last: Link = { seq: after, hash: before };
    for (;;) {
      const { lines, head } = await this.db.run(tenantId, (tx) => readStretch(tx, last.seq, LINES_A_STATEMENT));
      const { broken, end } = firstFault(last, lines, { head, isEnd: lines.length < LINES_A_STATEMENT });
      last = end;
      const found = { checked: last.seq - after, head };
      if (broken) return { ...found, intact: false, broken, next: null };
      if (lines.length < LINES_A_STATEMENT) return { ...found, intact: true, broken: null, next: null };
      if (last.seq - after >= LINES_A_CALL) return { ...found, intact: true, broken: null, next: last.seq };
    }
  }
}

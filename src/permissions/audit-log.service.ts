import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page, PageQuery } from '../platform/http/page';
import { AuditLog } from './audit-log.entity';
import type { AuditEntryResponse } from './audit-log.dto';

@Injectable()
export class AuditLogService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
  ) {}

  /** Newest first. Throws Problem 400 for a cursor of another list. */
  async list({ tenantId }: Caller, query: PageQuery): Promise<Page<AuditEntryResponse>> {
    const list = { tenantId, route: 'GET /audit-log', query };
    const after = this.cursors.after(list);
    const entries = await this.db.run(tenantId, (tx) =>
      tx.manager.find(AuditLog, {
        where: { tenantId, ...(after && { id: LessThan(after) }) },
        order: { id: 'DESC' },
        take: query.limit + 1,
      }),
    );
    return this.cursors.page(list, entries.map(entryView));
  }
}

function entryView({ id, at, actor, action, resource, resourceId, detail }: AuditLog): AuditEntryResponse {
  return { id, at: at.toISOString(), actor, action, resource, resourceId, detail };
}

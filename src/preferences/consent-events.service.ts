import { Injectable } from '@nestjs/common';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page } from '../platform/http/page';
import { addressFilter } from './address-filter';
import type { ConsentEventResponse, ConsentQuery } from './consent-event.dto';
import { listConsent, type ConsentRow } from './consent.queries';

@Injectable()
export class ConsentEventsService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
  ) {}

  /** Newest first. Throws Problem 422 for an address without its channel type. */
  list(caller: Caller, query: ConsentQuery): Promise<Page<ConsentEventResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /consent-events', query };
    const filter = {
      channelType: query.channelType ?? null,
      address: addressFilter(query),
      action: query.action ?? null,
      after: this.cursors.after(list),
      limit: query.limit,
    };
    return this.db.run(caller.tenantId, async (tx) =>
      this.cursors.page(list, (await listConsent(tx, filter)).map(consentView)),
    );
  }
}

function consentView({ at, ...row }: ConsentRow): ConsentEventResponse {
  return { ...row, at: at.toISOString() };
}

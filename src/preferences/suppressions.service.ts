import { Injectable } from '@nestjs/common';
import { readAddress } from '../contacts/contact-addresses';
import { actorOf, audit } from '../permissions/audit';
import { TenantDb } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import { addressFilter } from './address-filter';
import { appendConsent } from './consent.queries';
import { SAID_BY_PERSON } from './reasons';
import type { CreateSuppressionDto, SuppressionQuery, SuppressionResponse } from './suppression.dto';
import {
  addSuppression,
  findInForce,
  liftSuppression,
  listSuppressions,
  type NewSuppression,
  type SuppressionRow,
} from './suppression.queries';

@Injectable()
export class SuppressionsService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
  ) {}

  /** Puts one in force; one of the same kind in force already is answered instead. Throws Problem 422. */
  add(caller: Caller, input: CreateSuppressionDto): Promise<{ suppression: SuppressionResponse; isNew: boolean }> {
    const wanted = newSuppression(input);
    return this.db.run(caller.tenantId, async (tx) => {
      const row = await addSuppression(tx, wanted);
      const isNew = row.id === wanted.id;
      if (isNew) {
        const action = row.reason === 'MANUAL' ? 'SUPPRESSED' : row.reason;
        await appendConsent(tx, { ...row, action, actor: actorOf(caller) });
        await audit(tx, caller, 'suppression.added', 'suppression', row.id, {
          reason: row.reason,
          purpose: row.purpose,
        });
      }
      return { suppression: suppressionView(row), isNew };
    });
  }

  /** Those in force, newest first. Throws Problem 422 for an address without its channel type. */
  list(caller: Caller, query: SuppressionQuery): Promise<Page<SuppressionResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /suppressions', query };
    const filter = {
      channelType: query.channelType ?? null,
      address: addressFilter(query),
      reason: query.reason ?? null,
      after: this.cursors.after(list),
      limit: query.limit,
    };
    return this.db.run(caller.tenantId, async (tx) =>
      this.cursors.page(list, (await listSuppressions(tx, filter)).map(suppressionView)),
    );
  }

  /** Throws Problem 404 for one that is not in force, 409 for what the person said: only the person takes it back (P32). */
  lift(caller: Caller, id: string): Promise<void> {
    return this.db.run(caller.tenantId, async (tx) => {
      const row = await findInForce(tx, id);
      if (!row) throw Problem.notFound('suppression');
      if (SAID_BY_PERSON.includes(row.reason))
        throw Problem.conflict('opt_out_by_user', 'The person said so, and only the person can take it back.');
      await liftSuppression(tx, id);
      await appendConsent(tx, { ...row, action: 'LIFTED', source: 'api', actor: actorOf(caller) });
      await audit(tx, caller, 'suppression.lifted', 'suppression', id, { reason: row.reason });
    });
  }
}

function newSuppression(input: CreateSuppressionDto): NewSuppression {
  const { channelType, purpose = 'ALL', reason = 'MANUAL', source = 'api', expiresAt = null } = input;
  const address = readAddress('/address', channelType, input.address);
  if (expiresAt !== null && Date.parse(expiresAt) <= Date.now())
    throw Problem.invalidField('/expiresAt', 'must lie ahead');
  return {
    id: uuidv7(),
    channelType,
    address,
    purpose,
    reason,
    source,
    messageId: null,
    expiresAt,
  };
}

function suppressionView(row: SuppressionRow): SuppressionResponse {
  const { id, channelType, address, purpose, reason, source, messageId } = row;
  const expiresAt = row.expiresAt?.toISOString() ?? null;
  const createdAt = row.createdAt.toISOString();
  return { id, channelType, address, purpose, reason, source, messageId, expiresAt, createdAt };
}

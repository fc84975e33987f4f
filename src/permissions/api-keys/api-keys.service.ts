import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { TenantDb } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { Caller } from '../../platform/http/caller';
import { Cursors } from '../../platform/http/cursors';
import type { Page, PageQuery } from '../../platform/http/page';
import { Problem } from '../../platform/http/problem';
import { hashApiKey, keyPrefix, newApiKey } from '../../tenants/api-key';
import { ApiKey } from '../../tenants/api-key.entity';
import { Callers } from '../../tenants/sign-in/callers';
import { audit } from '../audit';
import { assertMayGrant } from '../may-grant';
import { userExists } from '../users/user.queries';
import type { ApiKeyResponse, CreateApiKeyDto, CreatedApiKeyResponse } from './api-key.dto';

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly callers: Callers,
  ) {}

  /** The answer holds the key, which is stored nowhere. Throws Problem 403 for scopes that the caller lacks, 422. */
  async create(caller: Caller, { name, scopes, userId, expiresAt }: CreateApiKeyDto): Promise<CreatedApiKeyResponse> {
    assertMayGrant(caller, scopes);
    const expiry = expiresAt == null ? null : new Date(expiresAt);
    if (expiry && expiry.getTime() <= Date.now()) throw Problem.invalidField('/expiresAt', 'must be in the future');
    const { tenantId } = caller;
    const key = newApiKey();
    const row = {
      tenantId,
      id: uuidv7(),
      name,
      prefix: keyPrefix(key),
      keyHash: hashApiKey(key),
      scopes,
      userId: userId ?? null,
      expiresAt: expiry,
    };
    const stored = await this.db.run(tenantId, async (tx) => {
      if (row.userId !== null && !(await userExists(tx, row.userId)))
        throw Problem.invalidField('/userId', 'there is no such user');
      await tx.manager.insert(ApiKey, row);
      await audit(tx, caller, 'api_key.created', 'api_key', row.id, { name, prefix: row.prefix, scopes });
      return tx.manager.findOneByOrFail(ApiKey, { tenantId, id: row.id });
    });
    return { ...keyView(stored), key };
  }

  /** Newest first, revoked ones too. Throws Problem 400 for a cursor of another list. */
  async list({ tenantId }: Caller, query: PageQuery): Promise<Page<ApiKeyResponse>> {
    const list = { tenantId, route: 'GET /api-keys', query };
    const after = this.cursors.after(list);
    const keys = await this.db.run(tenantId, (tx) =>
      tx.manager.find(ApiKey, {
        where: { tenantId, ...(after && { id: LessThan(after) }) },
        order: { id: 'DESC' },
        take: query.limit + 1,
      }),
    );
    return this.cursors.page(list, keys.map(keyView));
  }

  /**
   * Ends a key; ending it again changes nothing. Throws Problem 404, and 409 for the key that asks: whoever revokes keys
   * still holds one that works, so no tenant locks itself out.
   */
  async revoke(caller: Caller, id: string): Promise<void> {
    const { tenantId } = caller;
    if (id === caller.keyId) throw Problem.conflict('conflict', 'A key cannot revoke itself; use another key for it.');
    await this.db.run(tenantId, async (tx) => {
      const key = await tx.manager.findOneBy(ApiKey, { tenantId, id });
      if (!key) throw Problem.notFound('API key');
      if (key.revokedAt) return;
      await tx.manager.update(ApiKey, { tenantId, id }, { revokedAt: new Date() });
      await audit(tx, caller, 'api_key.revoked', 'api_key', id, { name: key.name, prefix: key.prefix });
    });
    this.callers.forget();
  }
}

function keyView({ id, name, prefix, scopes, userId, expiresAt, revokedAt, createdAt }: ApiKey): ApiKeyResponse {
  return {
    id,
    name,
    prefix,
    scopes,
    userId,
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

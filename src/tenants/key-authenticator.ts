import { Injectable } from '@nestjs/common';
import { Authenticator, type Caller } from '../platform/http/caller';
import type { Sql } from '../platform/db/sql';
import { TenantDb } from '../platform/db/tenant-db';
import { hashApiKey } from './api-key';

const KNOWN_FOR_MS = 1_000;
const MOST_KNOWN = 10_000;

interface Known {
  caller: Caller | undefined;
  until: number;
}

/** API keys as bearer tokens. An answer holds for one second, so a revoked key stops working within that time everywhere. */
@Injectable()
export class KeyAuthenticator extends Authenticator {
  private readonly known = new Map<string, Known>();

  constructor(private readonly db: TenantDb) {
    super();
  }

  override async authenticate(token: string): Promise<Caller | undefined> {
    const hash = hashApiKey(token).toString('hex');
    const known = this.known.get(hash);
    if (known && known.until > performance.now()) return known.caller;
    const caller = await this.find(hash);
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(hash, { caller, until: performance.now() + KNOWN_FOR_MS });
    return caller;
  }

  /** Forgets every answer: after a key was made or revoked here. */
  forget(): void {
    this.known.clear();
  }

  private async find(hash: string): Promise<Caller | undefined> {
    return this.db.present('app.credential', hash, async (sql) => {
      const [key] = await sql.query<Caller>(
        `SELECT tenant_id AS "tenantId", id AS "keyId", user_id AS "userId", scopes FROM api_key
         WHERE key_hash = decode($1, 'hex') AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
        [hash],
      );
      return key && (await this.tenantIsActive(sql, key.tenantId)) ? key : undefined;
    });
  }

  private async tenantIsActive(sql: Sql, tenantId: string): Promise<boolean> {
    await sql.query(`SELECT set_config('app.tenant', $1, true)`, [tenantId]);
    const [tenant] = await sql.query<{ status: string }>('SELECT status FROM tenant WHERE id = $1', [tenantId]);
    return tenant?.status === 'ACTIVE';
  }
}

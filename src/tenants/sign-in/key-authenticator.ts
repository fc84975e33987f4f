import { Injectable } from '@nestjs/common';
import type { Caller } from '../../platform/http/caller';
import { TenantDb } from '../../platform/db/tenant-db';
import { hashApiKey } from '../api-key';
import { findMember, tenantIsActive } from './member.queries';
import { rightsOf } from './rights';

const MOST_CHARACTERS = 200;

interface FoundKey {
  tenantId: string;
  keyId: string;
  userId: string | null;
  scopes: string[];
}

/** API keys. One that acts for a user has of its scopes what the user has, too, and nothing when the user may not work. */
@Injectable()
export class KeyAuthenticator {
  constructor(private readonly db: TenantDb) {}

  async find(key: string): Promise<Caller | undefined> {
    if (key.length > MOST_CHARACTERS) return undefined;
    const hash = hashApiKey(key).toString('hex');
    return this.db.present('app.credential', hash, async (sql) => {
      const [found] = await sql.query<FoundKey>(
        `SELECT tenant_id AS "tenantId", id AS "keyId", user_id AS "userId", scopes FROM api_key
         WHERE key_hash = decode($1, 'hex') AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
        [hash],
      );
      if (!found) return undefined;
      await sql.query(`SELECT set_config('app.tenant', $1, true)`, [found.tenantId]);
      if (found.userId === null)
        return (await tenantIsActive(sql, found.tenantId)) ? { ...found, channelTypes: null } : undefined;
      const member = await findMember(sql, found.tenantId, found.userId);
      return member && { ...found, ...rightsOf(member.grants, found.scopes), channelTypes: null };
    });
  }
}

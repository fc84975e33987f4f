import { Client } from 'pg';
import { uuidv7 } from '../platform/db/uuid';
import { hashApiKey, keyPrefix, newApiKey } from './api-key';

/** What the first start made. */
export interface FirstTenant {
  tenantId: string;
  /** The key, when one was made now: the only moment at which it can be shown. */
  newKey: string | undefined;
}

/**
 * Makes the first tenant and its key, once for all processes. A given key is added to the first tenant whenever it is not
 * there yet. Needs the owner's login, and works in the tenant's own context like everything else.
 */
export async function ensureFirstTenant(adminUrl: string, givenKey: string | undefined): Promise<FirstTenant> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query('BEGIN');
    await admin.query(`SELECT pg_advisory_xact_lock(hashtext('carillon first tenant'))`);
    const tenantId = await firstTenant(admin);
    await admin.query(`SELECT set_config('app.tenant', $1, true)`, [tenantId]);
    const newKey = await ensureKey(admin, tenantId, givenKey);
    await admin.query('COMMIT');
    return { tenantId, newKey };
  } finally {
    await admin.end();
  }
}

/** The id of the first tenant stands in a table of its own, because no row of `tenant` shows itself without its context. */
async function firstTenant(admin: Client): Promise<string> {
  const { rows } = await admin.query<{ id: string }>('SELECT first_tenant_id AS id FROM installation');
  if (rows[0]) return rows[0].id;
  const id = uuidv7();
  await admin.query(`SELECT set_config('app.tenant', $1, true)`, [id]);
  await admin.query(`INSERT INTO tenant (id, name) VALUES ($1, 'First tenant')`, [id]);
  await admin.query('INSERT INTO installation (first_tenant_id) VALUES ($1)', [id]);
  return id;
}

async function ensureKey(admin: Client, tenantId: string, givenKey: string | undefined): Promise<string | undefined> {
  const { rows } = await admin.query<{ hash: string }>(
    `SELECT encode(key_hash, 'hex') AS hash FROM api_key WHERE tenant_id = $1`,
    [tenantId],
  );
  const key = givenKey ?? (rows.length ? undefined : newApiKey());
  if (!key || rows.some(({ hash }) => hash === hashApiKey(key).toString('hex'))) return undefined;
  await admin.query(
    `INSERT INTO api_key (tenant_id, id, name, prefix, key_hash, scopes) VALUES ($1, $2, 'First key', $3, $4, '{*}')`,
    [tenantId, uuidv7(), keyPrefix(key), hashApiKey(key)],
  );
  return givenKey ? undefined : key;
}

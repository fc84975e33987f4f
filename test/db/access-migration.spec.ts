import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { migrations } from '../../migrations';
import { migrate } from '../../src/platform/db/data-source';
import { uuidv7 } from '../../src/platform/db/uuid';
import { emptyDatabase } from '../support/test-database';

/** Row-level security is forced on owners, too; only a superuser would not notice what a migration forgets about that. */
describe('the migration to users and a chained log, by an owner who is no superuser', () => {
  const BEFORE = migrations.findIndex(({ name }) => name.startsWith('GuardAccess'));
  const [tenants, users] = [
    [uuidv7(), uuidv7()],
    [uuidv7(), uuidv7()],
  ];
  const owner = `owner_${randomBytes(6).toString('hex')}`;
  let database: Awaited<ReturnType<typeof emptyDatabase>>;
  let admin: Client;

  beforeAll(async () => {
    database = await emptyDatabase();
    admin = new Client({ connectionString: database.url });
    admin.on('error', () => undefined);
    await admin.connect();
    await admin.query(`CREATE ROLE ${owner} LOGIN PASSWORD 'owner'`);
    await admin.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} OWNER TO ${owner}`);
    const url = Object.assign(new URL(database.url), { username: owner, password: 'owner' }).toString();
    await migrate(url, migrations.slice(0, BEFORE));
    for (const tenant of tenants) await seed(tenant);
    await migrate(url, migrations);
  });
  afterAll(async () => {
    await admin.query(`REASSIGN OWNED BY ${owner} TO CURRENT_USER`);
    await admin.query(`DROP OWNED BY ${owner}`);
    await admin.query(`DROP ROLE ${owner}`);
    await admin.end();
    await database.drop();
  });

  async function seed(tenant: string): Promise<void> {
    await admin.query(`INSERT INTO tenant (id, name) VALUES ($1, 'T')`, [tenant]);
    for (const [name, scopes, user] of [
      ['all', '{*}', null],
      ['reader', '{messages:read}', users[0]],
      ['figures', '{stats:read}', null],
    ])
      await admin.query(
        `INSERT INTO api_key (tenant_id, id, name, prefix, key_hash, scopes, user_id) VALUES ($1, $2, $3, 'ck', $4, $5, $6)`,
        [tenant, uuidv7(), name, randomBytes(32), scopes, user],
      );
    for (const channelType of ['SMS', null])
      await admin.query(
        `INSERT INTO user_communication_permission (tenant_id, id, user_id, channel_type, actions)
         VALUES ($1, $2, $3, $4, '{messages:read}')`,
        [tenant, uuidv7(), users[1], channelType],
      );
    for (let i = 0; i < 3; i++)
      await admin.query(
        `INSERT INTO audit_log (tenant_id, id, actor, action, resource, detail) VALUES ($1, $2, 'key:x', 'a', 'r', $3)`,
        [tenant, uuidv7(), { i }],
      );
  }

  const rows = async (sql: string) => (await admin.query(sql)).rows as Record<string, unknown>[];

  it('chains the lines that were there, tenant by tenant', async () => {
    const lines = await rows(
      `SELECT tenant_id AS tenant, seq::int, detail ->> 'i' AS i, hash = audit_line_hash(prev_hash, tenant_id, seq, id, at, actor,
         action, resource, resource_id, detail) AS due,
         prev_hash = coalesce(lag(hash) OVER (PARTITION BY tenant_id ORDER BY seq), '') AS linked
       FROM audit_log ORDER BY tenant_id, seq`,
    );
    expect(lines).toEqual(
      tenants
        .toSorted()
        .flatMap((tenant) => [0, 1, 2].map((i) => ({ tenant, seq: i + 1, i: String(i), due: true, linked: true }))),
    );
    const heads = await rows(
      `SELECT count(*)::int AS count FROM audit_chain c JOIN audit_log l USING (tenant_id, seq, hash) WHERE seq = 3`,
    );
    expect(heads).toEqual([{ count: 2 }]);
  });

  it('makes users of the ids that were in use, who cannot sign in', async () => {
    const made = await rows(`SELECT tenant_id AS tenant, id, issuer, subject FROM tenant_user ORDER BY 1, 2`);
    expect(made).toEqual(
      tenants
        .toSorted()
        .flatMap((tenant) => users.toSorted().map((id) => ({ tenant, id, issuer: 'local', subject: id }))),
    );
  });

  it('lets keys see what they saw', async () => {
    const scopes = await rows(`SELECT DISTINCT name, scopes FROM api_key ORDER BY name`);
    expect(scopes).toEqual([
      { name: 'all', scopes: ['*'] },
      { name: 'figures', scopes: ['stats:read'] },
      { name: 'reader', scopes: ['messages:read', 'contacts:pii'] },
    ]);
  });

  it('leaves row-level security forced', async () => {
    const open = await rows(
      `SELECT relname FROM pg_class WHERE relname IN ('api_key', 'audit_log', 'user_communication_permission', 'tenant_user',
         'audit_chain') AND NOT (relrowsecurity AND relforcerowsecurity)`,
    );
    expect(open).toEqual([]);
  });
});

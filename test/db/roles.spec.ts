import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrations } from '../../migrations';
import { checkIsolation } from '../../src/platform/db/boot-check';
import { migrate, openPool } from '../../src/platform/db/data-source';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/db/embedded-postgres';
import { ensureRoles, rolePassword, roleUrl, type DbRole } from '../../src/platform/db/roles';
import { TEST_FOLDER_PREFIX } from '../support/dead-runs';

/** Roles belong to a whole cluster, so this file has one of its own. */
let folder: string;
let postgres: EmbeddedPostgres;
let databases = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), `${TEST_FOLDER_PREFIX}${process.pid}-`));
  chmodSync(folder, 0o755); // run by root, the server is another user, who must be able to enter
  postgres = await startEmbeddedPostgres({ dataDir: folder, settings: { fsync: 'off', shared_buffers: '16MB' } });
  await asAdmin(`CREATE ROLE landlord LOGIN NOCREATEROLE NOSUPERUSER PASSWORD 'rent'`);
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const firstKey = Buffer.alloc(32, 1);
const secondKey = Buffer.alloc(32, 2);

async function run(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end();
  }
}

const asAdmin = (...statements: string[]) => run(postgres.adminUrl, ...statements);

/** A new database of the login `landlord`, as a hosted PostgreSQL gives one. */
async function landlordsDatabase(model = 'template1'): Promise<{ name: string; landlord: string; admin: string }> {
  const name = `house_${++databases}`;
  await asAdmin(`CREATE DATABASE ${name} OWNER landlord TEMPLATE ${model}`);
  const url = new URL(postgres.adminUrl);
  url.pathname = `/${name}`;
  const admin = url.toString();
  url.username = 'landlord';
  url.password = 'rent';
  return { name, admin, landlord: url.toString() };
}

const login = (url: string, role: DbRole, key: Buffer) => roleUrl(url, role, rolePassword(key, role));

async function check(url: string): Promise<void> {
  const options = { poolSize: 2, statementTimeoutMs: 5_000, applicationName: 'boot check' };
  const pool = await openPool({ ...options, url }).initialize();
  try {
    await checkIsolation(pool);
  } finally {
    await pool.destroy();
  }
}

/** The statements in an error, one each. */
async function toldBy(work: Promise<void>): Promise<string[]> {
  const { message } = await work.then(
    () => new Error('nothing was wrong'),
    (error: Error) => error,
  );
  expect(message).toMatch(/^The login of DATABASE_URL may not create roles\. Have an administrator run:\n/);
  return message
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

describe('the roles', () => {
  it('are told as statements where the login may not make them, and those are all that an administrator has to run', async () => {
    const { landlord, admin } = await landlordsDatabase();
    const statements = await toldBy(ensureRoles(landlord, firstKey));
    const flags = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';
    expect(statements).toEqual([
      expect.stringMatching(`^CREATE ROLE carillon_app ${flags} PASSWORD 'SCRAM-SHA-256\\$[^']+';$`),
      expect.stringMatching(`^CREATE ROLE carillon_worker ${flags} PASSWORD 'SCRAM-SHA-256\\$[^']+';$`),
    ]);
    expect(statements.join()).not.toContain(rolePassword(firstKey, 'app'));

    await run(admin, ...statements);
    await ensureRoles(landlord, firstKey);
    expect(await migrate(landlord, migrations)).toBe(migrations.length);
    for (const role of ['app', 'worker'] as const) await check(login(landlord, role, firstKey));
  });

  it('get a new password with another master key, told the same way where the login may not change it', async () => {
    const { landlord, admin } = await landlordsDatabase();
    const statements = await toldBy(ensureRoles(landlord, secondKey));
    expect(statements.map((statement) => statement.slice(0, 24))).toEqual([
      'ALTER ROLE carillon_app ',
      'ALTER ROLE carillon_work',
    ]);
    await expect(run(login(admin, 'app', secondKey), 'SELECT 1')).rejects.toThrow('password authentication failed');

    await run(admin, ...statements);
    await ensureRoles(landlord, secondKey);
    await expect(run(login(admin, 'app', firstKey), 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('are mended by a login that may: new password, and no rights beyond those of a login', async () => {
    await asAdmin('ALTER ROLE carillon_app SUPERUSER BYPASSRLS CREATEDB CREATEROLE');
    await ensureRoles(postgres.adminUrl, firstKey);
    const [flags] = await asAdmin(
      `SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'carillon_app'`,
    );
    expect(flags).toEqual({ rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false });
  });

  it('own nothing', async () => {
    const owned = await asAdmin(
      `SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) LIKE 'carillon_%'
       UNION ALL SELECT nspname FROM pg_namespace WHERE pg_get_userbyid(nspowner) LIKE 'carillon_%'
       UNION ALL SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) LIKE 'carillon_%'`,
    );
    expect(owned).toEqual([]);
  });
});

describe('the check at start-up', () => {
  let admin: string;
  let landlord: string;
  let app: string;
  let model: string;
  beforeAll(async () => {
    const first = await landlordsDatabase();
    await ensureRoles(first.admin, firstKey);
    await migrate(first.landlord, migrations);
    model = first.name;
  });
  beforeEach(async () => {
    ({ admin, landlord } = await landlordsDatabase(model));
    app = login(admin, 'app', firstKey);
    await check(app);
  });

  it('refuses the owner of the tables', async () => {
    await expect(check(landlord)).rejects.toThrow(/login landlord owns \d+ tables/);
  });

  it('refuses a login that owns a single table', async () => {
    await run(admin, 'ALTER TABLE contact OWNER TO carillon_app');
    await expect(check(app)).rejects.toThrow('login carillon_app owns 1 tables');
  });

  it('refuses a member of the owner', async () => {
    await run(admin, 'GRANT landlord TO carillon_app');
    await expect(check(app)).rejects.toThrow(/login carillon_app owns \d+ tables, or is a member of their owner/);
    await run(admin, 'REVOKE landlord FROM carillon_app');
  });

  it('refuses a superuser', async () => {
    await expect(check(admin)).rejects.toThrow('login postgres is a superuser');
  });

  it('refuses a login with BYPASSRLS', async () => {
    await run(admin, 'ALTER ROLE carillon_app BYPASSRLS');
    await expect(check(app)).rejects.toThrow('login carillon_app has BYPASSRLS');
    await run(admin, 'ALTER ROLE carillon_app NOBYPASSRLS');
  });

  it.each([
    ['no policy', 'DROP POLICY tenant_rows ON user_communication_permission'],
    ['row-level security off', 'ALTER TABLE user_communication_permission DISABLE ROW LEVEL SECURITY'],
    ['row-level security not forced', 'ALTER TABLE user_communication_permission NO FORCE ROW LEVEL SECURITY'],
  ])('refuses a table with %s, by name', async (_, statement) => {
    await run(admin, statement);
    const fault =
      'The database does not keep tenants apart:\n  table user_communication_permission has no forced row-level security or no policy';
    await expect(check(app)).rejects.toThrow(fault);
  });

  it('refuses a new table of tenants that nobody guarded, and the list of tenants without its guard', async () => {
    await run(admin, 'CREATE TABLE forgotten (tenant_id uuid)', 'ALTER TABLE tenant DISABLE ROW LEVEL SECURITY');
    await expect(check(app)).rejects.toThrow(/table forgotten has no[^]+table tenant has no/);
  });
});

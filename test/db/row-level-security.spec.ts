import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { openPool } from '../../src/platform/db/data-source';
import { DB_ROLES, rolePassword, roleUrl, type DbRole } from '../../src/platform/db/roles';
import { TenantDb } from '../../src/platform/db/tenant-db';
import { uuidv7 } from '../../src/platform/db/uuid';
import { parseKeyRing } from '../../src/platform/secrets/key-ring';
import { hashWith } from '../support/tenant-hash';
import { cloneDatabase, TEST_MASTER_KEY } from '../support/test-database';
import {
  insert,
  insertOneRowEach,
  newTenantIds,
  rowOf,
  tenantColumn,
  TENANT_TABLES,
  type TenantIds,
} from './one-row-each';
import { WORKER_MAY } from './worker-may';

/** Columns that workers do not see, of tables of which they see others. */
const HIDDEN: Readonly<Record<string, string[]>> = {
  communication_attachment: ['content', 'filename', 'sha256', '*'],
  event_source: ['settings', 'credentials', 'source_key', '*'],
};

/** What happened stays as it was written. */
const APPEND_ONLY = ['audit_log', 'consent_event', 'message_template_version', 'idempotency_key'];

const REFUSED = '42501';

describe('row-level security', () => {
  let database: Awaited<ReturnType<typeof cloneDatabase>>;
  let owner: Client;
  let app: Client;
  let worker: Client;
  let a: TenantIds;
  let b: TenantIds;

  beforeAll(async () => {
    database = await cloneDatabase();
    owner = await connect(database.url);
    app = await connect(urlOf('app'));
    worker = await connect(urlOf('worker'));
    [a, b] = [await insertOneRowEach(owner), await insertOneRowEach(owner)];
  });
  afterAll(async () => {
    for (const client of [owner, app, worker]) await client.end();
    await database.drop();
  });

  async function connect(connectionString: string): Promise<Client> {
    const client = new Client({ connectionString });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  function urlOf(role: DbRole): string {
    const [key] = parseKeyRing(TEST_MASTER_KEY).keys.values();
    return roleUrl(database.url, role, rolePassword(key!, role));
  }

  /** In a transaction of the tenant that is rolled back afterwards; none: without any context. */
  async function as<T>(client: Client, tenant: string | null, work: () => Promise<T>): Promise<T> {
    await client.query('BEGIN');
    try {
      if (tenant) await client.query(`SELECT set_config('app.tenant', $1, true)`, [tenant]);
      return await work();
    } finally {
      await client.query('ROLLBACK');
    }
  }

  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: { code: string }) => error.code,
    );

  const may = async (role: DbRole, table: string, privilege: string): Promise<boolean> => {
    const { rows } = await owner.query('SELECT has_table_privilege($1, $2, $3) AS may', [
      DB_ROLES[role],
      table,
      privilege,
    ]);
    return rows[0].may;
  };

  describe.each(TENANT_TABLES)('of %s', (table) => {
    const column = tenantColumn(table);
    const tenantsSeen = async () =>
      (await app.query(`SELECT DISTINCT ${column} AS tenant FROM ${table}`)).rows.map(({ tenant }) => tenant);

    it('shows a tenant its own rows and no others', async () => {
      expect(await as(app, b.tenant, tenantsSeen)).toEqual([b.tenant]);
    });

    it('shows nothing without a tenant, nor to one that does not exist', async () => {
      expect(await as(app, null, tenantsSeen)).toEqual([]);
      expect(await as(app, uuidv7(), tenantsSeen)).toEqual([]);
    });

    it('takes no row for another tenant, and none without a tenant', async () => {
      for (const tenant of [b.tenant, null]) {
        const foreign = { ...newTenantIds(), tenant: a.tenant };
        expect(await codeOf(as(app, tenant, () => insert(app, table, rowOf(table, foreign))))).toBe(REFUSED);
      }
    });

    it('lets an UPDATE and a DELETE of everything reach the rows of the tenant only', async () => {
      const { rows } = await owner.query(
        `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0
           AND has_column_privilege('carillon_app', attrelid, attnum, 'UPDATE') AND attgenerated = '' AND attidentity = '' LIMIT 1`,
        [table],
      );
      const before = await hashWith(owner, a.tenant);
      const own = await owner.query(`SELECT 1 FROM ${table} WHERE ${column} = $1`, [b.tenant]);
      const changed = () => app.query(`UPDATE ${table} SET ${rows[0].name} = ${rows[0].name}`);
      if (rows[0]) expect((await as(app, b.tenant, changed)).rowCount).toBe(own.rowCount);
      const removed = await codeOf(as(app, b.tenant, () => app.query(`DELETE FROM ${table}`)));
      expect(removed).toBe((await may('app', table, 'DELETE')) ? 'done' : REFUSED);
      expect(await hashWith(owner, a.tenant)).toEqual(before);
    });

    it('cannot be moved to another tenant, nor truncated', async () => {
      const moved = () => app.query(`UPDATE ${table} SET ${column} = $1`, [a.tenant]);
      expect(await codeOf(as(app, b.tenant, moved))).toBe(REFUSED);
      expect(await codeOf(as(app, b.tenant, () => app.query(`TRUNCATE ${table} CASCADE`)))).toBe(REFUSED);
    });
  });

  it('is tried on every table that holds rows of tenants', async () => {
    const { rows } = await owner.query(
      `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'`,
    );
    expect([...rows.map(({ name }) => String(name)), 'tenant'].toSorted()).toEqual(TENANT_TABLES.toSorted());
  });

  it('answers a reference to a row of another tenant in the very words of one that does not exist', async () => {
    const { rows } = await owner.query<{ table: string; column: string; target: string }>(
      `SELECT conrelid::regclass::text AS "table", attname AS "column", confrelid::regclass::text AS target
       FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[2]
       WHERE contype = 'f' AND cardinality(conkey) = 2 ORDER BY 1, 2`,
    );
    expect(rows.length).toBeGreaterThan(20);
    for (const { table, column, target } of rows) {
      const client = (await may('app', table, 'INSERT')) ? app : worker;
      const own = {
        ...b,
        channel: uuidv7(),
        contact: uuidv7(),
        session: uuidv7(),
        message: uuidv7(),
        campaign: uuidv7(),
        schedule: uuidv7(),
        webhookDelivery: uuidv7(),
        run: uuidv7(),
      };
      const pointing = (id: string) => {
        const row = rowOf(table, own);
        for (const reference of rows) if (reference.table === table) row[reference.column] = idIn(b, reference.target);
        // A message is of one recipient, and this one's is taken: the others are asked about without it.
        if (table === 'bulk_message_recipient') Object.assign(row, { message_id: null, status: 'PENDING' });
        if (column === 'message_id' && table === 'bulk_message_recipient') row['status'] = 'QUEUED';
        // A step is there once.
        if (table === 'automation_run_step') row['seq'] = 2;
        row[column] = id;
        return as(client, b.tenant, () => insert(client, table, row)).catch((error) => [error.code, error.constraint]);
      };
      const toForeign = await pointing(idIn(a, target));
      expect([table, column, toForeign]).toEqual([table, column, ['23503', `${table}_tenant_id_${column}_fkey`]]);
      expect(await pointing(uuidv7())).toEqual(toForeign);
    }
  });

  function idIn(ids: TenantIds, table: string): string {
    const names: Readonly<Record<string, keyof TenantIds>> = {
      tenant_user: 'user',
      communication_channel: 'channel',
      contact: 'contact',
      scheduled_message: 'schedule',
      contact_import: 'contactImport',
      message_template: 'template',
      template_layout: 'layout',
      communication_session: 'session',
      communication_message: 'message',
      bulk_message_campaign: 'campaign',
      communication_file: 'file',
      webhook_endpoint: 'webhookEndpoint',
      webhook_delivery: 'webhookDelivery',
      message_automation_rule: 'rule',
      automation_run: 'run',
    };
    const name = names[table];
    if (!name) throw new Error(`No id for a reference to ${table}`);
    return ids[name];
  }

  it('lets nobody change or remove what is only ever appended', async () => {
    for (const table of APPEND_ONLY)
      for (const privilege of ['UPDATE', 'DELETE'])
        expect([table, await may('app', table, privilege)]).toEqual([table, false]);
    for (const table of ['audit_log', 'consent_event']) expect(await may('worker', table, 'SELECT')).toBe(false);
  });

  it('gives workers the tables of dispatch and no others', async () => {
    const { rows } = await owner.query<{ table: string; grants: string }>(
      `SELECT relname AS "table", coalesce((SELECT string_agg(p, ', ' ORDER BY p)
         FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) p
         WHERE has_table_privilege('carillon_worker', c.oid, p)), '') AS grants
       FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    );
    const granted = Object.fromEntries(rows.filter(({ grants }) => grants).map(({ table, grants }) => [table, grants]));
    expect(granted).toEqual(WORKER_MAY);
    for (const [table, columns] of Object.entries(HIDDEN))
      for (const column of columns) expect(await codeOf(worker.query(`SELECT ${column} FROM ${table}`))).toBe(REFUSED);
    for (const table of TENANT_TABLES.filter((name) => !(name in WORKER_MAY) && !(name in HIDDEN)))
      expect(await codeOf(worker.query(`SELECT 1 FROM ${table}`))).toBe(REFUSED);
  });

  describe('before a tenant is known', () => {
    const presenting = (setting: string, value: string, table: string) =>
      as(app, null, async () => {
        await app.query('SELECT set_config($1, $2, true)', [setting, value]);
        return (await app.query(`SELECT ${tenantColumn(table)} AS tenant FROM ${table}`)).rows.map(
          ({ tenant }) => tenant,
        );
      });

    it.each([
      ['app.credential', 'api_key', `encode(key_hash, 'hex')`],
      ['app.webhook_key', 'communication_channel', 'webhook_key'],
      ['app.webhook_key', 'event_source', 'source_key'],
      ['app.account', 'communication_channel', `provider_type || ':' || account_key`],
    ])('%s shows the one row of %s that has this secret', async (setting, table, secret) => {
      const { rows } = await owner.query(`SELECT ${secret} AS secret FROM ${table} WHERE tenant_id = $1`, [a.tenant]);
      expect(await presenting(setting, rows[0].secret, table)).toEqual([a.tenant]);
      expect(await presenting(setting, '00', table)).toEqual([]);
      expect(await presenting(setting, '', table)).toEqual([]);
      for (const other of TENANT_TABLES.filter((name) => name !== table))
        expect(await presenting(setting, rows[0].secret, other)).toEqual([]);
    });
  });

  describe('of a pooled connection', () => {
    let pool: DataSource;
    beforeAll(async () => {
      const options = { poolSize: 1, statementTimeoutMs: 5_000, applicationName: 'one connection' };
      pool = await openPool({ ...options, url: urlOf('app') }).initialize();
    });
    afterAll(() => pool.destroy());

    const leftBehind = async () => {
      const [row] = await pool.query(
        `SELECT nullif(current_setting('app.tenant', true), '') AS tenant, nullif(current_setting('app.credential', true), '')
           AS credential, (SELECT count(*)::int FROM contact) AS contacts, (SELECT count(*)::int FROM api_key) AS keys`,
      );
      return row;
    };
    const nothing = { tenant: null, credential: null, contacts: 0, keys: 0 };

    it('ends with the transaction, whether it committed or failed', async () => {
      const db = new TenantDb(pool);
      const count = (tenant: string) => db.run(tenant, (tx) => tx.query('SELECT tenant_id FROM contact'));
      expect(await count(a.tenant)).toEqual([{ tenant_id: a.tenant }]);
      expect(await leftBehind()).toEqual(nothing);
      expect(await count(b.tenant)).toEqual([{ tenant_id: b.tenant }]);

      await expect(db.run(a.tenant, (tx) => tx.query('SELECT 1 / 0'))).rejects.toThrow('division by zero');
      await expect(db.run(a.tenant, () => Promise.reject(new Error('boom')))).rejects.toThrow('boom');
      expect(await leftBehind()).toEqual(nothing);

      const { rows } = await owner.query(`SELECT encode(key_hash, 'hex') AS hash FROM api_key WHERE tenant_id = $1`, [
        a.tenant,
      ]);
      expect(
        await db.present('app.credential', rows[0].hash, (sql) => sql.query('SELECT 1 FROM api_key')),
      ).toHaveLength(1);
      expect(await leftBehind()).toEqual(nothing);
    });

    it('holds for each tenant of a common commit by itself, and refuses to join that of another', async () => {
      const db = new TenantDb(pool);
      const seen: unknown[] = [];
      const look = (tenantId: string) => ({
        tenantId,
        run: async (sql: { query: TenantDbQuery }) =>
          void seen.push(...(await sql.query('SELECT tenant_id FROM contact'))),
      });
      await db.runTogether([look(a.tenant), look(b.tenant)]);
      expect(seen).toEqual([{ tenant_id: a.tenant }, { tenant_id: b.tenant }]);
      expect(await leftBehind()).toEqual(nothing);
      const inner = db.run(a.tenant, () => db.run(b.tenant, async () => undefined));
      await expect(inner).rejects.toThrow('A transaction belongs to one tenant');
    });
  });
});

type TenantDbQuery = (text: string) => Promise<unknown[]>;

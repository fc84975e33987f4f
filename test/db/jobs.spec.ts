import { Client } from 'pg';
import { Config, readConfig } from '../../src/config';
import { Chunk, NotOursAnyMore, storeChunk } from '../../src/contacts/imports/import-chunk';
import { beginImport, insertImport } from '../../src/contacts/imports/import.queries';
import { TenantDb } from '../../src/platform/db/tenant-db';
import { uuidv7 } from '../../src/platform/db/uuid';
import { Jobs } from '../../src/platform/work/jobs';
import { prepareJobs } from '../../src/platform/work/job-schema';
import { startRuntime, type Runtime } from '../../src/runtime';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { emptyDatabase, TEST_MASTER_KEY } from '../support/test-database';

const CSV = { 'content-type': 'text/csv' };

describe('background jobs', () => {
  let api: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    api = await startApp({ ROLE: 'api' });
    tenant = await api.tenant({ bare: true });
  });
  afterAll(() => api.close());

  const service = <T>(type: new (...args: never[]) => T): T => api.runtime.app.get(type);
  const jobsOf = (id: string) =>
    api.sql<{ name: string; state: string }>(`SELECT name, state FROM pgboss.job WHERE data ->> 'id' = $1`, [id]);
  const worker = (): Promise<Runtime> =>
    startRuntime(
      readConfig({
        PORT: '0',
        ROLE: 'worker',
        DATABASE_URL: api.adminUrl,
        MASTER_KEY: TEST_MASTER_KEY,
        DATA_DIR: dataDir(),
      }),
    );
  /** Both processes must see the same files. */
  const dataDir = (): string => service(Config).DATA_DIR;

  it('exist exactly when the transaction that put them in is committed', async () => {
    const [kept, lost] = [uuidv7(), uuidv7()];
    const [db, jobs] = [service(TenantDb), service(Jobs)];
    const tomorrow = new Date(Date.now() + 86_400_000);
    await db.run(tenant.tenantId, (tx) => jobs.enqueue(tx, 'contact-imports.expire', kept, tomorrow));
    const broken = db.run(tenant.tenantId, async (tx) => {
      await jobs.enqueue(tx, 'contact-imports.expire', lost, tomorrow);
      throw new Error('changed my mind');
    });
    await expect(broken).rejects.toThrow('changed my mind');
    expect(await jobsOf(kept)).toEqual([{ name: 'contact-imports.expire', state: 'created' }]);
    expect(await jobsOf(lost)).toEqual([]);
  });

  it('are put in by a process of the API, left alone by it, and done by a worker, which goes on after a stop', async () => {
    const rows = Array.from({ length: 12_000 }, (_, n) => `stop-${n}@b.co`).join('\n');
    const made = await tenant.api.post('/contact-imports', `email\n${rows}\n`, CSV);
    const path = `/contact-imports/${String(made.body['id'])}`;
    expect((await tenant.api.get(path)).body).toMatchObject({ status: 'PENDING', bytesRead: 0 });

    const first = await worker();
    await tenant.api.until(path, ({ body }) => Number(body['bytesRead']) > 0);
    await first.stop();
    const { body: stopped } = await tenant.api.get(path);
    expect(stopped).toMatchObject({ status: 'RUNNING' });
    const states = (await jobsOf(String(made.body['id']))).map(({ state }) => state);
    expect(states.sort()).toEqual(['created', 'retry']); // given back, and the one that removes the file some day

    const second = await worker();
    const { body } = await tenant.api.until(path, (answer) => answer.body['status'] === 'COMPLETED', 20_000);
    await second.stop();
    expect(body['counts']).toMatchObject({ rows: 12_000, created: 12_000, failed: 0 });
  });

  it('carry ids and nothing else, and the login of the API cannot read even those', async () => {
    await tenant.api.post('/contact-exports', { format: 'csv' });
    const keys = await api.sql(`SELECT DISTINCT jsonb_object_keys(data) AS key FROM pgboss.job ORDER BY 1`);
    expect(keys).toEqual([{ key: 'id' }, { key: 'tenantId' }]);
    for (const text of [
      'SELECT data FROM pgboss.job',
      'UPDATE pgboss.job SET data = NULL',
      'DELETE FROM pgboss.job_common',
      'UPDATE pgboss.queue SET retry_limit = 0',
    ])
      expect(await refusal('carillon_app', text)).toBe('42501');
    for (const role of ['carillon_app', 'carillon_worker'])
      expect(await refusal(role, 'CREATE TABLE pgboss.planted ()')).toBe('42501');
    const owned = await api.sql(
      `SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'pgboss'
       JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname LIKE 'carillon%'`,
    );
    expect(owned).toEqual([]);
  });

  it('have queues that are as the table of facts says after every start, whatever they were', async () => {
    const settings = () =>
      api.sql(`SELECT name, retry_limit, heartbeat_seconds, expire_seconds FROM pgboss.queue ORDER BY name`);
    const before = await settings();
    expect(before).toContainEqual(expect.objectContaining({ name: 'contact-imports', heartbeat_seconds: 20 }));
    await api.sql(`UPDATE pgboss.queue SET retry_limit = 0, heartbeat_seconds = 99`);
    await api.sql(`COMMENT ON SCHEMA pgboss IS 'of an older release'`);
    await prepareJobs(api.adminUrl);
    expect(await settings()).toEqual(before);
  });

  it('tell an administrator what to do where the login may not make the schema', async () => {
    const database = await emptyDatabase();
    const name = `limited_${process.pid}`;
    await api.sql(`CREATE ROLE ${name} LOGIN PASSWORD 'limited'`);
    const url = new URL(database.url);
    [url.username, url.password] = [name, 'limited'];
    await expect(prepareJobs(url.toString())).rejects.toThrow('CREATE SCHEMA pgboss AUTHORIZATION');
    await database.drop();
    await api.sql(`DROP ROLE ${name}`);
  });

  it('write a chunk once when two workers hold the same one', async () => {
    const db = service(TenantDb);
    const id = uuidv7();
    const begun = { id, delimiter: ',', onConflict: 'update' as const, columns: ['email'], bytesTotal: 100 };
    await db.run(tenant.tenantId, (tx) => insertImport(tx, begun));
    await db.run(tenant.tenantId, (tx) => beginImport(tx, id));
    const chunk = (): Chunk => {
      const made = new Chunk({ bytes: 0, rows: 0 });
      const addresses = [{ channelType: 'EMAIL' as const, address: 'twice@b.co', column: 1 }];
      const row = { number: 2, externalId: null, name: null, language: null, timezone: null, attributes: null };
      made.add({ number: 2, cells: [], end: 50 }, { row: { ...row, addresses } });
      return made;
    };
    const store = () => storeChunk(db, tenant.tenantId, begun, chunk());
    const results = await Promise.allSettled([store(), store(), store()]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(NotOursAnyMore);
    const [stored] = await api.sql(`SELECT created, updated, bytes_read FROM contact_import WHERE id = $1`, [id]);
    expect(stored).toEqual({ created: 1, updated: 0, bytes_read: '50' });
  });

  /** The code with which the database refuses this to a role. */
  async function refusal(role: string, text: string): Promise<string | undefined> {
    const client = new Client({ connectionString: api.adminUrl });
    await client.connect();
    try {
      await client.query(`SET ROLE ${role}`);
      await client.query(text);
      return undefined;
    } catch (error) {
      return (error as { code?: string }).code;
    } finally {
      await client.end();
    }
  }
});

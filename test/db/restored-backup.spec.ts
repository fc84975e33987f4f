import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { readConfig } from '../../src/config';
import { checkInstallation } from '../../src/installation-check';
import { writeEpochFile } from '../../src/platform/db/epoch-file';
import { startRuntime, type Runtime } from '../../src/runtime';
import { Api } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { TEST_FOLDER_PREFIX } from '../support/dead-runs';
import { adminUrlOfRun, TEST_MASTER_KEY } from '../support/test-database';

describe('a database that was restored from a backup', () => {
  let original: TestApp;
  let tenant: TestTenant;
  let folder: string;
  const copies: string[] = [];

  beforeAll(async () => {
    original = await startApp({ ROLE: 'api' });
    tenant = await original.tenant();
    folder = mkdtempSync(join(tmpdir(), `${TEST_FOLDER_PREFIX}${process.pid}-restored-`));
  });
  afterAll(async () => {
    await original.close();
    for (const name of copies) await asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
    rmSync(folder, { recursive: true, force: true });
  });

  const send = async (api: Api) => {
    const sent = await api.post('/messages', {
      channelType: 'EMAIL',
      to: 'ada@example.com',
      content: { text: 'Hello' },
    });
    return String(sent.body['id']);
  };

  /** The database as it is now, in another place; the original goes on. */
  async function copy(): Promise<string> {
    const name = `r_${process.pid}_${copies.length}`;
    const source = new URL(original.adminUrl).pathname.slice(1);
    await asAdmin(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${source}' AND pid <> pg_backend_pid()`,
      `CREATE DATABASE ${name} TEMPLATE ${source}`,
    );
    copies.push(name);
    const url = new URL(original.adminUrl);
    url.pathname = `/${name}`;
    return url.toString();
  }

  async function start(url: string, env: Record<string, string> = {}): Promise<Runtime> {
    return startRuntime(
      readConfig({
        PORT: '0',
        DATABASE_URL: url,
        DATA_DIR: folder,
        MASTER_KEY: TEST_MASTER_KEY,
        WORKER_POLL_MS: '20',
        ...env,
      }),
    );
  }

  const readiness = async ({ url }: Runtime) => {
    const answer = await fetch(`${url}/health/ready`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('sends nothing until it is confirmed, says so, and then goes on by itself', async () => {
    const before = await send(tenant.api);
    const url = await copy();
    const copied = await start(url);
    try {
      const api = new Api(copied.url, tenant.key);
      expect(copied.restored).toMatch(/^[0-9a-f]{12}$/);
      expect(await readiness(copied)).toMatchObject({ status: 503, body: { code: 'restored_backup' } });
      const accepted = await send(api);
      await nothingIsClaimed(url);
      expect((await api.get(`/messages/${before}`)).body['status']).toBe('QUEUED');
      await checkInstallation(url, { confirm: 'yes' });
      await api.message(before, 'DELIVERED');
      await api.message(accepted, 'DELIVERED');
      expect(await readiness(copied)).toMatchObject({ status: 200 });
    } finally {
      await copied.stop();
    }
    const again = await start(url, { ROLE: 'api' });
    expect(again.restored).toBeUndefined();
    await again.stop();
  });

  it('is confirmed by the code that was shown for it, and by no other', async () => {
    const url = await copy();
    const first = await start(url, { ROLE: 'api' });
    const code = first.restored ?? '';
    await first.stop();
    const wrong = await start(url, { ROLE: 'api', CONFIRM_RESTORE: '0123456789ab' });
    expect(wrong.restored).toBe(code);
    await wrong.stop();
    const right = await start(url, { CONFIRM_RESTORE: code });
    expect(right.restored).toBeUndefined();
    await new Api(right.url, tenant.key).message(await send(new Api(right.url, tenant.key)), 'DELIVERED');
    await right.stop();
    const later = await checkInstallation(await copy(), { confirm: code });
    expect(later.restored).toBeDefined();
  });

  it('is noticed in the same database too, where a dump makes its tables anew', async () => {
    const url = await copy();
    await checkInstallation(url, { confirm: 'yes' });
    expect((await checkInstallation(url, {})).restored).toBeUndefined();
    await onDatabase(
      url,
      'ALTER TABLE installation RENAME TO gone',
      'CREATE TABLE installation (LIKE gone INCLUDING ALL)',
      'INSERT INTO installation SELECT * FROM gone',
      'DROP TABLE gone',
    );
    expect((await checkInstallation(url, {})).restored).toBe('it lies in another place than at its last start');
  });

  it('leaves the original as it is', async () => {
    const message = await send(tenant.api);
    const restarted = await start(original.adminUrl);
    expect(restarted.restored).toBeUndefined();
    await tenant.api.message(message, 'DELIVERED');
    await restarted.stop();
  });

  describe('in a data folder', () => {
    let dataDir: string;
    let url: string;
    const look = (confirm?: string) => checkInstallation(url, { dataDir, confirm });

    beforeAll(async () => {
      url = await copy();
      dataDir = mkdtempSync(join(folder, 'data-'));
      await look('yes');
    });

    it('is not suspected after any number of ordinary starts, nor after a start that broke off', async () => {
      for (let n = 0; n < 3; n++) expect((await look()).restored).toBeUndefined();
      const { epoch } = await installation();
      writeEpochFile(dataDir, epoch - 1); // the power went between the commit and the file
      expect((await look()).restored).toBeUndefined();
    });

    it('is noticed when the cluster is older than the folder around it', async () => {
      const { epoch } = await installation();
      await onDatabase(url, `UPDATE installation SET epoch = ${epoch - 1}`);
      const { restored, code } = await look();
      expect(restored).toBe('it is older than its data folder');
      expect((await look('no such code')).restored).toBeDefined();
      expect((await look(code)).restored).toBeUndefined();
      expect((await installation()).epoch).toBeGreaterThan(epoch);
      expect((await look()).restored).toBeUndefined();
    });

    it('is noticed when the whole folder is a copy, and not when it was only moved', async () => {
      const moved = `${dataDir}-moved`;
      renameSync(dataDir, moved);
      expect((await checkInstallation(url, { dataDir: moved })).restored).toBeUndefined();
      cpSync(moved, dataDir, { recursive: true, preserveTimestamps: true });
      expect((await look()).restored).toBe('its data folder is a copy');
    });

    it('is noticed when only the cluster was copied', async () => {
      dataDir = mkdtempSync(join(folder, 'data-'));
      expect((await look()).restored).toBe('its data folder does not know it');
    });

    const installation = async () =>
      (await onDatabase(url, 'SELECT epoch::float8 AS epoch FROM installation'))[0] as { epoch: number };
  });

  /** Long enough for a worker to take what waits, measured by another database that has one. */
  async function nothingIsClaimed(url: string): Promise<void> {
    const other = await startApp();
    const its = await other.tenant();
    await its.api.message(await send(its.api), 'DELIVERED');
    await other.close();
    expect(await onDatabase(url, 'SELECT 1 FROM worker')).toEqual([]);
    expect(await onDatabase(url, 'SELECT 1 FROM message_attempt')).toEqual([]);
  }
});

async function asAdmin(...statements: string[]): Promise<void> {
  await onDatabase(adminUrlOfRun(), ...statements);
}

async function onDatabase(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end();
  }
}

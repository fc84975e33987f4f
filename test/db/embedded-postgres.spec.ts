import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { serverAccount } from '../../src/platform/db/embedded-account';
import { postgresBinaries } from '../../src/platform/db/embedded-binaries';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/db/embedded-postgres';
import { processStart, sendSignal } from '../../src/platform/db/embedded-process';
import { hasEnded } from '../../src/platform/db/embedded-server';
import { stopSurvivors } from '../../src/platform/db/embedded-survivors';
import { TEST_FOLDER_PREFIX } from '../support/dead-runs';

interface StartedApp {
  process: ChildProcess;
  answer: { pid: number; port: number; adminUrl: string; error?: string };
}

const isRoot = process.getuid?.() === 0;
const settings = { fsync: 'off', shared_buffers: '16MB' };
const support = join(__dirname, '..', 'support');

/** A folder in which a cluster was made and stopped: whoever needs one copies it, which is quicker than making it. */
let made: string;
let folder: string;
let running: EmbeddedPostgres[];
let apps: ChildProcess[];

beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), `${TEST_FOLDER_PREFIX}${process.pid}-made-`));
  chmodSync(made, 0o755);
  await (await startEmbeddedPostgres({ dataDir: made, settings })).stop();
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), `${TEST_FOLDER_PREFIX}${process.pid}-`));
  chmodSync(folder, 0o755);
  running = [];
  apps = [];
});

afterEach(async () => {
  for (const postgres of running) await postgres.stop();
  for (const app of apps) if (!hasEnded(app)) await kill(app);
  if (existsSync(join(folder, 'postgres'))) await stopSurvivors(join(folder, 'postgres'));
  rmSync(folder, { recursive: true, force: true });
});

it('makes a cluster at the first start and keeps its data for the second', async () => {
  const first = await start(folder);
  await query(first.adminUrl, "CREATE TABLE note AS SELECT 'kept' AS body");
  await first.stop();
  expect(processStart(first.pid)).toBeUndefined();

  const second = await start(folder);
  expect(await query(second.adminUrl, 'SELECT body FROM note')).toEqual([{ body: 'kept' }]);
  expect(second.port).toBe(first.port);
  expect(statSync(join(folder, 'postgres-password')).mode & 0o777).toBe(0o600);
});

it('answers only with the password, speaks UTF-8, counts in UTC and writes commits to disk by default', async () => {
  copyCluster();
  const postgres = await startEmbeddedPostgres({ dataDir: folder });
  running.push(postgres);
  const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'TimeZone', 'server_encoding', 'listen_addresses'];
  const shown = await query(
    postgres.adminUrl,
    `SELECT current_setting(name) AS value FROM unnest('{${names.join()}}'::text[]) AS name`,
  );
  expect(shown.map(({ value }) => value)).toEqual(['on', 'on', 'on', 'UTC', 'UTF8', '127.0.0.1']);
  expect(await query(postgres.adminUrl, "SELECT upper('äöü') AS word")).toEqual([{ word: 'ÄÖÜ' }]);

  const wrong = new URL(postgres.adminUrl);
  wrong.password = 'guess';
  await expect(query(wrong.toString(), 'SELECT 1')).rejects.toThrow('password authentication failed');
});

it('works in a folder with spaces and letters of other scripts', async () => {
  const postgres = await start(join(folder, 'données de Zoë 数据', "it's here"));
  expect(await query(postgres.adminUrl, 'SELECT current_database() AS name')).toEqual([{ name: 'carillon' }]);
});

it('throws away what a first start that was killed half-way left behind', async () => {
  const draft = join(folder, 'postgres-draft-abc123', 'data');
  mkdirSync(draft, { recursive: true });
  writeFileSync(join(draft, 'PG_VERSION'), '18\n');
  await start(folder);
  expect(existsSync(draft)).toBe(false);
});

it('survives a stale postmaster.pid whose process id now belongs to another program of the same user', async () => {
  copyCluster();
  const cluster = join(folder, 'postgres');
  const other = spawn('sleep', ['60'], { ...serverAccount(cluster), stdio: 'ignore' });
  apps.push(other);
  writeFileSync(join(cluster, 'postmaster.pid'), `${other.pid}\n${cluster}\n0\n1\n\n127.0.0.1\n`);

  const again = await start(folder);
  expect(await query(again.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(processStart(other.pid ?? 0)).toBeDefined();
});

it('leaves a server alone that somebody started by hand on the same folder', async () => {
  copyCluster();
  const postgres = await start(folder);
  await postgres.stop();
  const cluster = join(folder, 'postgres');
  const account = serverAccount(cluster);
  const { postgres: program } = postgresBinaries(folder, account);
  const byHand = spawn(program, ['-D', cluster, '-p', String(postgres.port), '-k', ''], {
    ...account,
    cwd: '/',
    stdio: 'ignore',
  });
  apps.push(byHand);
  await until(() => existsSync(join(cluster, 'postmaster.pid')));

  await expect(start(folder)).rejects.toThrow(`Another PostgreSQL (process ${byHand.pid}) runs on`);
  expect(processStart(byHand.pid ?? 0)).toBeDefined();
});

it('survives a stale lock of a dead application whose process id now belongs to another program', async () => {
  copyCluster();
  writeFileSync(join(folder, 'postgres.lock'), JSON.stringify({ pid: process.ppid, started: 'long ago' }));
  const postgres = await start(folder);
  expect(JSON.parse(readFileSync(join(folder, 'postgres.lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  await postgres.stop();
  expect(existsSync(join(folder, 'postgres.lock'))).toBe(false);
});

it('starts the server again on the same port with all commits when it is killed', async () => {
  copyCluster();
  const postgres = await start(folder);
  await query(postgres.adminUrl, "CREATE TABLE note AS SELECT 'kept' AS body");
  const busy = new Client(postgres.adminUrl);
  busy.on('error', () => undefined);
  await busy.connect();
  const cut = busy.query('SELECT count(*) FROM generate_series(1, 1e9)').catch((error: Error) => error);
  const { pid, port } = postgres;

  sendSignal(pid, 'SIGKILL');
  expect(await cut).toBeInstanceOf(Error);
  await until(() => postgres.pid !== pid);
  expect(await query(postgres.adminUrl, 'SELECT body FROM note')).toEqual([{ body: 'kept' }]);
  expect(postgres.port).toBe(port);
});

it('stops for good when told to while it is starting the server again', async () => {
  copyCluster();
  const postgres = await start(folder);
  sendSignal(postgres.pid, 'SIGKILL');
  await until(() => processStart(postgres.pid) === undefined);
  await postgres.stop();
  expect(processStart(postgres.pid)).toBeUndefined();
  expect(existsSync(join(folder, 'postgres.lock'))).toBe(false);
});

it('takes over from an application that was killed while its server lived on', async () => {
  copyCluster();
  const app = await startApp(folder);
  await query(app.answer.adminUrl, "CREATE TABLE note AS SELECT 'kept' AS body");
  await kill(app.process);
  expect(processStart(app.answer.pid)).toBeDefined();

  const postgres = await start(folder);
  expect(processStart(app.answer.pid)).toBeUndefined();
  expect(await query(postgres.adminUrl, 'SELECT body FROM note')).toEqual([{ body: 'kept' }]);
});

it('refuses a second application on the same folder and names the first', async () => {
  copyCluster();
  const postgres = await start(folder);
  const app = await startApp(folder);
  expect(app.answer.error).toContain(`in use by process ${process.pid}`);
  expect(await query(postgres.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('lets exactly one of several applications win that find the same stale lock', async () => {
  copyCluster();
  writeFileSync(join(folder, 'postgres.lock'), JSON.stringify({ pid: process.ppid, started: 'long ago' }));
  const answers = (await Promise.all([1, 2, 3].map(() => startApp(folder)))).map(({ answer }) => answer);
  expect(answers.filter(({ error }) => error === undefined)).toHaveLength(1);
});

it('refuses a cluster of another major version before touching it', async () => {
  copyCluster();
  writeFileSync(join(folder, 'postgres', 'PG_VERSION'), '17\n');
  await expect(start(folder)).rejects.toThrow('written by PostgreSQL 17');
});

it('tells the last log lines when the server does not come up, and frees the folder', async () => {
  await expect(startEmbeddedPostgres({ dataDir: folder, settings: { max_connections: 'many' } })).rejects.toThrow(
    'invalid value for parameter "max_connections"',
  );
  await start(folder);
});

const asRoot = isRoot ? it : it.skip;
asRoot(
  `keeps the cluster where its account can reach it when root owns a private folder${isRoot ? '' : ' (needs root)'}`,
  async () => {
    chmodSync(folder, 0o700);
    const postgres = await start(join(folder, 'data'));
    const location = readFileSync(join(folder, 'data', 'postgres-location'), 'utf8').trim();
    try {
      await query(postgres.adminUrl, "CREATE TABLE note AS SELECT 'kept' AS body");
      await postgres.stop();
      const again = await start(join(folder, 'data'));
      expect(await query(again.adminUrl, 'SELECT body FROM note')).toEqual([{ body: 'kept' }]);
      expect(location).toMatch(/^\/var\/lib\/carillon\/[0-9a-f]{12}-\w{6}$/);
      await again.stop();
    } finally {
      rmSync(location, { recursive: true, force: true });
    }
  },
);

/** Puts the cluster that was made before into the folder of the test. */
function copyCluster(): void {
  execFileSync('cp', ['-a', `${made}/.`, folder]);
}

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, settings });
  running.push(postgres);
  return postgres;
}

async function startApp(dataDir: string): Promise<StartedApp> {
  const app = fork(join(support, 'embedded-postgres-app.ts'), [dataDir], {
    execArgv: ['-r', join(support, 'sources.cjs')],
  });
  apps.push(app);
  const [answer] = (await once(app, 'message')) as [StartedApp['answer']];
  return { process: app, answer };
}

async function kill(app: ChildProcess): Promise<void> {
  const ended = once(app, 'exit');
  app.kill('SIGKILL');
  await ended;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited too long');
    await sleep(20);
  }
}

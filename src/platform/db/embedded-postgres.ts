import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { ensureCluster, openSite, type ClusterSite } from './embedded-cluster';
import { writeDurably } from './embedded-files';
import { acquireLock } from './embedded-lock';
import { sendSignal } from './embedded-process';
import { freePort, hasEnded, launchServer, LOOPBACK } from './embedded-server';
import { stopSurvivors } from './embedded-survivors';

/** What to start. */
export interface EmbeddedPostgresOptions {
  /** Folder for everything the server keeps; made when missing. One running application per folder. */
  dataDir: string;
  /** Receives one line for each event worth telling (first start, restart after a crash). Silent when left out. */
  log?: (line: string) => void;
  /** PostgreSQL settings that win over the defaults, such as `{ fsync: 'off' }` for tests. */
  settings?: Record<string, string>;
}

/** A running server. */
export interface EmbeddedPostgres {
  readonly host: string;
  readonly port: number;
  /** Process id of the server now; another one after a crash. */
  readonly pid: number;
  /** URL of the superuser `postgres` in database `carillon`; holds the password, so never log it. */
  readonly adminUrl: string;
  /** Stops the server (open connections are cut, commits are kept) and frees the folder. Safe to call twice. */
  stop(): Promise<void>;
}

const DATABASE = 'carillon';
const LOCK = 'postgres.lock';
const PORT_ATTEMPTS = 3;
const FIRST_RESTART_DELAY_MS = 100;
const LAST_RESTART_DELAY_MS = 5_000;
const FAST_STOP_MS = 10_000;

/**
 * Starts the PostgreSQL that npm installed on a data folder, making the cluster and database `carillon` at the first start.
 * Heals what a crash left behind, and starts the server again on the same port when it dies. Throws when another running
 * application uses the folder, when the platform has no PostgreSQL package, or when the server does not come up.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  mkdirSync(options.dataDir, { recursive: true });
  const dataDir = realpathSync(options.dataDir);
  const releases = [acquireLock(join(dataDir, LOCK))];
  const unlock = () => releases.forEach((release) => release());
  try {
    const site = openSite(dataDir);
    if (site.home !== dataDir) releases.push(acquireLock(join(site.home, LOCK))); // a copied data folder names the same home
    const running = new SupervisedServer(site, options, unlock);
    await running.start();
    return running;
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Keeps one server process alive on one port until it is told to stop. */
class SupervisedServer implements EmbeddedPostgres {
  readonly host = LOOPBACK;
  port = 0;
  adminUrl = '';
  private server: ChildProcess | undefined;
  private readonly stopping = new AbortController();
  private healing: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | undefined;
  private readonly settings: Record<string, string>;
  private readonly log: (line: string) => void;
  private readonly onProcessExit = () => this.server?.pid && sendSignal(this.server.pid, 'SIGINT');

  constructor(
    private readonly site: ClusterSite,
    options: EmbeddedPostgresOptions,
    private readonly unlock: () => void,
  ) {
    this.settings = options.settings ?? {};
    this.log = options.log ?? (() => undefined);
  }

  get pid(): number {
    return this.server?.pid ?? 0;
  }

  async start(): Promise<void> {
    if (!existsSync(this.site.cluster)) this.log(`Creating a PostgreSQL cluster in ${this.site.cluster}`);
    const password = await ensureCluster(this.site, this.settings['fsync'] !== 'off');
    await stopSurvivors(this.site.cluster);
    await this.launchOnFreePort();
    process.once('exit', this.onProcessExit);
    const url = (database: string) => `postgres://postgres:${password}@${this.host}:${this.port}/${database}`;
    this.adminUrl = url(DATABASE);
    try {
      await ensureDatabase(url('postgres'));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    return (this.stopped ??= this.stopNow());
  }

  private async stopNow(): Promise<void> {
    this.stopping.abort();
    await this.healing;
    if (this.server) await endServer(this.server);
    process.removeListener('exit', this.onProcessExit);
    this.unlock();
  }

  /** Prefers the port of the last start, so that URLs people noted keep working. */
  private async launchOnFreePort(): Promise<void> {
    const file = join(this.site.dataDir, 'postgres-port');
    const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) || undefined : undefined;
    for (let attempt = 1; ; attempt += 1) {
      this.port = await freePort(attempt === 1 ? last : undefined);
      try {
        await this.launch();
        break;
      } catch (error) {
        const portWasTaken = (await freePort(this.port)) !== this.port;
        if (!portWasTaken || attempt === PORT_ATTEMPTS) throw error;
      }
    }
    if (this.port !== last) writeDurably(file, `${this.port}\n`, 0o644);
  }

  private async launch(): Promise<void> {
    const server = await launchServer(this.site, this.port, this.settings);
    this.server = server;
    server.once('exit', () => this.onServerExit());
    if (hasEnded(server)) this.onServerExit();
  }

  private onServerExit(): void {
    if (this.stopping.signal.aborted) return;
    this.log('PostgreSQL ended unexpectedly; starting it again');
    this.healing = this.heal();
  }

  /** Tries until it works or stop() is called: the pools of the application reconnect by themselves. */
  private async heal(): Promise<void> {
    for (let delay = FIRST_RESTART_DELAY_MS; ; delay = Math.min(delay * 2, LAST_RESTART_DELAY_MS)) {
      await sleep(delay, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      try {
        await stopSurvivors(this.site.cluster);
        await this.launch();
        this.log(`PostgreSQL runs again as process ${this.pid}`);
        return;
      } catch (error) {
        this.log(`PostgreSQL did not start again: ${(error as Error).message}`);
      }
    }
  }
}

/** Fast shutdown first; after 10 s an immediate one, from which the next start recovers. */
async function endServer(server: ChildProcess): Promise<void> {
  if (hasEnded(server) || server.pid === undefined) return;
  const ended = once(server, 'exit');
  sendSignal(server.pid, 'SIGINT');
  const { pid } = server;
  const impatience = setTimeout(() => sendSignal(pid, 'SIGQUIT'), FAST_STOP_MS);
  await ended;
  clearTimeout(impatience);
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

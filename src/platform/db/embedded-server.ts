import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterSite } from './embedded-cluster';
import { clusterName } from './embedded-survivors';

/** The only address the server listens on. */
export const LOOPBACK = '127.0.0.1';

const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/**
 * A small server for one machine; `settings` of the caller win. Statements and row values stay out of the log, since they
 * hold personal data; parallel queries stay off, since containers give them too little /dev/shm.
 */
const DEFAULT_SETTINGS: Record<string, string> = {
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  fsync: 'on',
  synchronous_commit: 'on',
  max_wal_size: '2GB',
  checkpoint_timeout: '10min',
  random_page_cost: '1.1',
  max_parallel_workers_per_gather: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/**
 * Starts the server and resolves when it accepts connections; crash recovery may make that long, so the wait ends only with
 * the process. Throws with the last log lines when the server ends instead.
 */
export async function launchServer(
  site: ClusterSite,
  port: number,
  settings: Record<string, string>,
): Promise<ChildProcess> {
  const log = join(site.dataDir, 'postgres.log');
  rotate(log);
  const logStart = existsSync(log) ? statSync(log).size : 0;
  const server = spawnServer(site, log, { ...DEFAULT_SETTINGS, ...settings, ...fixedSettings(site, port) });
  const failure = once(server, 'error').then(([error]: Error[]) => error?.message);
  while (hasEnded(server) || !isReady(server, site.cluster)) {
    const spawnError = await Promise.race([failure, sleep(20, undefined)]);
    if (spawnError !== undefined) throw new Error(`PostgreSQL could not be started: ${spawnError}`);
    if (hasEnded(server)) throw new Error(`PostgreSQL ended while starting:\n${logTail(log, logStart)}`);
  }
  return server;
}

/** Whether a server process we spawned is no longer running. */
export function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}

/** A port nobody listens on at the moment: the preferred one when it is free, else one the system picks. */
export async function freePort(preferred: number | undefined): Promise<number> {
  return (preferred !== undefined && (await tryPort(preferred))) || ((await tryPort(0)) ?? 0);
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen(port, LOOPBACK, () => {
      const found = (probe.address() as AddressInfo).port;
      probe.close(() => resolve(found));
    });
  });
}

/** No Unix socket: its usual place in /tmp clashes with another user's server on the same port number. */
function fixedSettings(site: ClusterSite, port: number): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: LOOPBACK,
    unix_socket_directories: '',
    cluster_name: clusterName(site.cluster),
  };
}

/** In a session of its own, so that Ctrl-C in a terminal reaches the application first and not the server under it. */
function spawnServer(site: ClusterSite, log: string, settings: Record<string, string>): ChildProcess {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const output = openSync(log, 'a', 0o600);
  try {
    return spawn(site.binaries.postgres, ['-D', site.cluster, ...flags], {
      ...site.account,
      cwd: '/',
      env: {},
      detached: true,
      stdio: ['ignore', output, output],
    });
  } finally {
    closeSync(output);
  }
}

/** The eighth line of postmaster.pid is the server's state, as pg_ctl reads it. */
function isReady(server: ChildProcess, cluster: string): boolean {
  const path = join(cluster, 'postmaster.pid');
  if (!existsSync(path)) return false;
  const lines = readFileSync(path, 'utf8').split('\n');
  return Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready';
}

function rotate(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) renameSync(log, `${log}.1`);
}

function logTail(log: string, from: number): string {
  return readFileSync(log).subarray(from).toString('utf8').trim().split('\n').slice(-20).join('\n');
}

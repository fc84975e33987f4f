import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProcess, listProcesses, sendSignal, type RunningProcess } from './embedded-process';

/**
 * The `cluster_name` our servers run under. PostgreSQL shows it in the title of each of its processes, which makes them
 * recognisable in the process list without trusting a process id from a file. It comes from the cluster's system
 * identifier (first 8 bytes of its control file) and its path: a copy elsewhere or in a container has another name.
 */
export function clusterName(cluster: string): string {
  const identifier = readFileSync(join(cluster, 'global', 'pg_control')).readBigUInt64LE(0);
  return `carillon-${createHash('sha256').update(`${identifier} ${cluster}`).digest('hex').slice(0, 16)}`;
}

/**
 * Ends every server process an earlier owner left behind on this cluster, and removes its postmaster.pid. Call it only
 * while holding the folder's lock. A surviving server is stopped rather than adopted: only our own child tells us
 * when it ends, and its settings may be outdated. Throws when a server that is not ours runs on the cluster.
 */
export async function stopSurvivors(cluster: string): Promise<void> {
  for (const { signal, patience } of ESCALATION) {
    if (processesOf(cluster).length === 0) break;
    signalCluster(cluster, signal);
    await waitUntilGone(cluster, patience);
  }
  const left = processesOf(cluster);
  if (left.length > 0) throw new Error(`PostgreSQL process ${left[0]?.pid} of an earlier run does not end`);
  removePidFile(cluster);
}

/** Fast shutdown, then immediate, then hard; crash recovery covers the last two. Patience in milliseconds. */
const ESCALATION: { signal: NodeJS.Signals; patience: number }[] = [
  { signal: 'SIGINT', patience: 10_000 },
  { signal: 'SIGQUIT', patience: 5_000 },
  { signal: 'SIGKILL', patience: 5_000 },
];

/** The postmaster passes a shutdown on to its children; only orphans need the signal themselves. */
function signalCluster(cluster: string, signal: NodeJS.Signals): void {
  const all = processesOf(cluster);
  const postmasters = all.filter(isPostmaster);
  const targets = postmasters.length > 0 && signal !== 'SIGKILL' ? postmasters : all;
  const effective = postmasters.length === 0 && signal === 'SIGINT' ? 'SIGQUIT' : signal; // SIGINT only cancels an orphan's query
  for (const { pid } of targets) sendSignal(pid, effective);
}

function processesOf(cluster: string): RunningProcess[] {
  const name = clusterName(cluster);
  return listProcesses().filter(({ args }) =>
    args.some((arg) => arg.startsWith(`postgres: ${name}: `) || arg.includes(`cluster_name=${name}`)),
  );
}

function isPostmaster({ args }: RunningProcess): boolean {
  return !args[0]?.startsWith('postgres: ');
}

async function waitUntilGone(cluster: string, patience: number): Promise<void> {
  const deadline = Date.now() + patience;
  while (processesOf(cluster).length > 0 && Date.now() < deadline) await sleep(20);
}

/**
 * PostgreSQL refuses to start when the process id in this file is alive and of the same user, even if it now belongs to
 * something else (usual in containers, where ids are small). Our process list is the better witness, so the file goes,
 * unless somebody started a server on this folder by hand.
 */
function removePidFile(cluster: string): void {
  const path = join(cluster, 'postmaster.pid');
  if (!existsSync(path)) return;
  const pid = Number(readFileSync(path, 'utf8').split('\n')[0]);
  const title = findProcess(pid)?.args[0] ?? '';
  const workplace = workingFolder(pid) ?? cluster; // where the system does not tell, assume the worst
  if (/(^|\/)postgres( |:|$)/.test(title) && workplace === cluster) {
    throw new Error(`Another PostgreSQL (process ${pid}) runs on ${cluster}: stop it first`);
  }
  rmSync(path, { force: true });
}

/** PostgreSQL works inside its data directory. Undefined where there is no /proc, or it keeps this to itself. */
function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

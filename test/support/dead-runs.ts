import { accessSync, constants, existsSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockOwner } from '../../src/platform/db/embedded-lock';
import { processStart } from '../../src/platform/db/embedded-process';
import { stopSurvivors } from '../../src/platform/db/embedded-survivors';

/** Temporary folders of a jest run are named with this, the process id of the run, and a random end. */
export const TEST_FOLDER_PREFIX = 'carillon-test-';

const MEMORY = '/dev/shm';
const ROOM = 4e9;

/** For the cluster: in memory where there is room, as each test file makes and drops a database of 600 files. */
export const clusterRoot = (): string => (roomIn(MEMORY) > ROOM ? MEMORY : tmpdir());

/** None where there is no such folder, or nobody may write to it. */
function roomIn(folder: string): number {
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return 0;
  }
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Stops the servers and removes the folders of jest runs that were killed before their teardown. */
export async function removeDeadRuns(): Promise<void> {
  for (const root of [tmpdir(), MEMORY].filter((folder) => existsSync(folder))) await removeDeadRunsOf(root);
}

async function removeDeadRunsOf(root: string): Promise<void> {
  for (const name of readdirSync(root).filter((entry) => entry.startsWith(TEST_FOLDER_PREFIX))) {
    const folder = join(root, name);
    const pid = Number(name.slice(TEST_FOLDER_PREFIX.length).split('-')[0]);
    if (isOurs(folder) && !isInUse(folder, pid)) await removeRun(folder);
  }
}

function isOurs(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.uid === process.getuid?.();
}

/** The run itself, or an application it started, may still be there. */
function isInUse(folder: string, pid: number): boolean {
  return processStart(pid) !== undefined || lockOwner(join(folder, 'postgres.lock')) !== undefined;
}

async function removeRun(folder: string): Promise<void> {
  const cluster = join(folder, 'postgres');
  if (existsSync(join(cluster, 'global', 'pg_control'))) await stopSurvivors(cluster);
  rmSync(folder, { recursive: true, force: true });
}

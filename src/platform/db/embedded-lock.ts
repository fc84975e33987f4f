import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { processStart } from './embedded-process';

interface Owner {
  pid: number;
  started: string;
}

/**
 * Takes the lock file of a data folder for this process and returns the release. Throws an error that names the running
 * process when it is taken. A lock whose owner died, or whose process id now belongs to someone else, counts as free.
 */
export function acquireLock(path: string): () => void {
  const mine = JSON.stringify({ pid: process.pid, started: processStart(process.pid) ?? '' });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, mine, { mode: 0o644 });
  try {
    while (!linkIfFree(draft, path)) removeStale(path);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (readLock(path) === mine) rmSync(path, { force: true });
  };
}

/** Process id of the living owner of a lock file; undefined when the lock is free, stale or not there. */
export function lockOwner(path: string): number | undefined {
  return livingOwner(readLock(path));
}

/** A hard link appears at once with its content, so nobody ever reads a half-written lock. */
function linkIfFree(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Two starters may find the same stale lock: the slower one must not throw away the lock the faster one just made. */
function removeStale(path: string): void {
  const seen = readLock(path);
  const pid = livingOwner(seen);
  if (pid !== undefined) {
    throw new Error(`The data folder is in use by process ${pid} (${path}). Stop that process or use another folder.`);
  }
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
    if (readLock(aside) !== seen) linkIfFree(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function livingOwner(content: string | undefined): number | undefined {
  if (content === undefined) return undefined;
  const owner = parseOwner(content);
  return owner && processStart(owner.pid) === owner.started ? owner.pid : undefined;
}

function parseOwner(content: string): Owner | undefined {
  try {
    return JSON.parse(content) as Owner;
  } catch {
    return undefined; // a power cut can leave an empty file
  }
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

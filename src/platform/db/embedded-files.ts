import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a small file so that after a power cut it is there with all its content, or not there at all. */
export function writeDurably(path: string, content: string, mode: number): void {
  const draft = `${path}.draft`;
  rmSync(draft, { force: true }); // a left-over draft would keep its old mode
  writeFileSync(draft, content, { mode, flush: true });
  renameSync(draft, path);
  syncFolder(dirname(path));
}

/** Makes renames inside a folder survive a power cut. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

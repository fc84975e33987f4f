import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** What the data folder knows of the embedded database. */
export interface EpochFile {
  /** Starts that were counted. */
  epoch: number;
  /** The file was copied since it was written: it was born at another time than it says. */
  isCopy: boolean;
}

const NAME = 'installation.json';

/** Undefined where there is none that can be read. */
export function readEpochFile(dataDir: string): EpochFile | undefined {
  const path = join(dataDir, NAME);
  try {
    const { epoch, born } = JSON.parse(readFileSync(path, 'utf8')) as { epoch?: unknown; born?: unknown };
    if (typeof epoch !== 'number' || typeof born !== 'string') return undefined;
    const now = bornAt(statSync(path, { bigint: true }));
    return { epoch, isCopy: born !== UNKNOWN && now !== UNKNOWN && born !== now };
  } catch {
    return undefined;
  }
}

/** Replaces it in one step: after a crash the old one or the new one is there. */
export function writeEpochFile(dataDir: string, epoch: number): void {
  const path = join(dataDir, NAME);
  const fresh = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(fresh, JSON.stringify({ epoch, born: bornAt(fstatSync(fresh, { bigint: true })) }));
    fsyncSync(fresh);
  } finally {
    closeSync(fresh);
  }
  renameSync(`${path}.new`, path);
}

/** Some file systems keep no time of birth. */
const UNKNOWN = '0';

/** A renamed file keeps its time of birth; a copied or unpacked one has another, which nothing can set. */
function bornAt({ birthtimeNs }: { birthtimeNs: bigint }): string {
  return birthtimeNs.toString();
}

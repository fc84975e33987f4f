import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseKeyRing, type KeyRing } from './key-ring';

/** Where a master key may come from; the names of the variables. */
export interface MasterKeySource {
  MASTER_KEY?: string;
  MASTER_KEY_FILE?: string;
  DATA_DIR: string;
}

/**
 * The keys of this installation: given, or made once in the data folder, readable by its owner only.
 * Throws an Error that names what is wrong with a key, never its value.
 */
export function readMasterKey({ MASTER_KEY, MASTER_KEY_FILE, DATA_DIR }: MasterKeySource): KeyRing {
  if (MASTER_KEY_FILE) return parseKeyRing(readFileSync(MASTER_KEY_FILE, 'utf8'));
  if (MASTER_KEY) return parseKeyRing(MASTER_KEY);
  mkdirSync(DATA_DIR, { recursive: true });
  const file = ownKeyFile(DATA_DIR);
  if (!existsSync(file)) writeKeys(file, newKey());
  return parseKeyRing(readFileSync(file, 'utf8'));
}

/** Puts a new key in front of those in the data folder. Answers what to write once every value is under the new one. */
export function addOwnKey(dataDir: string): { dropOld(): void } {
  const file = ownKeyFile(dataDir);
  const fresh = newKey();
  writeKeys(file, `${fresh},${readFileSync(file, 'utf8').trim()}`);
  return { dropOld: () => writeKeys(file, fresh) };
}

function ownKeyFile(dataDir: string): string {
  return join(dataDir, 'master-key');
}

/** With an id of its own, so that it can stand beside others. */
function newKey(): string {
  return `k${Date.now().toString(36)}:${randomBytes(32).toString('base64')}`;
}

/** All or nothing: half a key file would lose every credential. */
function writeKeys(file: string, keys: string): void {
  writeFileSync(`${file}.new`, `${keys}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

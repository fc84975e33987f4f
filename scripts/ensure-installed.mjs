/**
 * Runs `npm ci` when node_modules does not hold what package-lock.json says, and does nothing otherwise. Runs before
 * `npm start` and `npm test` on whatever Node the machine has (20 or newer), so it uses nothing but Node itself.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lockFile = join(root, 'package-lock.json');
const installedFile = join(root, 'node_modules', '.package-lock.json');
const marker = join(root, 'node_modules', '.carillon-installed');

if (existsSync(lockFile)) ensureInstalled();

function ensureInstalled() {
  const lockText = readFileSync(lockFile);
  const hash = createHash('sha256').update(lockText).digest('hex');
  if (existsSync(marker) && existsSync(installedFile) && readFileSync(marker, 'utf8').trim() === hash) return;
  if (!matchesLock(JSON.parse(lockText))) install();
  mark(hash);
}

/** Whether npm's own record of node_modules says the same as the lock, for people who ran `npm ci` themselves. */
function matchesLock(lock) {
  if (!existsSync(installedFile)) return false;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages ?? {};
  const needed = Object.entries(lock.packages ?? {}).filter(([path]) => path !== '');
  const extra = Object.keys(installed).some((path) => !(path in lock.packages));
  return !extra && needed.every(([path, entry]) => isAsLocked(installed[path], path, entry, lock.packages['']));
}

/** Optional packages of other platforms are missing rightly; one that our own package.json names for this platform is not. */
function isAsLocked(found, path, entry, ours) {
  if (found) return found.version === entry.version && found.integrity === entry.integrity;
  const direct = path.replace(/^node_modules\//, '') in (ours?.optionalDependencies ?? {});
  const fits =
    (entry.os ?? [process.platform]).includes(process.platform) && (entry.cpu ?? [process.arch]).includes(process.arch);
  return Boolean(entry.optional || entry.devOptional) && !(direct && fits);
}

function install() {
  console.log('Installing the packages of package-lock.json (npm ci) ...');
  const { command, args } = npmCommand();
  const ci = ['ci', '--no-audit', '--no-fund', '--loglevel=error']; // no pages of EBADENGINE: npm may run on Node 20, Carillon does not
  const { status, signal, error } = spawnSync(command, [...args, ...ci], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32' && args.length === 0,
  });
  if (status === 0) return;
  const reason = error?.message ?? (signal ? `ended by ${signal}` : `exit code ${status}`);
  console.error(
    `\nThe packages could not be installed (npm ci: ${reason}). The lines above say why; the first install needs the`,
  );
  console.error(`npm registry. When that is mended, run "npm ci" in ${root} or just repeat your command.`);
  process.exit(1);
}

/**
 * The npm that runs this script, under the Node that runs that npm: node_modules/.bin/node, which comes first on the path
 * here, is deleted by `npm ci` while it works.
 */
function npmCommand() {
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  if (!npm || !node || basename(npm) !== 'npm-cli.js') return { command: 'npm', args: [] };
  return { command: node, args: [npm] };
}

/** Only a shortcut for the next time: an unwritable node_modules is fine. */
function mark(hash) {
  try {
    writeFileSync(marker, `${hash}\n`);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { canEnter, serverAccount, SYSTEM_HOME, type Account } from './embedded-account';
import { postgresBinaries, type Binaries } from './embedded-binaries';
import { syncFolder, writeDurably } from './embedded-files';

/** Where one cluster lives and what it is run with. */
export interface ClusterSite {
  /** The folder the caller named: password, port and log files. */
  dataDir: string;
  /** Folder that holds the cluster and its lock: dataDir itself, or one under /var/lib/carillon. */
  home: string;
  /** PostgreSQL's own data directory. */
  cluster: string;
  account: Account | undefined;
  binaries: Binaries;
}

/** The name of PostgreSQL's data directory inside a site's home. */
const CLUSTER = 'postgres';
const DRAFT = 'postgres-draft-';

/**
 * Decides where the cluster of an existing, locked data folder lives. Root's clusters that the server account could
 * not reach in dataDir go under /var/lib/carillon; the text file dataDir/postgres-location then says where, and wins from then on.
 */
export function openSite(dataDir: string): ClusterSite {
  const known = knownHome(dataDir);
  const account = serverAccount(join(known ?? dataDir, CLUSTER));
  const home = known ?? chooseHome(dataDir, account);
  if (account && !canEnter(account, home)) {
    throw new Error(
      `PostgreSQL runs as user id ${account.uid}, which cannot enter ${home}: allow it (chmod o+x) on every folder above`,
    );
  }
  return { dataDir, home, cluster: join(home, CLUSTER), account, binaries: postgresBinaries(dataDir, account) };
}

/**
 * Makes the cluster when there is none and returns the superuser's password. A start that was killed half-way leaves only a
 * draft folder, which the next start throws away. Throws when the cluster is of another major version or initdb fails.
 */
export async function ensureCluster(site: ClusterSite, durable: boolean): Promise<string> {
  removeDrafts(site.home);
  const passwordFile = join(site.dataDir, 'postgres-password');
  if (existsSync(site.cluster)) {
    checkVersion(site);
    if (existsSync(passwordFile)) return readFileSync(passwordFile, 'utf8').trim();
    throw new Error(
      `${passwordFile} is missing, and without it nobody can log in to the database in ${site.cluster}: put it back`,
    );
  }
  const password = randomBytes(24).toString('hex');
  writeDurably(passwordFile, `${password}\n`, 0o600);
  await createCluster(site, password, durable);
  return password;
}

/** The folder that holds the cluster of a data folder, or undefined when none was ever made there. */
function knownHome(dataDir: string): string | undefined {
  if (existsSync(join(dataDir, CLUSTER))) return dataDir;
  const note = join(dataDir, 'postgres-location');
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : undefined;
}

/** The random end gives a data folder that was deleted and made anew a new cluster, as it would have anywhere else. */
function chooseHome(dataDir: string, account: Account | undefined): string {
  if (!account || canEnter(account, dataDir)) return dataDir;
  mkdirSync(SYSTEM_HOME, { recursive: true });
  const home = mkdtempSync(join(SYSTEM_HOME, `${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}-`));
  for (const folder of [SYSTEM_HOME, home]) chmodSync(folder, 0o755);
  writeDurably(join(dataDir, 'postgres-location'), `${home}\n`, 0o644);
  return home;
}

function removeDrafts(home: string): void {
  for (const name of readdirSync(home).filter((entry) => entry.startsWith(DRAFT))) {
    rmSync(join(home, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

function checkVersion({ cluster, binaries }: ClusterSite): void {
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (found === binaries.majorVersion) return;
  throw new Error(
    `The data in ${cluster} was written by PostgreSQL ${found}, this installation brings ${binaries.majorVersion}: move it with pg_dump, or set DATABASE_URL`,
  );
}

/** C.UTF-8 of PostgreSQL's own locale provider: byte order, Unicode case rules, and no index breaks when libc is updated. */
async function createCluster(site: ClusterSite, password: string, durable: boolean): Promise<void> {
  const draft = mkdtempSync(join(site.home, DRAFT));
  const data = join(draft, 'data');
  const passwordFile = join(draft, 'password');
  writeDurably(passwordFile, `${password}\n`, 0o600);
  if (site.account) for (const path of [passwordFile, draft]) chownSync(path, site.account.uid, site.account.gid);
  await runInitdb(site, [
    ...['-D', data, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'],
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--data-checksums'],
    process.platform === 'linux' ? '--locale=C.UTF-8' : '--locale=C', // macOS has no libc locale C.UTF-8
    ...(durable ? [] : ['--no-sync']),
  ]);
  renameSync(data, site.cluster);
  if (durable) syncFolder(site.home);
  rmSync(draft, { recursive: true, force: true });
}

async function runInitdb({ binaries, account }: ClusterSite, args: string[]): Promise<void> {
  const initdb = spawn(binaries.initdb, args, { ...account, cwd: '/', env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  initdb.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [code] = (await once(initdb, 'close')) as [number | null];
  if (code !== 0)
    throw new Error(`PostgreSQL could not create its data folder: ${complaint.trim() || `exit code ${code}`}`);
}

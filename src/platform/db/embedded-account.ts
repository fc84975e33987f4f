import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

/** The system account the server runs as when the application itself runs as root, which PostgreSQL refuses. */
export interface Account {
  uid: number;
  gid: number;
}

/** Where root keeps what the server's account could not reach inside a private folder such as /root. */
export const SYSTEM_HOME = '/var/lib/carillon';

/**
 * The account to run the server as: undefined for an ordinary user (the server runs as that user). Root uses the owner of
 * an existing cluster, so a cluster never changes hands; otherwise the first that exists or can be made of `postgres`,
 * `carillon`, `nobody`. Throws when there is none.
 */
export function serverAccount(clusterDir: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const account = ownerOf(clusterDir) ?? passwdEntry('postgres') ?? ownSystemUser() ?? passwdEntry('nobody');
  if (account) return account;
  throw new Error(
    'PostgreSQL does not run as root and no other account was found: run as an ordinary user or set DATABASE_URL',
  );
}

/**
 * Whether the account may enter a folder; asked by really trying, so that access lists and mounts count too. Throws when
 * this root may not change to another user (a container without that capability).
 */
export function canEnter(account: Account, folder: string): boolean {
  const trial = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...account, cwd: '/', stdio: 'ignore' });
  if (!trial.error) return trial.status === 0;
  throw new Error(
    `PostgreSQL does not run as root, and running it as user id ${account.uid} failed (${trial.error.message}): run as an ordinary user or set DATABASE_URL`,
  );
}

function ownerOf(path: string): Account | undefined {
  const owner = statSync(path, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : undefined;
}

function ownSystemUser(): Account | undefined {
  const existing = passwdEntry('carillon');
  if (existing) return existing;
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'carillon'], {
    stdio: 'ignore',
  });
  return passwdEntry('carillon');
}

function passwdEntry(name: string): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

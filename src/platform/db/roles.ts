import { createHmac, hkdfSync, pbkdf2Sync, createHash } from 'node:crypto';
import { Client } from 'pg';

/** Logins of the running application. `app` works under row-level security; `worker` claims and settles for every tenant. */
export const DB_ROLES = { app: 'carillon_app', worker: 'carillon_worker' } as const;
export type DbRole = keyof typeof DB_ROLES;

/** Password of a role, derived from the oldest master key: every node knows it and nobody has to store it. */
export function rolePassword(oldestKey: Buffer, role: DbRole): string {
  return Buffer.from(hkdfSync('sha256', oldestKey, 'carillon', `database role ${role}`, 32)).toString('base64url');
}

/**
 * Statements that make a role as it must be. They carry a SCRAM verifier, not the password, so they may be shown and logged
 * (RFC 5803; the salt is fixed by the password so that the same key always gives the same text).
 */
export function roleStatements(role: DbRole, password: string, exists: boolean): string[] {
  const name = DB_ROLES[role];
  const flags = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';
  return [`${exists ? 'ALTER' : 'CREATE'} ROLE ${name} ${flags} PASSWORD '${scramVerifier(password)}'`];
}

/**
 * Makes both roles where they are missing or cannot log in.
 * Throws an Error with the exact statements for an administrator when this login may not.
 */
export async function ensureRoles(adminUrl: string, oldestKey: Buffer): Promise<void> {
  const needed: string[] = [];
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    for (const role of Object.keys(DB_ROLES) as DbRole[]) {
      const password = rolePassword(oldestKey, role);
      if (await canLogIn(roleUrl(adminUrl, role, password))) continue;
      const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [DB_ROLES[role]]);
      needed.push(...roleStatements(role, password, Boolean(rowCount)));
    }
    for (const statement of needed) await admin.query(statement);
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new Error(
      `The login of DATABASE_URL may not create roles. Have an administrator run:\n  ${needed.join(';\n  ')};`,
      { cause: error },
    );
  } finally {
    await admin.end();
  }
}

/** The same server and database, logged in as one of our roles. */
export function roleUrl(adminUrl: string, role: DbRole, password: string): string {
  const url = new URL(adminUrl);
  url.username = DB_ROLES[role];
  url.password = password;
  return url.toString();
}

async function canLogIn(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch (error) {
    // 28P01 wrong password, 28000 unknown role or no login; anything else is a fault of the server, not of the role.
    if (['28P01', '28000'].includes((error as { code?: string }).code ?? '')) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function scramVerifier(password: string): string {
  const iterations = 4096;
  const salt = createHash('sha256').update(`carillon ${password}`).digest().subarray(0, 16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

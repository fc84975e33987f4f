import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { migrations } from '../../migrations';
import { migrate } from '../../src/platform/db/data-source';
import { ensureRoles } from '../../src/platform/db/roles';
import { parseKeyRing } from '../../src/platform/secrets/key-ring';
import { prepareJobs } from '../../src/platform/work/job-schema';

/** Random once, then fixed: every test process derives the same role passwords from it. Seals nothing of value. */
export const TEST_MASTER_KEY = 'tZk0w3m1xq8Jm4Jc2pQ7yNf6bVd9sAeHuXgRrLiOoYw=';

const TEMPLATE = 'carillon_template';

/** Makes the roles and one migrated database, from which each test file clones its own in a few milliseconds. */
export async function makeTemplateDatabase(adminUrl: string): Promise<void> {
  await sql(adminUrl, `CREATE DATABASE ${TEMPLATE}`);
  const [key] = parseKeyRing(TEST_MASTER_KEY).keys.values();
  if (!key) throw new Error('no key');
  await ensureRoles(databaseUrl(adminUrl, TEMPLATE), key);
  await migrate(databaseUrl(adminUrl, TEMPLATE), migrations);
  await prepareJobs(databaseUrl(adminUrl, TEMPLATE));
}

/** A migrated database of its own; `drop` removes it with whatever is still connected. */
export async function cloneDatabase(adminUrl = adminUrlOfRun()): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `t_${process.pid}_${randomBytes(6).toString('hex')}`;
  await sql(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return {
    url: databaseUrl(adminUrl, name),
    drop: () => sql(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** An empty database of its own. */
export async function emptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const adminUrl = adminUrlOfRun();
  const name = `e_${process.pid}_${randomBytes(6).toString('hex')}`;
  await sql(adminUrl, `CREATE DATABASE ${name}`);
  return { url: databaseUrl(adminUrl, name), drop: () => sql(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

/** The superuser's URL of this jest run. */
export function adminUrlOfRun(): string {
  const url = process.env['TEST_PG_ADMIN_URL'];
  if (!url) throw new Error('TEST_PG_ADMIN_URL is set by test/support/global-setup.ts');
  return url;
}

function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

async function sql(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

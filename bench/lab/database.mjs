import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const require = createRequire(import.meta.url);
const { startEmbeddedPostgres } = require('../../dist/src/platform/db/embedded-postgres.js');

/** Nothing here guards anything: the server listens on 127.0.0.1 for some minutes and holds made-up rows. */
export const MASTER_KEY = createHash('sha256').update('carillon bench').digest('base64');

/**
 * A throw-away PostgreSQL with the settings that Carillon ships, fsync and synchronous_commit on. `stop` removes it.
 */
export async function startDatabase() {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-bench-'));
  chmodSync(folder, 0o755); // run by root, the server is another user, who must be able to enter
  const postgres = await startEmbeddedPostgres({ dataDir: folder });
  const server = urlOf(postgres.adminUrl, 'postgres');
  const stop = async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop().then(() => process.exit(130)));
  return {
    version: (await query(server, 'SHOW server_version'))[0].server_version,
    /** Makes a database, as a copy of another one when named; answers its URL. */
    async create(name, template = 'template0') {
      await query(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
      return urlOf(server, name);
    },
    async drop(name) {
      await query(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
    /** Writes dirty pages out, so that one run does not pay for the one before it. */
    async settle() {
      await query(server, 'CHECKPOINT');
    },
    stop,
  };
}

/** One statement, or several without values, on a connection of its own. */
export async function query(url, text, values) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

function urlOf(url, database) {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.toString();
}

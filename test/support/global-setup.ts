import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/db/embedded-postgres';
import { makeTemplateDatabase } from './test-database';
import { clusterRoot, removeDeadRuns, TEST_FOLDER_PREFIX } from './dead-runs';

declare global {
  var stopTestPostgres: (() => Promise<void>) | undefined;
}

/** Nothing here has to survive a power cut. */
const THROW_AWAY_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '400',
  // Lets a test say which of two transactions was committed first.
  track_commit_timestamp: 'on',
};

/**
 * One throw-away cluster per jest run. TEST_PG_ADMIN_URL is the superuser's URL of its database `postgres`; test files make
 * databases of their own.
 */
export default async function setup(): Promise<void> {
  await removeDeadRuns();
  const folder = mkdtempSync(join(clusterRoot(), `${TEST_FOLDER_PREFIX}${process.pid}-`));
  chmodSync(folder, 0o755); // run by root, the server is another user, who must be able to enter
  const postgres = await startEmbeddedPostgres({ dataDir: folder, settings: THROW_AWAY_SETTINGS });
  globalThis.stopTestPostgres = async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  await prepareDatabases(postgres);
}

/** What every test file finds in the cluster. */
async function prepareDatabases(postgres: EmbeddedPostgres): Promise<void> {
  const url = new URL(postgres.adminUrl);
  url.pathname = '/postgres';
  process.env['TEST_PG_ADMIN_URL'] = url.toString();
  await makeTemplateDatabase(url.toString());
}

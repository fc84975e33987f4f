import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { readConfig } from '../../src/config';
import { log } from '../../src/platform/log';
import { metrics } from '../../src/platform/metrics';
import { uuidv7 } from '../../src/platform/db/uuid';
import { startRuntime, type Runtime } from '../../src/runtime';
import { ensureSandboxChannels } from '../../src/sandbox/sandbox-channels';
import { hashApiKey, keyPrefix, newApiKey } from '../../src/tenants/api-key';
import { Api } from './api';
import { TEST_FOLDER_PREFIX } from './dead-runs';
import { cloneDatabase, TEST_MASTER_KEY } from './test-database';

/** A tenant of a test, with a key that may do everything unless scopes say less. */
export interface TestTenant {
  tenantId: string;
  key: string;
  api: Api;
}

/** The whole application on a database of its own, listening on a free port. */
export interface TestApp {
  url: string;
  adminUrl: string;
  runtime: Runtime;
  /** Makes a tenant; with a sandbox channel of every type unless `bare`. */
  tenant(options?: { scopes?: string[]; bare?: boolean }): Promise<TestTenant>;
  /** Another key of a tenant. */
  key(tenantId: string, scopes: string[]): Promise<string>;
  /** Runs SQL as the superuser: for looking behind the scenes, never for the behaviour under test. */
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** @param env variables as an operator would set them, on top of those that a test needs. */
export async function startApp(env: Record<string, string> = {}): Promise<TestApp> {
  log.level = process.env['TEST_LOG_LEVEL'] ?? 'silent';
  const database = await cloneDatabase();
  const folder = mkdtempSync(join(tmpdir(), `${TEST_FOLDER_PREFIX}${process.pid}-files-`));
  const config = readConfig({
    PORT: '0',
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    MASTER_KEY: TEST_MASTER_KEY,
    ...env,
  });
  const runtime = await startRuntime(config);
  const admin = new Client({ connectionString: database.url });
  await admin.connect();
  admin.on('error', () => undefined); // the database is dropped with whatever is connected
  const app: TestApp = {
    url: runtime.url,
    adminUrl: database.url,
    runtime,
    tenant: (options) => makeTenant(app, options),
    key: (tenantId, scopes) => makeKey(admin, tenantId, scopes),
    sql: async <Row>(text: string, values: unknown[] = []) => (await admin.query(text, values)).rows as Row[],
    close: async () => {
      await runtime.stop();
      metrics.resetMetrics(); // the next file's application counts in the same process
      await admin.end();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return app;
}

async function makeTenant(app: TestApp, options: { scopes?: string[]; bare?: boolean } = {}): Promise<TestTenant> {
  const tenantId = uuidv7();
  await app.sql(`INSERT INTO tenant (id, name) VALUES ($1, 'Test tenant')`, [tenantId]);
  const key = await app.key(tenantId, options.scopes ?? ['*']);
  if (!options.bare) await ensureSandboxChannels(app.runtime.app, tenantId);
  return { tenantId, key, api: new Api(app.url, key) };
}

async function makeKey(admin: Client, tenantId: string, scopes: string[]): Promise<string> {
  const key = newApiKey();
  await admin.query(
    `INSERT INTO api_key (tenant_id, id, name, prefix, key_hash, scopes) VALUES ($1, $2, 'Test key', $3, $4, $5)`,
    [tenantId, uuidv7(), keyPrefix(key), hashApiKey(key), scopes],
  );
  return key;
}

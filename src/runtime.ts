import { readFileSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { migrations } from '../migrations';
import { createApp } from './app';
import type { Config } from './config';
import { entities } from './entities';
import { Readiness } from './health/readiness';
import { Acceptance } from './messages/accept/acceptance';
import { checkIsolation } from './platform/db/boot-check';
import { migrate, openPool } from './platform/db/data-source';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './platform/db/embedded-postgres';
import { ensureRoles, rolePassword, roleUrl, type DbRole } from './platform/db/roles';
import { log } from './platform/log';
import type { Resources } from './platform/platform.module';
import { parseKeyRing, type KeyRing } from './platform/secrets/key-ring';
import { ensureMasterKey } from './platform/secrets/master-key';
import { ensureSandboxChannels } from './sandbox/sandbox-channels';
import { ensureFirstTenant, type FirstTenant } from './tenants/first-tenant';
import { Worker } from './worker';

/** A running Carillon. */
export interface Runtime {
  app: NestFastifyApplication;
  /** Where it listens; also for workers, which serve health and metrics only to those who reach them. */
  url: string;
  first: FirstTenant;
  /** Ends everything in the right order. Safe to call twice. */
  stop(): Promise<void>;
}

/** From configuration to a server that answers: database, roles, schema, pools, application, worker. */
export async function startRuntime(config: Config): Promise<Runtime> {
  const keyRing = readKeyRing(config);
  const postgres = config.DATABASE_URL ? undefined : await startEmbedded(config);
  try {
    const adminUrl = config.DATABASE_URL ?? postgres?.adminUrl ?? '';
    const resources = await openDatabase(config, keyRing, adminUrl);
    const first = await ensureFirstTenant(adminUrl, config.BOOTSTRAP_API_KEY);
    const app = await createApp(resources);
    await app.init();
    await ensureSandboxChannels(app, first.tenantId);
    const worker = config.ROLE === 'api' ? undefined : app.get(Worker);
    await worker?.start();
    await app.listen(config.PORT, config.HOST);
    const stop = once(() => stopRuntime(app, worker, resources, postgres));
    return { app, url: await app.getUrl(), first, stop };
  } catch (error) {
    await postgres?.stop();
    throw error;
  }
}

function startEmbedded(config: Config): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir: config.DATA_DIR, log: (line) => log.info(line) });
}

async function openDatabase(config: Config, keyRing: KeyRing, adminUrl: string): Promise<Resources> {
  const oldest = [...keyRing.keys.values()].at(-1);
  if (!oldest) throw new Error('The key ring is empty');
  await ensureRoles(adminUrl, oldest);
  await migrate(adminUrl, migrations);
  const urlOf = (role: DbRole): string => roleUrl(adminUrl, role, rolePassword(oldest, role));
  const poolSize = config.DATABASE_POOL_SIZE;
  const appPool = openPool({ url: urlOf('app'), poolSize, statementTimeoutMs: 10_000, applicationName: 'carillon app', entities });
  const workerPool = openPool({ url: urlOf('worker'), poolSize, statementTimeoutMs: 30_000, applicationName: 'carillon worker' });
  await appPool.initialize();
  await workerPool.initialize();
  await checkIsolation(appPool);
  await checkIsolation(workerPool);
  return { config, keyRing, appPool, workerPool };
}

function readKeyRing(config: Config): KeyRing {
  if (config.MASTER_KEY_FILE) return parseKeyRing(readFileSync(config.MASTER_KEY_FILE, 'utf8'));
  return parseKeyRing(config.MASTER_KEY ?? ensureMasterKey(config.DATA_DIR));
}

/** Not ready first, then no new work, then no new requests, then the doors, then the database. */
async function stopRuntime(
  app: NestFastifyApplication,
  worker: Worker | undefined,
  { appPool, workerPool }: Resources,
  postgres: EmbeddedPostgres | undefined,
): Promise<void> {
  app.get(Readiness).stopping = true;
  await worker?.stop();
  await app.close();
  await app.get(Acceptance).drained();
  await appPool.destroy();
  await workerPool.destroy();
  await postgres?.stop();
}

function once(fn: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= fn());
}

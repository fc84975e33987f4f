import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app';
import type { Config } from './config';
import { openDatabase, type Database } from './database';
import { EventStreams } from './event-streams/event-streams';
import { Readiness } from './health/readiness';
import { checkInstallation } from './installation-check';
import { Acceptance } from './messages/accept/acceptance';
import { readMasterKey } from './platform/secrets/master-key';
import { ensureSandboxChannels } from './sandbox/sandbox-channels';
import { ensureFirstTenant, type FirstTenant } from './tenants/first-tenant';
import { Work } from './work';
import { Worker } from './worker';

/** A running Carillon. */
export interface Runtime {
  app: NestFastifyApplication;
  /** Where it listens; a worker serves health and metrics there. */
  url: string;
  first: FirstTenant;
  /** The code that confirms it, where the database is a copy from a backup on which no work is done. */
  restored: string | undefined;
  /** Ends everything in the right order. Safe to call twice. */
  stop(): Promise<void>;
}

/** From configuration to a server that answers: database, first tenant, application, worker. */
export async function startRuntime(config: Config): Promise<Runtime> {
  const database = await openDatabase(config, readMasterKey(config));
  try {
    const first = await ensureFirstTenant(database.adminUrl, config.BOOTSTRAP_API_KEY);
    const provenance = await checkInstallation(database.adminUrl, {
      dataDir: config.DATABASE_URL === undefined ? config.DATA_DIR : undefined,
      confirm: config.CONFIRM_RESTORE,
    });
    const app = await createApp(database.resources);
    await app.init();
    await ensureSandboxChannels(app, first.tenantId);
    const worker = config.ROLE === 'api' ? undefined : app.get(Worker);
    const work = new Work(app, worker, provenance);
    await app.listen(config.PORT, config.HOST); // before any work: a port that is taken ends the start without a trace
    await work.start();
    const stop = once(() => stopRuntime(app, work, database));
    return { app, url: await app.getUrl(), first, restored: provenance.restored && provenance.code, stop };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Not ready first, then no new work, then no new requests, then the doors, then the database. */
async function stopRuntime(app: NestFastifyApplication, work: Work, database: Database): Promise<void> {
  app.get(Readiness).stopping = true;
  app.get(EventStreams).close();
  await work.stop();
  await app.close();
  await app.get(Acceptance).drained();
  await database.close();
}

function once(fn: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= fn());
}

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app';
import type { Config } from './config';
import { openDatabase, type Database } from './database';
import { Readiness } from './health/readiness';
import { Acceptance } from './messages/accept/acceptance';
import { readMasterKey } from './platform/secrets/master-key';
import { Jobs } from './platform/work/jobs';
import { ensureSandboxChannels } from './sandbox/sandbox-channels';
import { ensureFirstTenant, type FirstTenant } from './tenants/first-tenant';
import { Worker } from './worker';

/** A running Carillon. */
export interface Runtime {
  app: NestFastifyApplication;
  /** Where it listens; a worker serves health and metrics there. */
  url: string;
  first: FirstTenant;
  /** Ends everything in the right order. Safe to call twice. */
  stop(): Promise<void>;
}

/** Jobs go on where they were, so that they are not given long. */
const JOBS_GRACE_MS = 10_000;

/** From configuration to a server that answers: database, first tenant, application, worker. */
export async function startRuntime(config: Config): Promise<Runtime> {
  const database = await openDatabase(config, readMasterKey(config));
  try {
    const first = await ensureFirstTenant(database.adminUrl, config.BOOTSTRAP_API_KEY);
    const app = await createApp(database.resources);
    await app.init();
    await ensureSandboxChannels(app, first.tenantId);
    const worker = config.ROLE === 'api' ? undefined : app.get(Worker);
    await app.listen(config.PORT, config.HOST); // before any work: a port that is taken ends the start without a trace
    await worker?.start();
    if (worker) await app.get(Jobs).work();
    return { app, url: await app.getUrl(), first, stop: once(() => stopRuntime(app, worker, database)) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Not ready first, then no new work, then no new requests, then the doors, then the database. */
async function stopRuntime(app: NestFastifyApplication, worker: Worker | undefined, database: Database): Promise<void> {
  app.get(Readiness).stopping = true;
  await Promise.all([worker?.stop(), app.get(Jobs).stop(JOBS_GRACE_MS)]);
  await app.close();
  await app.get(Acceptance).drained();
  await database.close();
}

function once(fn: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= fn());
}

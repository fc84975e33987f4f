import { migrations } from '../migrations';
import type { Config } from './config';
import { entities } from './entities';
import { checkIsolation } from './platform/db/boot-check';
import { migrate, openPool } from './platform/db/data-source';
import { startEmbeddedPostgres } from './platform/db/embedded-postgres';
import { ensureRoles, rolePassword, roleUrl, type DbRole } from './platform/db/roles';
import { log } from './platform/log';
import type { Resources } from './platform/platform.module';
import type { KeyRing } from './platform/secrets/key-ring';
import { prepareJobs } from './platform/work/job-schema';

const API_STATEMENT_MS = 10_000;
const WORKER_STATEMENT_MS = 30_000;

/** An open database: roles and schema as they must be, both pools checked. */
export interface Database {
  resources: Resources;
  /** The owner's login: for migrating and for the first tenant, never for requests. */
  adminUrl: string;
  /** Closes the pools and stops the embedded server, if it is ours. */
  readonly close: () => Promise<void>;
}

/** Opens the database of DATABASE_URL, or starts the embedded one. Throws an Error that says what an operator has to do. */
export async function openDatabase(config: Config, keyRing: KeyRing): Promise<Database> {
  const embedded = config.DATABASE_URL
    ? undefined
    : await startEmbeddedPostgres({ dataDir: config.DATA_DIR, log: (line) => log.info(line) });
  const adminUrl = config.DATABASE_URL ?? embedded?.adminUrl ?? '';
  try {
    await ensureRoles(adminUrl, keyRing.oldest);
    await migrate(adminUrl, migrations);
    await prepareJobs(adminUrl);
    const resources = await openPools(config, keyRing, adminUrl);
    const close = async (): Promise<void> => {
      await resources.appPool.destroy();
      await resources.workerPool.destroy();
      await embedded?.stop();
    };
    return { resources, adminUrl, close };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function openPools(config: Config, keyRing: KeyRing, adminUrl: string): Promise<Resources> {
  const open = async (role: DbRole, statementTimeoutMs: number) => {
    const pool = openPool({
      url: roleUrl(adminUrl, role, rolePassword(keyRing.oldest, role)),
      poolSize: config.DATABASE_POOL_SIZE,
      statementTimeoutMs,
      applicationName: `carillon ${role}`,
      planOnce: role === 'worker',
      entities,
    });
    await pool.initialize();
    await checkIsolation(pool);
    return pool;
  };
  return {
    config,
    keyRing,
    appPool: await open('app', API_STATEMENT_MS),
    workerPool: await open('worker', WORKER_STATEMENT_MS),
  };
}

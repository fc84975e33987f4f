import type { EntityTarget, MixedList } from 'typeorm';
import { DataSource, type MigrationInterface } from 'typeorm';
import { SnakeNaming } from './snake-naming';

/** Injection tokens of the two pools. */
export const APP_DATA_SOURCE = Symbol('APP_DATA_SOURCE');
export const WORKER_DATA_SOURCE = Symbol('WORKER_DATA_SOURCE');

export interface PoolOptions {
  url: string;
  poolSize: number;
  /** Longest statement, in milliseconds: 10 s for requests, 30 s for workers. */
  statementTimeoutMs: number;
  applicationName: string;
  /**
   * For a pool whose statements all have one shape: plans each once a connection. PostgreSQL's own choice is to plan anew
   * each time it hopes for a cheaper plan, which cost a claim more than half of its time.
   */
  planOnce?: boolean;
  entities?: MixedList<EntityTarget<object> & (new () => object)>;
}

/** A pool with every timeout set: PostgreSQL and node-postgres leave all of them off by default. */
export function openPool(options: PoolOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    entities: options.entities ?? [],
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    applicationName: options.applicationName,
    poolSize: options.poolSize,
    connectTimeoutMS: 5_000,
    extra: {
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // Statements that are issued without waiting for the one before travel together, in their order.
      pipeline: true,
      options: [
        `-c statement_timeout=${options.statementTimeoutMs}`,
        '-c lock_timeout=2000',
        '-c idle_in_transaction_session_timeout=15000',
        '-c timezone=UTC',
        // A plan is kept as long as its connection lives or until the next ANALYZE. One that was made while a table was small
        // must not read the whole table when it has grown to millions, nor be compiled to machine code because it has.
        '-c enable_seqscan=off',
        '-c jit=off',
        ...(options.planOnce ? ['-c plan_cache_mode=force_generic_plan'] : []),
      ].join(' '),
    },
  });
}

/** Brings the schema up to date. One process at a time: the others wait on an advisory lock and then find nothing to do. */
export async function migrate(adminUrl: string, migrations: (new () => MigrationInterface)[]): Promise<number> {
  const admin = new DataSource({
    type: 'postgres',
    url: adminUrl,
    migrations,
    migrationsTableName: 'schema_migration',
  });
  await admin.initialize();
  const lock = admin.createQueryRunner();
  try {
    await lock.query(`SELECT pg_advisory_lock(hashtext('carillon schema'))`);
    return (await admin.runMigrations({ transaction: 'each' })).length;
  } finally {
    await lock.release();
    await admin.destroy();
  }
}

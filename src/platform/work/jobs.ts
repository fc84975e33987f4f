import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PgBoss, type Job } from 'pg-boss';
import type { DataSource } from 'typeorm';
import { Config } from '../../config';
import { APP_DATA_SOURCE, WORKER_DATA_SOURCE } from '../db/data-source';
import { runText, type Sql } from '../db/sql';
import type { Tx } from '../db/tenant-db';
import { log } from '../log';
import { JOB_QUEUES, JOB_SCHEMA, type JobData, type JobQueue } from './job-queues';

/** Does one job, and may be begun again where it broke off. `signal` asks it to stop at its next good moment. */
export type JobHandler = (data: JobData, signal: AbortSignal) => Promise<void>;

/** What ends a job early that another worker, or the same after its next start, has to go on with. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const POLL_SECONDS = 1;
const SOON_MS = 30;
/** How often workers look for dead ones; with the heartbeat of a queue this is the time until a job is taken over. */
const SUPERVISE_SECONDS = 10;

/** Background work, on pg-boss: everything but the dispatch of messages (docs/adr/0008). */
@Injectable()
export class Jobs implements OnApplicationShutdown {
  private readonly handlers = new Map<JobQueue, JobHandler>();
  private readonly stopping = new AbortController();
  private readonly pool: DataSource;
  private readonly isWorker: boolean;
  private started: Promise<PgBoss> | undefined;
  private readonly workers = new Map<JobQueue, string>();

  constructor(
    config: Config,
    @Inject(APP_DATA_SOURCE) appPool: DataSource,
    @Inject(WORKER_DATA_SOURCE) workerPool: DataSource,
  ) {
    this.isWorker = config.ROLE !== 'api';
    this.pool = this.isWorker ? workerPool : appPool;
  }

  /** Says how jobs of a queue are done. Once a queue, before the worker starts. */
  handle(queue: JobQueue, handler: JobHandler): void {
    this.handlers.set(queue, handler);
  }

  /** Puts a job in, in the caller's transaction: it exists exactly when that is committed. */
  async enqueue(tx: Tx, queue: JobQueue, id: string, startAfter?: Date): Promise<void> {
    const boss = await this.boss();
    const data: JobData = { tenantId: tx.tenantId, id };
    await boss.send(queue, data, { db: executeIn(tx), ...(startAfter && { startAfter }) });
    const worker = this.workers.get(queue);
    // A worker in this process need not wait for its next look; one that came before the commit would find nothing.
    if (worker && !startAfter)
      tx.atEnd(LAST, async () => void setTimeout(() => boss.notifyWorker(worker), SOON_MS).unref());
  }

  /** Begins to take jobs; every queue must have its handler. */
  async work(): Promise<void> {
    const boss = await this.boss();
    for (const queue of Object.keys(JOB_QUEUES) as JobQueue[]) {
      const handler = this.handlers.get(queue);
      if (!handler) throw new Error(`Nobody does the jobs of ${queue}`);
      const options = { pollingIntervalSeconds: POLL_SECONDS, localConcurrency: JOB_QUEUES[queue].atOnce };
      const worker = await boss.work<JobData>(queue, options, (jobs) => this.run(queue, handler, jobs));
      this.workers.set(queue, worker);
    }
  }

  /** Takes nothing new, asks what is running to stop, and waits for it. What is not done by then is another's. */
  async stop(graceMs: number): Promise<void> {
    this.stopping.abort();
    const boss = await this.started?.catch(() => undefined);
    if (!boss) return;
    // By ourselves: the library looks only every half second whether all is done.
    const done = Promise.all([...this.workers.keys()].map((queue) => boss.offWork(queue)));
    await Promise.race([done, pause(graceMs, undefined, { ref: false })]);
    await boss.stop({ graceful: false });
  }

  onApplicationShutdown(): Promise<void> {
    return this.stop(1_000);
  }

  private async run(queue: JobQueue, handler: JobHandler, jobs: Job<JobData>[]): Promise<void> {
    for (const { id, data, signal } of jobs) {
      try {
        await handler({ tenantId: data.tenantId, id: data.id }, AbortSignal.any([signal, this.stopping.signal]));
      } catch (error) {
        if (!(error instanceof Interrupted)) log.warn({ err: error, queue, job: id }, 'a job failed and comes again');
        throw new JobBroke(queue); // what the library keeps of an error must hold nothing of the work
      }
    }
  }

  private boss(): Promise<PgBoss> {
    return (this.started ??= this.start().catch((error: unknown) => {
      this.started = undefined;
      throw error;
    }));
  }

  private async start(): Promise<PgBoss> {
    const boss = new PgBoss({
      db: executeOn(this.pool),
      schema: JOB_SCHEMA,
      // Made at start-up by the owner's login; these logins may not.
      migrate: false,
      createSchema: false,
      reindex: false,
      monitorVacuum: false,
      schedule: false,
      supervise: this.isWorker,
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
    });
    boss.on('error', (error) => log.warn({ err: error }, 'background work stumbled'));
    return boss.start();
  }
}

/** After every other step at the end of a transaction. */
const LAST = Number.MAX_SAFE_INTEGER;

class JobBroke extends Error {
  constructor(queue: string) {
    super(`A job of ${queue} did not end`);
    this.stack = '';
  }
}

interface Answer {
  rows: Record<string, unknown>[];
}

/** The library's statements on a pool of ours: no connections beside those that an operator has counted. */
function executeOn(pool: DataSource) {
  return { executeSql: (text: string, values?: unknown[]): Promise<Answer> => runText(pool, text, values) };
}

function executeIn(tx: Sql) {
  return {
    executeSql: async (text: string, values: readonly unknown[] = []): Promise<Answer> => ({
      rows: await tx.query(text, values),
    }),
  };
}

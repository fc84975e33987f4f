import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Readiness } from './health/readiness';
import { isConfirmed, type Provenance } from './installation-check';
import { WorkerDb } from './platform/db/worker-db';
import { log } from './platform/log';
import { Jobs } from './platform/work/jobs';
import { Loop } from './platform/work/loop';
import type { Worker } from './worker';

const LOOK_MS = 2_000;
/** Jobs go on where they were, so that they are not given long. */
const JOBS_GRACE_MS = 10_000;

/** All that a process does by itself: begun at once, or, on a copy from a backup, when an operator has confirmed it. */
export class Work {
  private readonly watch: Loop;
  private isWatching: boolean;

  /** @param worker undefined in a process that only answers requests. */
  constructor(
    private readonly app: NestFastifyApplication,
    private readonly worker: Worker | undefined,
    private readonly provenance: Provenance,
  ) {
    const { restored, code } = provenance;
    this.isWatching = restored !== undefined;
    this.watch = new Loop('restored backup', () => this.look(), LOOK_MS);
    this.app.get(Readiness).restored = this.isWatching;
    if (!this.isWatching) return;
    const how = 'run npm run confirm-restore, or start with CONFIRM_RESTORE and this code';
    log.error({ reason: restored, code }, `this database was restored from a backup: nothing is sent; ${how}`);
  }

  async start(): Promise<void> {
    if (this.isWatching) return this.provenance.isShared ? this.watch.start() : undefined;
    await this.worker?.start();
    if (this.worker) await this.app.get(Jobs).work();
  }

  async stop(): Promise<void> {
    await this.watch.stop();
    await Promise.all([this.worker?.stop(), this.app.get(Jobs).stop(JOBS_GRACE_MS)]);
  }

  private async look(): Promise<number> {
    if (!this.isWatching || !(await isConfirmed(this.app.get(WorkerDb).sql))) return 0;
    this.isWatching = false;
    await this.start();
    this.app.get(Readiness).restored = false;
    log.info('the restored database was confirmed: work begins');
    return 0;
  }
}

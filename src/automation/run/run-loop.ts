import { Injectable } from '@nestjs/common';
import { Config } from '../../config';
import { WorkerDb } from '../../platform/db/worker-db';
import type { DueThing } from '../../platform/time/clock';
import { Loop } from '../../platform/work/loop';
import { WorkLoops } from '../../platform/work/work-loops';
import { RunWake } from './run-wake';
import { listDueRuns, pruneRuns } from './run.queries';
import { StepRunner } from './step-runner';

const MOST_AT_ONCE = 200;
/** Each of them takes a connection while it does its step. */
const LANES = 4;
/** A run that never rests lets others go first after so many steps. */
const MOST_IN_A_ROW = 20;
const KEPT_DAYS = 90;
const PRUNED_AT_ONCE = 1_000;
const PRUNE_MS = 60_000;

/** Finds runs that are due and has their steps done. Any number of processes may run one. */
@Injectable()
export class RunLoop {
  constructor(
    private readonly worker: WorkerDb,
    private readonly steps: StepRunner,
    config: Config,
    { wake }: RunWake,
    loops: WorkLoops,
  ) {
    loops.add(
      new Loop('rules', () => this.look(), config.WORKER_POLL_MS, wake),
      new Loop('old runs', () => pruneRuns(worker.sql, KEPT_DAYS, PRUNED_AT_ONCE), PRUNE_MS),
    );
  }

  private async look(): Promise<number> {
    const due = await listDueRuns(this.worker.sql, MOST_AT_ONCE);
    const found = due.length;
    let moved = 0;
    const lane = async (): Promise<void> => {
      for (let next = due.shift(); next; next = due.shift()) if (await this.goOn(next)) moved++;
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    // Where others have them all, there is nothing to hurry for.
    return moved || found === MOST_AT_ONCE ? found : 0;
  }

  private async goOn({ tenantId, id }: DueThing): Promise<boolean> {
    for (let step = 0; step < MOST_IN_A_ROW; step++)
      if ((await this.steps.step(tenantId, id)) === 'rest') return step > 0;
    return true;
  }
}

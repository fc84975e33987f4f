import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { log } from '../../platform/log';
import { Failpoint } from '../../platform/work/failpoint';
import { holds, type Condition } from '../evaluate';
import { stepAt } from '../steps';
import type { RunEnd } from './run-end.queries';
import { advanceRun, endRun, noteStep, postponeRun, takeDueRun, type DueRun } from './run.queries';
import { AT_END, StepDeeds, type Done } from './step-deeds';
import { contactFacts, type ContactFacts } from './start.queries';
import { factsOf } from './starts';

/** So often a step is tried that fails for reasons of ours: over some minutes. */
const MOST_TRIES = 8;

/** What came of a look at a run: it may be due again at once, or not. */
export type StepResult = 'more' | 'rest';

/** Takes a run one step further. The step's effect, its line in the trace and the place of the next step are one commit. */
@Injectable()
export class StepRunner {
  constructor(
    private readonly db: TenantDb,
    private readonly deeds: StepDeeds,
    private readonly failpoint: Failpoint,
  ) {}

  async step(tenantId: string, id: string): Promise<StepResult> {
    try {
      const result = await this.db.run(tenantId, (tx) => this.doStep(tx, id));
      this.failpoint.reach('after_step');
      return result;
    } catch (error) {
      log.warn({ err: error, tenantId, runId: id }, 'a step of a rule failed and is tried again');
      await this.db.run(tenantId, (tx) => giveUpOrPostpone(tx, id));
      return 'rest';
    }
  }

  private async doStep(tx: Tx, id: string): Promise<StepResult> {
    const run = await takeDueRun(tx, id);
    if (!run) return 'rest';
    const contact = await contactOf(tx, run);
    const end = exitOf(run, contact);
    if (end) {
      await noteStep(tx, run, { path: run.position, type: 'end', outcome: end.status, detail: { code: end.code } });
      await endRun(tx, run, end);
      return 'rest';
    }
    if (run.position === AT_END) {
      await noteStep(tx, run, { path: AT_END, type: 'end', outcome: 'COMPLETED' });
      await endRun(tx, run);
      return 'rest';
    }
    const step = stepAt(run.steps, run.position);
    const done: Done = await this.deeds.do(tx, { run, step, contact });
    const seq = await noteStep(tx, run, { path: run.position, type: step.type, ...done.line });
    await done.after?.(seq);
    this.failpoint.reach('mid_step');
    if (done.end || !done.next) await endRun(tx, run, done.end);
    else await advanceRun(tx, run, done.next);
    return done.next && !done.next.dueAt ? 'more' : 'rest';
  }
}

async function contactOf(tx: Tx, { contactId }: DueRun): Promise<ContactFacts | undefined> {
  return contactId === null ? undefined : (await contactFacts(tx, [contactId])).get(contactId);
}

/** Why a run goes no further, asked before each step. */
function exitOf({ contactId, event, exitWhen }: DueRun, contact: ContactFacts | undefined): RunEnd | undefined {
  if (contactId !== null && !contact && event.type !== 'contact.deleted')
    return { status: 'STOPPED', code: 'contact_gone', detail: 'The contact is not there any more.' };
  const condition = exitWhen?.conditions as unknown as Condition | undefined;
  if (condition && holds(condition, factsOf(event, contact)))
    return { status: 'STOPPED', code: 'exit', detail: 'The condition holds at which the rule ends.' };
  return undefined;
}

async function giveUpOrPostpone(tx: Tx, id: string): Promise<void> {
  const run = await postponeRun(tx, id);
  if (!run || run.tries < MOST_TRIES) return;
  const end: RunEnd = {
    status: 'FAILED',
    code: 'internal_error',
    detail: 'A step could not be done, though it was tried again.',
  };
  await noteStep(
    tx,
    { id, stepsDone: run.stepsDone },
    { path: run.position, type: 'end', outcome: 'FAILED', detail: { code: end.code } },
  );
  await endRun(tx, { id }, end);
}

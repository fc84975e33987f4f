import { Injectable } from '@nestjs/common';
import { audit } from '../../permissions/audit';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Cursors } from '../../platform/http/cursors';
import type { Page } from '../../platform/http/page';
import { Problem } from '../../platform/http/problem';
import { cancelRun } from './run-end.queries';
import type { RunDetailResponse, RunQuery, RunResponse, RunStepResponse } from './runs.dto';
import { findRun, listRuns, ruleIsKnown, traceOf, type RunRow, type StepRow } from './runs.queries';

/** What rules did, contact by contact. */
@Injectable()
export class RunsService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
  ) {}

  /** Newest first; also of a rule that was deleted. Throws Problem 404, and 400 for a cursor of another list. */
  list({ tenantId }: Caller, ruleId: string, query: RunQuery): Promise<Page<RunResponse>> {
    const list = { tenantId, route: `GET /automation-rules/${ruleId}/runs`, query };
    const { status = null, contactId = null, limit } = query;
    const filter = { ruleId, status, contactId, limit, after: this.cursors.after(list) };
    return this.db.run(tenantId, async (tx) => {
      if (!(await ruleIsKnown(tx, ruleId))) throw Problem.notFound('automation rule');
      return this.cursors.page(list, (await listRuns(tx, filter)).map(runView));
    });
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<RunDetailResponse> {
    return this.db.run(tenantId, (tx) => read(tx, id));
  }

  /** No step follows. Throws Problem 404, 409 where it has ended. */
  cancel(caller: Caller, id: string): Promise<RunDetailResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      const run = await read(tx, id);
      if (!(await cancelRun(tx, id))) throw Problem.conflict('conflict', `The run is ${run.status}.`);
      await audit(tx, caller, 'automation_run.cancelled', 'automation_run', id, {});
      return read(tx, id);
    });
  }
}

async function read(tx: Tx, id: string): Promise<RunDetailResponse> {
  const run = await findRun(tx, id);
  if (!run) throw Problem.notFound('automation run');
  const { id: eventId = null, type = null, at = null, payload = {} } = run.event;
  return {
    ...runView(run),
    event: { id: eventId, type, at, payload },
    steps: run.steps.map((step) => ({ ...step })),
    trace: (await traceOf(tx, id)).map(stepView),
  };
}

function runView({ id, ruleId, version, contactId, status, position, awaits, depth, ...run }: RunRow): RunResponse {
  const { reasonCode, reasonDetail, dueAt, startedAt, endedAt } = run;
  return {
    ...{ id, ruleId, version, contactId, status, position, awaits, depth },
    reason: reasonCode === null ? null : { code: reasonCode, detail: reasonDetail },
    dueAt: dueAt?.toISOString() ?? null,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

function stepView({ at, detail, ...step }: StepRow): RunStepResponse {
  return { ...step, facts: detail, at: at.toISOString() };
}

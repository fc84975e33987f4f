import { Injectable } from '@nestjs/common';
import { requeueMessages } from '../messages/reading/message-actions.queries';
import { audit } from '../permissions/audit';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import type { CampaignResponse, RetriedCampaignResponse } from './campaign-response.dto';
import {
  cancelCampaign,
  failedMessages,
  lockCampaign,
  noteEstimate,
  pauseCampaign,
  releaseMessages,
  reopenRecipients,
  runAgain,
  setStatus,
  type CampaignState,
} from './campaign-actions.queries';
import { approve, checkApproval } from './campaign-approval';
import { ACTIONS, type CampaignAction, type CampaignStatus } from './campaign-status';
import { readCampaign } from './campaigns.service';
import { EstimatesService } from './estimates.service';
import { CampaignRunner } from './run/campaign-runner';

/** Failed messages that go back to the queue in one commit. */
const RETRIED_AT_ONCE = 5_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** What a person may do with a bulk send that exists. */
@Injectable()
export class CampaignActions {
  constructor(
    private readonly db: TenantDb,
    private readonly estimates: EstimatesService,
    private readonly runner: CampaignRunner,
  ) {}

  /** Says that it may start. Throws Problem 404, 409. */
  approve(caller: Caller, id: string): Promise<CampaignResponse> {
    return this.act(caller, id, 'approve', (tx, state) => approve(tx, caller, state));
  }

  /** Sends it: now, or at its time. From here on its recipients stand. Throws Problem 404, 409. */
  async start(caller: Caller, id: string): Promise<CampaignResponse> {
    const estimated = await this.estimates.costOf(caller, id);
    return this.act(caller, id, 'start', async (tx, state) => {
      const { isDue, recipients, hasSegment, recurrence } = state;
      await checkApproval(tx, state);
      if (!recipients && !hasSegment) throw Problem.conflict('conflict', 'The bulk send has no recipients yet.');
      await noteEstimate(tx, id, estimated);
      await setStatus(tx, id, isDue && recurrence === null ? 'PREPARING' : 'SCHEDULED');
    });
  }

  /** From the answer on nothing more of it is handed to a provider; what is on its way arrives. Throws Problem 404, 409. */
  pause(caller: Caller, id: string): Promise<CampaignResponse> {
    return this.act(caller, id, 'pause', (tx) => pauseCampaign(tx, id));
  }

  /** Goes on with those that had no message yet. Throws Problem 404, 409. */
  resume(caller: Caller, id: string): Promise<CampaignResponse> {
    return this.act(caller, id, 'resume', async (tx, { isDue, isPrepared, recurrence }) => {
      const waits = recurrence !== null || !isDue;
      await setStatus(tx, id, isPrepared ? 'RUNNING' : waits ? 'SCHEDULED' : 'PREPARING');
      await releaseMessages(tx, id);
    });
  }

  /** Ends it for good where it is. Throws Problem 404, 409. */
  cancel(caller: Caller, id: string): Promise<CampaignResponse> {
    return this.act(caller, id, 'cancel', (tx) => cancelCampaign(tx, id));
  }

  /**
   * Tries again those that failed, or those of them that failed for one of these reasons; nobody else is touched. Throws
   * Problem 404, 409.
   */
  async retryFailed(caller: Caller, id: string, reasons: readonly string[] | null): Promise<RetriedCampaignResponse> {
    let retried = 0;
    await this.act(caller, id, 'retry-failed', async (tx) => {
      retried = await reopenRecipients(tx, id, reasons);
      if (retried) await runAgain(tx, id);
    });
    for (let after: string | undefined = BEFORE_ALL; after !== undefined;) {
      const page = { reasons, after, limit: RETRIED_AT_ONCE };
      const ids = await this.db.run(caller.tenantId, async (tx) => {
        const failed = await failedMessages(tx, id, page);
        retried += await requeueMessages(tx, failed);
        if (failed.length) await runAgain(tx, id);
        return failed;
      });
      after = ids.length < RETRIED_AT_ONCE ? undefined : ids.at(-1);
    }
    this.runner.start();
    return { ...(await this.db.run(caller.tenantId, (tx) => readCampaign(tx, id))), retried };
  }

  private async act(
    caller: Caller,
    id: string,
    action: CampaignAction,
    change: (tx: Tx, state: CampaignState) => Promise<void>,
  ): Promise<CampaignResponse> {
    const done = await this.db.run(caller.tenantId, async (tx) => {
      const state = await lockCampaign(tx, id);
      if (!state) throw Problem.notFound('bulk send');
      const from: readonly CampaignStatus[] = ACTIONS[action];
      if (!from.includes(state.status)) throw refused(action, state.status);
      await change(tx, state);
      await audit(tx, caller, `campaign.${action}`, 'campaign', id, { from: state.status });
      return readCampaign(tx, id);
    });
    this.runner.start();
    return done;
  }
}

function refused(action: CampaignAction, status: CampaignStatus): Problem {
  return Problem.conflict('conflict', `The bulk send is ${status}; ${action} is for ${ACTIONS[action].join(', ')}.`);
}

import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import { log } from '../../platform/log';
import { lockCampaign, pauseCampaign, releaseMessages } from '../campaign-actions.queries';
import { ACTIONS, type CampaignStatus } from '../campaign-status';
import { reasonToPause } from './auto-pause';
import type { RunningCampaign } from './feeder.queries';
import { receptionOf, saveWinner, testOverSince, testResults } from './results.queries';
import { bestVariant } from './variants';

/** How a bulk send is received is looked at so often, in milliseconds. */
const LOOK_MS = 2_000;
/** A look counts all messages of the bulk send; with a million of them it rests for so many times as long as it took. */
const REST = 20;
const MOST_REMEMBERED = 10_000;

/** Looks at what comes back from a bulk send: stops it where too much is wrong, and chooses the winner of its test. */
@Injectable()
export class CampaignWatch {
  /** Monotonic times of the next look. */
  private readonly next = new Map<string, number>();

  constructor(private readonly db: TenantDb) {}

  /** Answers whether it was paused. */
  async look(tenantId: string, campaign: RunningCampaign): Promise<boolean> {
    const now = performance.now();
    if ((this.next.get(campaign.id) ?? 0) > now) return false;
    if (this.next.size >= MOST_REMEMBERED) this.next.clear();
    this.next.set(campaign.id, Infinity);
    return this.judge(tenantId, campaign).finally(() => {
      const tookMs = performance.now() - now;
      this.next.set(campaign.id, performance.now() + Math.max(LOOK_MS, tookMs * REST));
    });
  }

  private async judge(tenantId: string, campaign: RunningCampaign): Promise<boolean> {
    // What was laid down for a pause may have come back after the resume.
    await this.db.run(tenantId, (tx) => releaseMessages(tx, campaign.id));
    await this.chooseWinner(tenantId, campaign);
    const { autoPause } = campaign;
    if (!autoPause) return false;
    const reason = reasonToPause(autoPause, await this.db.run(tenantId, (tx) => receptionOf(tx, campaign.id)));
    if (reason) await this.pause(tenantId, campaign.id, reason);
    return reason !== undefined;
  }

  /** Stops a bulk send that runs, for a reason that its owner is told. One that was ended meanwhile stays as it is. */
  async pause(tenantId: string, id: string, reason: { code: string; detail: string }): Promise<void> {
    const paused = await this.db.run(tenantId, async (tx) => {
      const from: readonly (CampaignStatus | undefined)[] = ACTIONS.pause;
      if (!from.includes((await lockCampaign(tx, id))?.status)) return false;
      await pauseCampaign(tx, id, reason);
      return true;
    });
    if (paused) log.warn({ tenantId, campaignId: id, reason: reason.code }, 'a bulk send paused itself');
  }

  private async chooseWinner(tenantId: string, { id, abTest, winner, now }: RunningCampaign): Promise<void> {
    if (!abTest || winner !== null) return;
    await this.db.run(tenantId, async (tx) => {
      const since = await testOverSince(tx, id);
      if (!since || now.getTime() < since.getTime() + abTest.decideAfterMinutes * 60_000) return;
      await saveWinner(tx, id, bestVariant(await testResults(tx, id, abTest.metric)));
    });
  }
}

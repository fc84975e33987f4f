import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import { log } from '../../platform/log';
import { Loop } from '../../platform/work/loop';
import { WorkLoops } from '../../platform/work/work-loops';
import { Wake } from '../../platform/work/wake';
import { Audience } from './audience';
import { CampaignHolds } from './campaign-holds';
import { CampaignWatch } from './campaign-watch';
import { Feeder } from './feeder';
import { GRACE_SECONDS } from './recurrences';
import { findRunning, moveCampaign, type RunningCampaign } from './feeder.queries';

const IDLE_MS = 250;
/** Bulk sends that go on at the same moment in one process; each takes a connection while it does. */
const MOST_AT_ONCE = 4;
const RENEW_MS = 2_000;
/** Later than this after its time, a bulk send waits for a person to say that it is still wanted. */
const GRACE_MS = GRACE_SECONDS * 1000;

const MISSED = {
  code: 'missed',
  detail: 'Its time had passed by more than an hour when it could have started. Resume it if it is still wanted.',
};

interface Held {
  tenantId: string;
  id: string;
}

/** Takes every bulk send that is at work further, step by step, so that none waits for another to end. */
@Injectable()
export class CampaignRunner implements OnApplicationShutdown {
  /** Rung when a bulk send begins or goes on. */
  readonly wake = new Wake();
  private held: Held[] = [];
  private readonly busy = new Map<string, Promise<void>>();
  private renewAt = 0;

  constructor(
    private readonly db: TenantDb,
    private readonly holds: CampaignHolds,
    private readonly audience: Audience,
    private readonly feeder: Feeder,
    private readonly watch: CampaignWatch,
    loops: WorkLoops,
  ) {
    loops.add(new Loop('campaigns', () => this.step(), IDLE_MS, this.wake));
  }

  /** Looks for bulk sends at once. */
  start(): void {
    this.renewAt = 0;
    this.wake.now();
  }

  /** Each goes at its own pace: one whose audience takes a minute to be found keeps nobody waiting. */
  private async step(): Promise<number> {
    if (performance.now() >= this.renewAt) {
      this.renewAt = performance.now() + RENEW_MS;
      this.held = await this.holds.renew();
    }
    for (const each of this.held) {
      if (this.busy.size >= MOST_AT_ONCE) break;
      if (!this.busy.has(each.id)) this.busy.set(each.id, this.goOn(each));
    }
    return 0;
  }

  private async goOn(each: Held): Promise<void> {
    const done = await this.advance(each);
    this.busy.delete(each.id);
    // To the end of the row: with more of them than may go at once, each has its turn.
    this.held = [...this.held.filter(({ id }) => id !== each.id), ...this.held.filter(({ id }) => id === each.id)];
    if (done) this.wake.now();
  }

  /** What goes wrong with one keeps no other from going on. */
  private async advance({ tenantId, id }: Held): Promise<number> {
    try {
      const campaign = await this.db.run(tenantId, (tx) => findRunning(tx, id));
      if (!campaign) return 0;
      if (campaign.status === 'SCHEDULED') return await this.begin(tenantId, campaign);
      if (campaign.status === 'PREPARING') return await this.audience.prepare(tenantId, campaign);
      if (campaign.status !== 'RUNNING') return 0;
      // Those who are known already need not wait for the last of a million.
      const prepared = campaign.isPrepared ? 0 : await this.audience.prepare(tenantId, campaign);
      return prepared + (await this.feeder.feed(tenantId, campaign));
    } catch (error) {
      log.warn({ err: error, tenantId, campaignId: id }, 'a bulk send stumbled and is tried again');
      return 0;
    }
  }

  private async begin(tenantId: string, campaign: RunningCampaign): Promise<number> {
    const { id, isDue, now, scheduledAt } = campaign;
    if (!isDue) return 0;
    if (now.getTime() - (scheduledAt ?? now).getTime() > GRACE_MS) await this.watch.pause(tenantId, id, MISSED);
    else await this.db.run(tenantId, (tx) => moveCampaign(tx, id, 'SCHEDULED', 'PREPARING'));
    return 1;
  }

  /** Another worker goes on at once. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.busy.values());
    if (this.held.length) await this.holds.release();
  }
}

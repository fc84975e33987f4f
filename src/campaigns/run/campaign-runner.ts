import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { WorkerIdentity } from '../../messages/dispatch/worker-identity';
import { TenantDb } from '../../platform/db/tenant-db';
import { WorkerDb } from '../../platform/db/worker-db';
import { log } from '../../platform/log';
import { Loop } from '../../platform/work/loop';
import { WorkLoops } from '../../platform/work/work-loops';
import { Wake } from '../../platform/work/wake';
import { Audience } from './audience';
import { CampaignWatch } from './campaign-watch';
import { Feeder } from './feeder';
import { findRunning, holdCampaigns, moveCampaign, releaseCampaigns } from './feeder.queries';

const IDLE_MS = 250;
/** A worker that was not heard of for so long loses its bulk sends to another. */
const LEASE_SECONDS = 10;
const RENEW_MS = 2_000;
/** Later than this after its time, a bulk send waits for a person to say that it is still wanted. */
const GRACE_MS = 3_600_000;

const MISSED = {
  code: 'missed',
  detail: 'Its time had passed by more than an hour when it could have started. Resume it if it is still wanted.',
};

interface Held {
  tenantId: string;
  id: string;
}

/** Takes every bulk send that is at work one step further, in turns, so that none waits for another to end. */
@Injectable()
export class CampaignRunner implements OnApplicationShutdown {
  /** Rung when a bulk send begins or goes on. */
  readonly wake = new Wake();
  private held: Held[] = [];
  private renewAt = 0;

  constructor(
    private readonly db: TenantDb,
    private readonly workerDb: WorkerDb,
    private readonly worker: WorkerIdentity,
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

  private async step(): Promise<number> {
    if (performance.now() >= this.renewAt) {
      this.renewAt = performance.now() + RENEW_MS;
      this.held = await holdCampaigns(this.workerDb.sql, { id: this.worker.id, leaseSeconds: LEASE_SECONDS });
    }
    const done = await Promise.all(this.held.map((each) => this.advance(each)));
    return done.reduce((sum, each) => sum + each, 0);
  }

  /** What goes wrong with one keeps no other from going on. */
  private async advance({ tenantId, id }: Held): Promise<number> {
    try {
      const campaign = await this.db.run(tenantId, (tx) => findRunning(tx, id));
      if (campaign?.status === 'RUNNING') return await this.feeder.feed(tenantId, campaign);
      if (campaign?.status === 'PREPARING') return await this.audience.prepare(tenantId, campaign);
      if (campaign?.status !== 'SCHEDULED') return 0;
      const late = campaign.now.getTime() - (campaign.scheduledAt ?? campaign.now).getTime();
      if (late < 0) return 0;
      if (late > GRACE_MS) await this.watch.pause(tenantId, id, MISSED);
      else await this.db.run(tenantId, (tx) => moveCampaign(tx, id, 'SCHEDULED', { status: 'PREPARING' }));
      return 1;
    } catch (error) {
      log.warn({ err: error, tenantId, campaignId: id }, 'a bulk send stumbled and is tried again');
      return 0;
    }
  }

  /** Another worker goes on at once. */
  async onApplicationShutdown(): Promise<void> {
    if (this.held.length) await releaseCampaigns(this.workerDb.sql, this.worker.id);
  }
}

import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import { setTurns } from './audience.queries';
import { moveCampaign, type RunningCampaign } from './feeder.queries';

/** Recipients that are prepared in one commit. */
const CHUNK = 5_000;

/** From DRAFT to RUNNING: decides whose turn is when, a chunk at a time, each with the place where the next goes on. */
@Injectable()
export class Audience {
  constructor(private readonly db: TenantDb) {}

  /** Answers how much it did; the last chunk starts the bulk send. */
  prepare(tenantId: string, campaign: RunningCampaign): Promise<number> {
    return this.db.run(tenantId, async (tx) => {
      const isTurned = !needsTurns(campaign) || (await setTurns(tx, campaign, CHUNK)) < CHUNK;
      if (isTurned) await moveCampaign(tx, campaign.id, 'PREPARING', { status: 'RUNNING' });
      return 1;
    });
  }
}

function needsTurns({ abTest, domainRates }: RunningCampaign): boolean {
  return abTest !== null || domainRates.length > 0;
}

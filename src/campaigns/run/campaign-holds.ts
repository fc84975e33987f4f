import { Injectable } from '@nestjs/common';
import { WorkerIdentity } from '../../messages/dispatch/worker-identity';
import { WorkerDb } from '../../platform/db/worker-db';
import { holdCampaigns, releaseCampaigns } from './feeder.queries';

/** A worker that was not heard of for so long loses its bulk sends to another. */
const LEASE_SECONDS = 10;

/** Which bulk sends this worker looks after. */
@Injectable()
export class CampaignHolds {
  constructor(
    private readonly db: WorkerDb,
    private readonly worker: WorkerIdentity,
  ) {}

  /** Keeps those that it has, and takes what is due and nobody's. */
  renew(): Promise<{ tenantId: string; id: string }[]> {
    return holdCampaigns(this.db.sql, { id: this.worker.id, leaseSeconds: LEASE_SECONDS });
  }

  /** Another worker goes on at once. */
  release(): Promise<void> {
    return releaseCampaigns(this.db.sql, this.worker.id);
  }
}

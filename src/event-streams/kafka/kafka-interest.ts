import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../config';
import { setInterest } from '../../events/event-interest.queries';
import { OWN_EVENT_TYPES } from '../../events/event-types';
import { TenantDb } from '../../platform/db/tenant-db';
import { WorkerDb } from '../../platform/db/worker-db';
import { Loop } from '../../platform/work/loop';
import { WorkLoops } from '../../platform/work/work-loops';
import { tenantsWithInterest, tenantsWithoutInterest } from './kafka.queries';

const CONSUMER = 'kafka';
const LOOK_MS = 2_000;

/** While Kafka is on, Carillon tells everything of every tenant: of those that are there at the start, and of new ones soon. */
@Injectable()
export class KafkaInterest implements OnApplicationBootstrap {
  private readonly isOn: boolean;

  constructor(
    private readonly db: TenantDb,
    private readonly worker: WorkerDb,
    private readonly config: Config,
    loops: WorkLoops,
  ) {
    this.isOn = config.KAFKA_BROKERS !== undefined;
    if (this.isOn) loops.add(new Loop('kafka interest', () => this.wantEverything(), LOOK_MS));
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.isOn) await this.wantEverything();
    else if (this.config.ROLE !== 'api') await this.wantNothing();
  }

  private async wantEverything(): Promise<number> {
    const tenants = await tenantsWithoutInterest(this.worker.sql, CONSUMER, OWN_EVENT_TYPES);
    for (const { tenantId } of tenants) await this.db.run(tenantId, (tx) => setInterest(tx, CONSUMER, OWN_EVENT_TYPES));
    return tenants.length;
  }

  /** What nobody publishes need not be told. */
  private async wantNothing(): Promise<void> {
    for (const { tenantId } of await tenantsWithInterest(this.worker.sql, CONSUMER))
      await this.db.run(tenantId, (tx) => setInterest(tx, CONSUMER, []));
  }
}

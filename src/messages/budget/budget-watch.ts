import { Injectable } from '@nestjs/common';
import { audit } from '../../permissions/audit';
import { TenantDb } from '../../platform/db/tenant-db';
import { WorkerDb } from '../../platform/db/worker-db';
import type { Caller } from '../../platform/http/caller';
import { log } from '../../platform/log';
import { budgetAlerts, budgetHolds } from '../../platform/metrics';
import { countHolds, foldSpend, storeAlerts, tenantsToAlert } from './budget.queries';

/** Looks after what tenants spend: alerts for thresholds that were reached, and a short list of entries. */
@Injectable()
export class BudgetWatch {
  constructor(
    private readonly worker: WorkerDb,
    private readonly db: TenantDb,
  ) {}

  /** Answers how many alerts there were. */
  async look(): Promise<number> {
    await foldSpend(this.worker.sql);
    let alerts = 0;
    for (const tenantId of await tenantsToAlert(this.worker.sql)) alerts += await this.alert(tenantId);
    budgetHolds.set(await countHolds(this.worker.sql));
    return alerts;
  }

  private async alert(tenantId: string): Promise<number> {
    const alerts = await this.db.run(tenantId, async (tx) => {
      const stored = await storeAlerts(tx);
      for (const alert of stored)
        await audit(tx, workerOf(tenantId), 'budget.threshold_reached', 'tenant', tenantId, { ...alert });
      return stored;
    });
    for (const { threshold, month } of alerts) {
      budgetAlerts.inc({ limit: String(threshold >= 100) });
      log.warn({ tenantId, threshold, month }, 'a threshold of the budget was reached');
    }
    return alerts.length;
  }
}

/** Nobody asked for it: the audit log names the worker. */
function workerOf(tenantId: string): Caller {
  return { tenantId, keyId: 'worker', userId: null, scopes: [], channelTypes: null };
}

import { Injectable } from '@nestjs/common';
import { WorkerDb } from '../../platform/db/worker-db';
import { forgetOldKeys } from '../../platform/http/idempotency.queries';
import { FileUpkeep } from '../attachments/file-upkeep';
import { BudgetWatch } from '../budget/budget-watch';
import { forgetParked } from '../events/parked-events.queries';

/** What is done now and then, by any worker. */
@Injectable()
export class Upkeep {
  constructor(
    private readonly db: WorkerDb,
    readonly files: FileUpkeep,
    readonly budgets: BudgetWatch,
  ) {}

  /**
   * Drops what is kept for a limited time only: idempotency keys after 48 hours, parked events after seven days, what frequency
   * caps count after 31, a day more than the longest of them. */
  async prune(): Promise<void> {
    await forgetOldKeys(this.db.sql);
    await forgetParked(this.db.sql);
    await this.db.sql.query(`DELETE FROM contact_send WHERE at < now() - interval '31 days'`);
  }
}

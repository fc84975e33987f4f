import { Injectable } from '@nestjs/common';
import { WorkerDb } from '../../platform/db/worker-db';
import { forgetOldKeys } from '../../platform/http/idempotency.queries';
import { queueAge, queueDepth } from '../../platform/metrics';
import { FileUpkeep } from '../attachments/file-upkeep';
import { BudgetWatch } from '../budget/budget-watch';
import { forgetParked } from '../events/parked-events.queries';
import { LANE_NAMES } from './retry-policy';

/** What is done now and then, by any worker. */
@Injectable()
export class Upkeep {
  constructor(
    private readonly db: WorkerDb,
    readonly files: FileUpkeep,
    readonly budgets: BudgetWatch,
  ) {}

  /** How much waits, for Prometheus. Not asked for by a scrape: a count reads the whole queue. */
  async refreshFigures(): Promise<void> {
    const rows = await this.db.sql.query<{ lane: string; depth: number; age: number }>(
      `SELECT lane, count(*)::int AS depth, extract(epoch FROM now() - min(due_at))::float8 AS age
       FROM communication_message WHERE status IN ('QUEUED', 'SCHEDULED') AND due_at <= now() GROUP BY lane`,
    );
    for (const lane of LANE_NAMES) {
      const figures = rows.find((row) => row.lane === lane);
      queueDepth.set({ lane }, figures?.depth ?? 0);
      queueAge.set({ lane }, figures?.age ?? 0);
    }
  }

  /**
   * Drops what is kept for a limited time only: idempotency keys after 48 hours, parked events after seven days, what frequency
   * caps count after 31, a day more than the longest of them. */
  async prune(): Promise<void> {
    await forgetOldKeys(this.db.sql);
    await forgetParked(this.db.sql);
    await this.db.sql.query(`DELETE FROM contact_send WHERE at < now() - interval '31 days'`);
  }
}

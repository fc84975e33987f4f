import { Injectable } from '@nestjs/common';
import { WorkerDb } from '../../platform/db/worker-db';
import { queueAge, queueDepth } from '../../platform/metrics';
import { LANE_NAMES } from './retry-policy';

/** How much waits, for Prometheus. Asked for now and then by the worker, never by a scrape: a count reads the whole queue. */
@Injectable()
export class QueueFigures {
  constructor(private readonly db: WorkerDb) {}

  async refresh(): Promise<void> {
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
}

import { Injectable } from '@nestjs/common';
import { LANE_NAMES } from '../messages/dispatch/retry-policy';
import { WorkerDb } from '../platform/db/worker-db';
import {
  campaignsAtWork,
  channelBreakers,
  eventsAtWork,
  monthCost,
  queueAge,
  queueDepth,
  webhookAge,
  webhookBacklog,
} from '../platform/metrics';
import { Loop } from '../platform/work/loop';
import { WorkLoops } from '../platform/work/work-loops';
import { countBreakers, countCalls, countCampaigns, countEvents, countQueues, sumMonth } from './figures.queries';

const EVERY_MS = 15_000;

/**
 * How things stand in the database, for Prometheus: the same from every worker. Not asked for by a scrape, which anybody may do
 * as often as they like: a count reads the whole queue.
 */
@Injectable()
export class Figures {
  constructor(
    private readonly db: WorkerDb,
    loops: WorkLoops,
  ) {
    loops.add(new Loop('figures', () => this.refresh().then(() => 0), EVERY_MS));
  }

  async refresh(): Promise<void> {
    await this.queues();
    await this.calls();
    await this.breakers();
    await this.campaigns();
    await this.costs();
    await this.events();
  }

  private async queues(): Promise<void> {
    const rows = await countQueues(this.db.sql);
    for (const lane of LANE_NAMES) {
      const waiting = rows.find((row) => row.lane === lane);
      queueDepth.set({ lane }, waiting?.count ?? 0);
      queueAge.set({ lane }, waiting?.seconds ?? 0);
    }
  }

  private async calls(): Promise<void> {
    const { count, seconds } = await countCalls(this.db.sql);
    webhookBacklog.set(count);
    webhookAge.set(seconds ?? 0);
  }

  private async breakers(): Promise<void> {
    const rows = await countBreakers(this.db.sql);
    channelBreakers.reset(); // a state in which no channel is any more
    for (const { provider, channelType, state, count } of rows)
      channelBreakers.set({ provider, channel_type: channelType, state }, count);
  }

  private async campaigns(): Promise<void> {
    const rows = await countCampaigns(this.db.sql);
    for (const status of ['SCHEDULED', 'PREPARING', 'RUNNING', 'PAUSED'])
      campaignsAtWork.set({ status }, rows.find((row) => row.status === status)?.count ?? 0);
  }

  private async events(): Promise<void> {
    const rows = await countEvents(this.db.sql);
    for (const status of ['PENDING', 'FAILED'])
      eventsAtWork.set({ status }, rows.find((row) => row.status === status)?.count ?? 0);
  }

  private async costs(): Promise<void> {
    const rows = await sumMonth(this.db.sql);
    monthCost.reset(); // a new month
    for (const { currency, amount } of rows)
      monthCost.inc({ currency: /^[A-Z]{3}$/.test(currency) ? currency : 'other' }, amount);
  }
}

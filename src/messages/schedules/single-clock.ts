import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkerDb } from '../../platform/db/worker-db';
import { Clock, reportOccurrence, type DueThing, type TimedThings } from '../../platform/time/clock';
import { nextOccurrences } from '../../platform/time/occurrences';
import { instantOf } from '../../platform/time/wall-clock';
import { Dispatcher } from '../dispatch/dispatcher';
import { listWallClockSchedules, moveWithZone, releaseDueMessages, type WallClockSchedule } from './single.queries';

const MOST_AT_ONCE = 1000;
const PAGE = 500;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Hands messages that were sent with scheduledAt to the queue when their time has come. */
@Injectable()
export class ScheduledMessagesClock implements TimedThings, OnModuleInit {
  readonly kind = 'scheduled messages';

  constructor(
    private readonly clock: Clock,
    private readonly worker: WorkerDb,
    private readonly dispatcher: Dispatcher,
  ) {}

  onModuleInit(): void {
    this.clock.register(this);
  }

  async runDue(): Promise<number> {
    const { done, seen } = await releaseDueMessages(this.worker.sql, MOST_AT_ONCE);
    for (const { outcome, ...thing } of done) reportOccurrence(this.kind, thing, outcome);
    if (done.length) this.dispatcher.wake.now();
    return seen;
  }

  /** Of schedules that recur as well. */
  async followZones(): Promise<number> {
    let moved = 0;
    let after: DueThing = { tenantId: NOBODY, id: NOBODY };
    for (;;) {
      const page = await listWallClockSchedules(this.worker.sql, after, PAGE);
      for (const schedule of page) if (await this.followZone(schedule)) moved++;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return moved;
      after = last;
    }
  }

  private async followZone(schedule: WallClockSchedule): Promise<boolean> {
    const { localAt, timezone, recurrence, nextAt, now } = schedule;
    const expected =
      recurrence === null
        ? instantOf(localAt, timezone)
        : nextOccurrences({ start: localAt, timezone, recurrence }, now, 1)[0];
    if (!expected || expected.getTime() === nextAt.getTime()) return false;
    return moveWithZone(this.worker.sql, schedule, expected);
  }
}

import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Cursors } from '../../platform/http/cursors';
import type { Page } from '../../platform/http/page';
import { Problem } from '../../platform/http/problem';
import type { ConflictCode } from '../../platform/http/problem.catalogue';
import { withoutNulls } from '../accept/without-nulls';
import { cancelMessage, noteAction } from '../reading/message-actions.queries';
import { firstTime } from './recurring-messages.service';
import { ScheduleChange } from './schedule-change';
import type {
  OccurrenceQuery,
  OccurrenceView,
  ScheduledMessageDetail,
  ScheduledMessageQuery,
  ScheduledMessageResponse,
  UpdateScheduledMessageDto,
} from './scheduled-message.dto';
import {
  cancelSchedule,
  findSchedule,
  holdSchedule,
  listOccurrences,
  listSchedules,
  setPaused,
  type ScheduleRow,
} from './scheduled-message.queries';
import { occurrenceView, scheduleDetail, scheduleView } from './scheduled-message.view';

/** Messages that wait for their time, once or again and again. They are made by sending a message with scheduledAt. */
@Injectable()
export class ScheduledMessagesService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly change: ScheduleChange,
  ) {}

  /** Newest first. Throws Problem 400 for a cursor of another list. */
  async list({ tenantId }: Caller, query: ScheduledMessageQuery): Promise<Page<ScheduledMessageResponse>> {
    const list = { tenantId, route: 'GET /scheduled-messages', query };
    const after = this.cursors.after(list);
    const rows = await this.db.run(tenantId, (tx) => listSchedules(tx, query, after));
    return this.cursors.page(list, rows.map(scheduleView));
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<ScheduledMessageDetail> {
    return this.db.run(tenantId, (tx) => read(tx, id));
  }

  /** What became of its times, latest first. Throws Problem 404, and 400 for a cursor of another list. */
  async occurrences({ tenantId }: Caller, id: string, query: OccurrenceQuery): Promise<Page<OccurrenceView>> {
    const list = { tenantId, route: `GET /scheduled-messages/${id}/occurrences`, query };
    const before = this.cursors.after(list);
    const rows = await this.db.run(tenantId, async (tx) => {
      await read(tx, id);
      return listOccurrences(tx, { id, limit: query.limit }, before);
    });
    return this.cursors.pageBy(list, rows.map(occurrenceView), ({ occurrenceAt }) => occurrenceAt);
  }

  /** Gives it another time or other words. Throws Problem 404, 409 once its time has come, 422 for what it cannot have. */
  async update(caller: Caller, id: string, input: UpdateScheduledMessageDto): Promise<ScheduledMessageDetail> {
    return this.db.run(caller.tenantId, async (tx) => {
      const waiting = await hold(tx, id, 'conflict');
      await this.change.apply(tx, caller, waiting, withoutNulls(input));
      await note(tx, waiting, 'RESCHEDULED');
      return read(tx, id);
    });
  }

  /** Nothing is sent until it is resumed. Throws Problem 404, 409 where it waits no longer. */
  pause({ tenantId }: Caller, id: string): Promise<ScheduledMessageDetail> {
    return this.db.run(tenantId, async (tx) => {
      const waiting = await hold(tx, id, 'conflict');
      if (waiting.nextAt && waiting.status === 'ACTIVE') {
        await setPaused(tx, id, true, waiting.nextAt);
        await note(tx, waiting, 'PAUSED');
      }
      return read(tx, id);
    });
  }

  /**
   * Goes on; a recurring one with its next time that is still ahead. Throws Problem 404, 409 where it is not paused any more, or
   * where the time of a message that goes once is over.
   */
  resume({ tenantId }: Caller, id: string): Promise<ScheduledMessageDetail> {
    return this.db.run(tenantId, async (tx) => {
      const waiting = await hold(tx, id, 'conflict');
      if (waiting.status === 'PAUSED') {
        await setPaused(tx, id, false, await resumedAt(tx, waiting));
        await note(tx, waiting, 'RESUMED');
      }
      return read(tx, id);
    });
  }

  /** Calls message and schedule off. Throws Problem 404, 409 once its time has come. */
  cancel({ tenantId }: Caller, id: string): Promise<void> {
    return this.db.run(tenantId, async (tx) => {
      const waiting = await hold(tx, id, 'message_not_cancellable');
      if (waiting.messageId === null) return cancelSchedule(tx, id);
      await cancelMessage(tx, waiting.messageId);
      await note(tx, waiting, 'CANCELLED');
    });
  }
}

/** The schedule, held while it still waits for its time. */
async function hold(tx: Tx, id: string, refusal: ConflictCode): Promise<ScheduleRow> {
  const schedule = await holdSchedule(tx, id);
  if (!schedule) throw Problem.notFound('scheduled message');
  if (schedule.status === 'ACTIVE' || schedule.status === 'PAUSED') return schedule;
  const { messageStatus, status } = schedule;
  const detail =
    messageStatus === null
      ? `The schedule is ${status} and has no time left.`
      : `The message is ${messageStatus} and waits for its time no longer.`;
  throw Problem.conflict(refusal, detail);
}

async function resumedAt(tx: Tx, schedule: ScheduleRow): Promise<Date> {
  const { localAt, timezone, recurrence, nextAt, now, graceSeconds } = schedule;
  if (recurrence !== null && localAt !== null) return firstTime(tx, { localAt, timezone, recurrence });
  if (!nextAt || now.getTime() - nextAt.getTime() > graceSeconds * 1000)
    throw Problem.conflict('conflict', 'Its time is over. Give it another time first (scheduledAt), then resume it.');
  return nextAt;
}

async function read(tx: Tx, id: string): Promise<ScheduledMessageDetail> {
  const schedule = await findSchedule(tx, id);
  if (!schedule) throw Problem.notFound('scheduled message');
  return scheduleDetail(schedule);
}

/** On the timeline of the message, where there is one already. */
async function note(tx: Tx, { messageId, channelId }: ScheduleRow, type: string): Promise<void> {
  if (messageId !== null && channelId !== null) await noteAction(tx, [{ id: messageId, channelId }], type);
}

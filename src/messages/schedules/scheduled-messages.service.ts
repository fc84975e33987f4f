import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Cursors } from '../../platform/http/cursors';
import type { Page } from '../../platform/http/page';
import { Problem } from '../../platform/http/problem';
import type { ConflictCode } from '../../platform/http/problem.catalogue';
import { cancelMessage, noteAction } from '../reading/message-actions.queries';
import type {
  ScheduledMessageQuery,
  ScheduledMessageResponse,
  UpdateScheduledMessageDto,
} from './scheduled-message.dto';
import { findSchedule, holdSchedule, listSchedules, moveSchedule, type ScheduleRow } from './scheduled-message.queries';
import { checkTiming } from '../accept/timing';

/** Messages that wait for their time. They are made by sending a message with scheduledAt. */
@Injectable()
export class ScheduledMessagesService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
  ) {}

  /** Newest first. Throws Problem 400 for a cursor of another list. */
  async list({ tenantId }: Caller, query: ScheduledMessageQuery): Promise<Page<ScheduledMessageResponse>> {
    const list = { tenantId, route: 'GET /scheduled-messages', query };
    const after = this.cursors.after(list);
    const rows = await this.db.run(tenantId, (tx) => listSchedules(tx, query, after));
    return this.cursors.page(list, rows.map(scheduleView));
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<ScheduledMessageResponse> {
    return this.db.run(tenantId, (tx) => read(tx, id));
  }

  /** Gives it another time. Throws Problem 404, 409 once its time has come, 422 for a time that it cannot have. */
  async move({ tenantId }: Caller, id: string, input: UpdateScheduledMessageDto): Promise<ScheduledMessageResponse> {
    checkTiming({ scheduledAt: input.scheduledAt });
    return this.db.run(tenantId, async (tx) => {
      const waiting = await hold(tx, id, 'conflict');
      if (waiting.expiresAt && new Date(input.scheduledAt) >= waiting.expiresAt)
        throw Problem.invalidField('/scheduledAt', 'must be earlier than the time at which the message expires');
      await moveSchedule(tx, id, input.scheduledAt);
      await noteAction(tx, [messageOf(waiting)], 'RESCHEDULED');
      return read(tx, id);
    });
  }

  /** Calls message and schedule off. Throws Problem 404, 409 once its time has come. */
  cancel({ tenantId }: Caller, id: string): Promise<void> {
    return this.db.run(tenantId, async (tx) => {
      const waiting = await hold(tx, id, 'message_not_cancellable');
      await cancelMessage(tx, waiting.messageId);
      await noteAction(tx, [messageOf(waiting)], 'CANCELLED');
    });
  }
}

/** The schedule with its message held, while it still waits for its time. */
async function hold(tx: Tx, id: string, refusal: ConflictCode): Promise<ScheduleRow> {
  const schedule = await holdSchedule(tx, id);
  if (!schedule) throw Problem.notFound('scheduled message');
  if (schedule.messageStatus === 'SCHEDULED') return schedule;
  const detail = `The message is ${schedule.messageStatus} and waits for its time no longer.`;
  throw Problem.conflict(refusal, detail);
}

async function read(tx: Tx, id: string): Promise<ScheduledMessageResponse> {
  const schedule = await findSchedule(tx, id);
  if (!schedule) throw Problem.notFound('scheduled message');
  return scheduleView(schedule);
}

function messageOf({ messageId, channelId }: ScheduleRow): { id: string; channelId: string } {
  return { id: messageId, channelId };
}

function scheduleView(row: ScheduleRow): ScheduledMessageResponse {
  const { id, messageId, status, messageStatus, channelId, channelType, to, messageType, clientReference } = row;
  return {
    id,
    messageId,
    status,
    messageStatus,
    scheduledAt: row.scheduledAt.toISOString(),
    channelId,
    channelType,
    to,
    messageType,
    clientReference,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

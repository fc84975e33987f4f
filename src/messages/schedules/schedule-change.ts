import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { isRfc3339 } from '../../platform/http/time-fields';
import { recurrenceFault } from '../../platform/time/recurrence-rule';
import type { MessageBodyDto } from '../accept/message.dto';
import { MessagePreparation } from '../accept/preparation';
import { checkTiming, type GivenTime } from '../accept/timing';
import { firstTime } from './recurring-messages.service';
import type { UpdateScheduledMessageDto } from './scheduled-message.dto';
import {
  annotateMessage,
  moveSchedule,
  rewriteMessage,
  type NewTime,
  type ScheduleRow,
} from './scheduled-message.queries';
import { storeRequest } from './recurring.queries';
import { requestNow, withWords } from './stored-request';

/** Changes of a schedule that is held and waits. */
@Injectable()
export class ScheduleChange {
  constructor(private readonly preparation: MessagePreparation) {}

  /** Throws Problem 422 for a time or words that it cannot have; nothing is changed then. */
  async apply(tx: Tx, caller: Caller, schedule: ScheduleRow, input: UpdateScheduledMessageDto): Promise<void> {
    const { scheduledAt, timezone, recurrence, graceSeconds, ...words } = input;
    const isTimed = [scheduledAt, timezone, recurrence, graceSeconds].some((field) => field !== undefined);
    if (isTimed) {
      const time = schedule.recurrence === null ? newTime(schedule, input) : await newRule(tx, schedule, input);
      await moveSchedule(tx, schedule.id, time);
    }
    if (!Object.keys(words).length) return;
    if (schedule.messageId === null) await this.rewriteRequest(tx, caller, schedule, words);
    else await this.rewriteMessage(tx, caller, { ...schedule, messageId: schedule.messageId }, words);
  }

  /** For the times to come. */
  private async rewriteRequest(tx: Tx, caller: Caller, schedule: ScheduleRow, words: MessageBodyDto): Promise<void> {
    const request = withWords(schedule.request, words);
    await this.preparation.prepare(caller, requestNow(request, schedule), { isTrial: true });
    await storeRequest(tx, schedule.id, request);
  }

  /** What it says was made when it was accepted, so new words have to be whole. */
  private async rewriteMessage(
    tx: Tx,
    caller: Caller,
    { messageId, channelId, to }: ScheduleRow & { messageId: string },
    { metadata, clientReference, ...words }: MessageBodyDto,
  ): Promise<void> {
    if (Object.keys(words).length) {
      const input = { ...words, ...(channelId !== null && { channelId }), ...(to !== null && { to }) };
      const { row } = await this.preparation.prepare(caller, input, { id: messageId, isTrial: true });
      await rewriteMessage(tx, messageId, row);
    }
    await annotateMessage(tx, messageId, { metadata, clientReference });
  }
}

/** The new time of a message that goes once. */
function newTime(schedule: ScheduleRow, input: UpdateScheduledMessageDto): NewTime {
  if (input.recurrence !== undefined)
    throw Problem.invalidField('/recurrence', 'cannot be given to a message that goes once; send a new one');
  const graceSeconds = input.graceSeconds ?? schedule.graceSeconds;
  if (input.scheduledAt === undefined && input.timezone === undefined)
    return { ...unchanged(schedule), nextAt: (schedule.nextAt ?? schedule.scheduledAt).toISOString(), graceSeconds };
  const { scheduledAt, localAt, timezone } = checkTiming(timeOf(schedule, input));
  if (scheduledAt === null) throw Problem.invalidField('/timezone', 'goes only with a local time');
  if (schedule.expiresAt && new Date(scheduledAt) >= schedule.expiresAt)
    throw Problem.invalidField('/scheduledAt', 'must be earlier than the time at which the message expires');
  // A time that is just over means now: its grace begins now.
  const nextAt = new Date(Math.max(Date.parse(scheduledAt), schedule.now.getTime())).toISOString();
  return { scheduledAt, localAt, timezone, nextAt, recurrence: null, graceSeconds };
}

/** A new start, rule or zone; what is not given stays. The next time is the first that is still ahead. */
async function newRule(tx: Tx, schedule: ScheduleRow, input: UpdateScheduledMessageDto): Promise<NewTime> {
  const recurrence = input.recurrence ?? schedule.recurrence ?? '';
  const fault = recurrenceFault(recurrence);
  if (fault) throw Problem.invalidField('/recurrence', fault);
  const timezone = input.timezone ?? schedule.timezone;
  const given =
    input.scheduledAt === undefined ? undefined : checkTiming({ scheduledAt: input.scheduledAt, timezone, recurrence });
  const localAt = given?.localAt ?? schedule.localAt ?? '';
  const nextAt = (await firstTime(tx, { localAt, timezone, recurrence })).toISOString();
  const scheduledAt = given?.scheduledAt ?? schedule.scheduledAt.toISOString();
  return {
    scheduledAt,
    localAt,
    timezone,
    nextAt,
    recurrence,
    graceSeconds: input.graceSeconds ?? schedule.graceSeconds,
  };
}

/** A local time keeps its zone, and a zone its local time, when only the other is given. */
function timeOf({ localAt, timezone }: ScheduleRow, input: UpdateScheduledMessageDto): GivenTime {
  const { scheduledAt } = input;
  if (scheduledAt === undefined) {
    if (localAt === null)
      throw Problem.invalidField('/timezone', 'goes only with a local time; the message has an instant');
    return { scheduledAt: localAt, timezone: input.timezone };
  }
  const kept = localAt !== null && !isRfc3339(scheduledAt) ? timezone : undefined;
  return { scheduledAt, timezone: input.timezone ?? kept };
}

function unchanged({ scheduledAt, localAt, timezone }: ScheduleRow): Omit<NewTime, 'nextAt' | 'graceSeconds'> {
  return { scheduledAt: scheduledAt.toISOString(), localAt, timezone, recurrence: null };
}

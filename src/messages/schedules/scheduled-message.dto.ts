import { IsIn, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { IsIanaZone, IsInstantOrLocalTime } from '../../platform/http/fields';
import { IfGiven } from '../../platform/http/if-given';
import { PageInfo } from '../../platform/http/page-info.dto';
import { PageQuery } from '../../platform/http/page';
import { LONGEST_GRACE_SECONDS, MessageBodyDto } from '../accept/message.dto';

export const SCHEDULE_STATUSES = ['ACTIVE', 'PAUSED', 'COMPLETED', 'CANCELLED', 'MISSED'] as const;
export type ScheduleStatus = (typeof SCHEDULE_STATUSES)[number];

export class ScheduledMessageQuery extends PageQuery {
  /** Only schedules in this status. */
  @IfGiven()
  @IsIn(SCHEDULE_STATUSES)
  status?: ScheduleStatus;
}

export class OccurrenceQuery extends PageQuery {}

/**
 * What is to change; the rest stays. Words take the place of those that were given before: content that of a template, and the
 * other way round.
 */
export class UpdateScheduledMessageDto extends MessageBodyDto {
  /** The new time, or the new start of a recurrence; at most two years ahead and before the message expires; up to an hour ago means now. */
  @IfGiven()
  @IsInstantOrLocalTime()
  scheduledAt?: string;

  /** Another time zone; the wall clock time stays. */
  @IfGiven()
  @IsIanaZone()
  timezone?: string;

  /** Another rule. A message that goes once cannot get one. */
  @IfGiven()
  @IsString()
  @MaxLength(300)
  recurrence?: string;

  /** How late, in seconds, it may still go. */
  @IfGiven()
  @IsInt()
  @Min(60)
  @Max(LONGEST_GRACE_SECONDS)
  graceSeconds?: number;
}

export class OccurrenceReason {
  /** Stable code. */
  code: string;
  /** In words. */
  detail: string | null;
}

export class OccurrenceView {
  /** When it was due. */
  occurrenceAt: string;
  /** FIRED: a message was made. MISSED: it was too late for it. FAILED: the message could not be made. */
  outcome: string;
  /** Times that a MISSED one stands for, counted up to 1000. */
  times: number;
  reason: OccurrenceReason | null;
  messageId: string | null;
  /** When that happened. */
  at: string;
}

export class OccurrencePage {
  data: OccurrenceView[];
  page: PageInfo;
}

export class ScheduledMessageResponse {
  /** Of a message that goes once, the same as the id of the message. */
  id: string;
  /** Null for one that recurs: each of its occurrences names its message. */
  messageId: string | null;
  /** ACTIVE: waits for its time. PAUSED. COMPLETED: handed to the queue, or no time is left. CANCELLED. MISSED: it was too late, or expired. */
  status: string;
  /** Status of the message itself. */
  messageStatus: string | null;
  /** The time that was asked for; the start of a recurrence. */
  scheduledAt: string;
  /** The same by the wall clock of `timezone`, where it was asked for like that. */
  localTime: string | null;
  timezone: string | null;
  recurrence: string | null;
  graceSeconds: number;
  nextAt: string | null;
  /** What became of its last time. */
  lastOccurrence: OccurrenceView | null;
  channelId: string | null;
  channelType: string;
  to: string | null;
  contactId: string | null;
  messageType: string | null;
  clientReference: string | null;
  createdAt: string;
  updatedAt: string;
}

export class ScheduledMessageDetail extends ScheduledMessageResponse {
  /** The next times, at most five. */
  nextOccurrences: string[];
  /** What a recurring one makes its messages of. */
  request: Record<string, unknown> | null;
}

export class ScheduledMessagePage {
  data: ScheduledMessageResponse[];
  page: PageInfo;
}

import { IsIn, IsOptional } from 'class-validator';
import { IsRfc3339 } from '../../platform/http/fields';
import { PageInfo } from '../../platform/http/page-info.dto';
import { PageQuery } from '../../platform/http/page';

export const SCHEDULE_STATUSES = ['ACTIVE', 'COMPLETED', 'CANCELLED', 'MISSED'] as const;
export type ScheduleStatus = (typeof SCHEDULE_STATUSES)[number];

export class ScheduledMessageQuery extends PageQuery {
  /** Only schedules in this status. */
  @IsOptional()
  @IsIn(SCHEDULE_STATUSES)
  status?: ScheduleStatus;
}

export class UpdateScheduledMessageDto {
  /** The new time, at most two years ahead and before the message expires; up to an hour ago means now. */
  @IsRfc3339()
  scheduledAt: string;
}

export class ScheduledMessageResponse {
  /** The same as the id of its message. */
  id: string;
  messageId: string;
  /** ACTIVE: waits for its time. COMPLETED: handed to the queue. CANCELLED. MISSED: expired before it was sent. */
  status: string;
  /** Status of the message itself. */
  messageStatus: string;
  scheduledAt: string;
  channelId: string;
  channelType: string;
  to: string;
  messageType: string;
  clientReference: string | null;
  createdAt: string;
  updatedAt: string;
}

export class ScheduledMessagePage {
  data: ScheduledMessageResponse[];
  page: PageInfo;
}

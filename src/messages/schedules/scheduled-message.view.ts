import { nextOccurrences } from '../../platform/time/occurrences';
import type { OccurrenceView, ScheduledMessageDetail, ScheduledMessageResponse } from './scheduled-message.dto';
import type { OccurrenceRow, ScheduleRow } from './scheduled-message.queries';

const SHOWN_AHEAD = 5;

export function scheduleView(row: ScheduleRow): ScheduledMessageResponse {
  const { id, messageId, status, messageStatus, channelId, channelType, to, contactId, messageType, clientReference } =
    row;
  const { localAt, recurrence, graceSeconds, last } = row;
  return {
    ...{ id, messageId, status, messageStatus },
    scheduledAt: row.scheduledAt.toISOString(),
    ...{ localTime: localAt, timezone: localAt === null ? null : row.timezone, recurrence, graceSeconds },
    nextAt: waits(row) ? (row.nextAt?.toISOString() ?? null) : null,
    lastOccurrence:
      last && occurrenceView({ ...last, occurrenceAt: new Date(last.occurrenceAt), at: new Date(last.at) }),
    ...{ channelId, channelType, to, contactId, messageType, clientReference },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** With what is ahead, and with what a recurring one will say. */
export function scheduleDetail(row: ScheduleRow): ScheduledMessageDetail {
  return {
    ...scheduleView(row),
    nextOccurrences: ahead(row).map((at) => at.toISOString()),
    request: row.recurrence === null ? null : { ...row.request },
  };
}

export function occurrenceView(row: OccurrenceRow): OccurrenceView {
  const { outcome, times, reasonCode, reasonDetail, messageId } = row;
  return {
    occurrenceAt: row.occurrenceAt.toISOString(),
    ...{ outcome, times },
    reason: reasonCode === null ? null : { code: reasonCode, detail: reasonDetail },
    messageId,
    at: row.at.toISOString(),
  };
}

function waits({ status }: ScheduleRow): boolean {
  return status === 'ACTIVE' || status === 'PAUSED';
}

function ahead(row: ScheduleRow): Date[] {
  const { localAt, timezone, recurrence, nextAt } = row;
  if (!nextAt || !waits(row)) return [];
  if (recurrence === null || localAt === null) return [nextAt];
  const later = nextOccurrences({ start: localAt, timezone, recurrence }, nextAt, SHOWN_AHEAD - 1);
  return [nextAt, ...later];
}

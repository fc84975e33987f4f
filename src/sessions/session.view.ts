import { referencesView } from '../contacts/external-references';
import type { CommunicationSession } from './communication-session.entity';
import type { SessionResponse } from './session.dto';

/** A conversation as the API shows it: named fields only. */
export function sessionView(s: CommunicationSession): SessionResponse {
  return {
    id: s.id,
    channelId: s.channelId,
    channelType: s.channelType,
    contactId: s.contactId,
    counterpart: s.counterpart,
    direction: s.direction,
    status: s.status,
    subject: s.subject,
    assignedTo: s.assignedTo,
    labels: s.labels,
    externalReferences: referencesView(s.externalReferences),
    firstInboundAt: text(s.firstInboundAt),
    firstRepliedAt: text(s.firstRepliedAt),
    firstResponseSeconds: secondsBetween(s.firstInboundAt, s.firstRepliedAt),
    lastInboundAt: text(s.lastInboundAt),
    waitingSince: text(s.waitingSince),
    dueAt: text(s.dueAt),
    overdue: isOverdue(s),
    overdueAt: text(s.overdueAt),
    sentiment: sentimentOf(s),
    createdAt: s.createdAt.toISOString(),
    updatedAt: s.updatedAt.toISOString(),
    closedAt: text(s.closedAt),
    closeSeconds: secondsBetween(s.createdAt, s.closedAt),
  };
}

/** As the clock found it (session-clock.ts), so that the flag, the filter and the event say the same. */
function isOverdue({ dueAt, overdueAt }: CommunicationSession): boolean {
  return dueAt !== null && overdueAt?.getTime() === dueAt.getTime();
}

function sentimentOf({
  sentiment,
  sentimentScore,
  sentimentTrend,
}: CommunicationSession): SessionResponse['sentiment'] {
  if (sentiment === null || sentimentScore === null) return null;
  return { label: sentiment, score: sentimentScore, trend: sentimentTrend };
}

function secondsBetween(from: Date | null, to: Date | null): number | null {
  return from && to ? Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000)) : null;
}

function text(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}

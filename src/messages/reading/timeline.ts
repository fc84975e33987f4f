import type { CommunicationMessage } from '../communication-message.entity';
import type { MessageAttempt } from '../message-attempt.entity';
import type { MessageEvent } from '../message-event.entity';
import type { TimelineEntry } from './message-response.dto';

interface Dated {
  at: Date;
  /** Order of things that happened in the same millisecond. */
  order: number;
  type: string;
  detail: Record<string, unknown>;
}

/** The story of a message, oldest first: accepted, each call and what came of it, what the provider reported. */
export function timelineOf(
  message: CommunicationMessage,
  attempts: readonly MessageAttempt[],
  events: readonly MessageEvent[],
): TimelineEntry[] {
  const story = [...beginning(message), ...attempts.flatMap(attemptEntries), ...events.map(eventEntry)];
  return story
    .sort((a, b) => a.at.getTime() - b.at.getTime() || a.order - b.order)
    .map(({ at, type, detail }) => ({ at: at.toISOString(), type, detail }));
}

function beginning(message: CommunicationMessage): Dated[] {
  if (message.direction === 'INBOUND') return [{ at: message.createdAt, order: 0, type: 'RECEIVED', detail: {} }];
  if (message.direction === 'INTERNAL') return [{ at: message.createdAt, order: 0, type: 'NOTED', detail: {} }];
  const accepted: Dated = { at: message.createdAt, order: 0, type: 'ACCEPTED', detail: { lane: message.lane } };
  if (!message.scheduledAt) return [accepted];
  return [
    accepted,
    { at: message.createdAt, order: 1, type: 'SCHEDULED', detail: { for: message.scheduledAt.toISOString() } },
  ];
}

function attemptEntries(attempt: MessageAttempt): Dated[] {
  const number = attempt.attemptNo;
  const how = withoutNulls({ attempt: number, batchId: attempt.batchId });
  const call: Dated = { at: attempt.dispatchedAt, order: 2, type: 'DISPATCHED', detail: how };
  if (!attempt.settledAt || !attempt.outcome) return [call];
  const detail = withoutNulls({
    attempt: number,
    providerMessageId: attempt.providerMessageId,
    class: attempt.faultClass,
    code: attempt.faultCode,
    message: attempt.faultMessage,
    retryAt: attempt.retryAt?.toISOString(),
  });
  return [
    call,
    { at: attempt.settledAt, order: 3, type: attempt.outcome === 'ACCEPTED' ? 'SENT' : attempt.outcome, detail },
  ];
}

function eventEntry({ at, type, detail, receivedAt }: MessageEvent): Dated {
  // A provider's clock has whole seconds: its event may not appear to be older than the call that led to it.
  const shownAt = receivedAt.getTime() - at.getTime() < 1000 ? receivedAt : at;
  return { at: shownAt, order: 4, type, detail };
}

function withoutNulls(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined));
}

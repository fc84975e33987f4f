import type { GateAnswer } from '../../preferences/gate/gate.queries';
import type { CommunicationMessage } from '../communication-message.entity';
import type { MessageStatus } from '../message-status';
import { NEVER } from '../schedules/scheduled-message.queries';
import { reasonOf } from './message.view';
import type { WhyResponse } from './message-response.dto';

interface Explanation {
  explanation: string;
  remedy: string;
  /** Column that says when something happens next by itself. */
  next?: 'dueAt' | 'resolveAt';
}

/** What each status means to somebody who asks why. */
const BY_STATUS: Readonly<Record<MessageStatus, Explanation>> = {
  SCHEDULED: {
    explanation: 'It waits for the time it was scheduled for.',
    remedy: 'Change the schedule, or cancel it.',
    next: 'dueAt',
  },
  QUEUED: {
    explanation: 'It waits for its turn, or for its next attempt.',
    remedy: 'Nothing to do; it goes by itself.',
    next: 'dueAt',
  },
  SENDING: { explanation: 'A worker is handing it to the provider now.', remedy: 'Nothing to do.' },
  UNKNOWN: {
    explanation: 'The provider may or may not have taken it: the call ended without a clear answer.',
    remedy: 'Wait for word from the provider, or retry it and accept that it may arrive twice.',
    next: 'resolveAt',
  },
  SENT: { explanation: 'The provider accepted it; no delivery report yet.', remedy: 'Nothing to do.' },
  DELIVERED: { explanation: 'The provider reported it as delivered.', remedy: 'Nothing to do.' },
  READ: { explanation: 'The recipient opened it.', remedy: 'Nothing to do.' },
  FAILED: { explanation: 'It could not be sent or delivered.', remedy: 'Mend the cause, then retry it.' },
  SUPPRESSED: {
    explanation: 'The recipient must not be written to; nothing was sent.',
    remedy: 'Only the recipient can change this by opting in again; a manual suppression can be lifted.',
  },
  CANCELLED: { explanation: 'It was called back before it was sent.', remedy: 'Send a new message.' },
  EXPIRED: { explanation: 'Its time ran out before it could be sent.', remedy: 'Retry it, or send a new message.' },
  RECEIVED: { explanation: 'It came in from the other side.', remedy: 'Nothing to do.' },
  NOTED: { explanation: 'It is a note among colleagues and goes nowhere.', remedy: 'Nothing to do.' },
};

/** The due time of a message whose schedule is paused. */
function isNever(due: Date | null): boolean {
  return due?.getTime() === Date.parse(NEVER);
}

/** Messages that may still go out, by themselves or when they are retried. */
export const MAY_STILL_GO: readonly string[] = ['SCHEDULED', 'QUEUED', 'SUPPRESSED', 'EXPIRED', 'FAILED', 'UNKNOWN'];

/** Why a message stands where it stands, since when, and what would change it. */
export function explain(message: CommunicationMessage, gate: GateAnswer | null): WhyResponse {
  const { explanation, remedy, next } = BY_STATUS[message.status as MessageStatus];
  const reason = reasonOf(message);
  const nextAt = next && !isNever(message[next]) ? message[next] : null;
  return {
    id: message.id,
    status: message.status,
    explanation,
    reason,
    since: message.statusAt.toISOString(),
    nextAt: nextAt?.toISOString() ?? null,
    remedy: reason?.remedy ?? remedy,
    gate: gate && {
      verdict: gate.verdict,
      rule: gate.rule && { ...gate.rule },
      opensAt: gate.openAt?.toISOString() ?? null,
    },
  };
}

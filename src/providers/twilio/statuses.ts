import type { EventStatus } from '../provider';

/**
 * Twilio's words for the state of a message. All that come before delivery say that Twilio has taken it over, which is
 * what settles an attempt whose answer never came.
 */
const STATUSES: Readonly<Record<string, EventStatus>> = {
  accepted: 'SENT',
  scheduled: 'SENT',
  queued: 'SENT',
  sending: 'SENT',
  sent: 'SENT',
  delivered: 'DELIVERED',
  partially_delivered: 'DELIVERED',
  read: 'READ',
  undelivered: 'FAILED',
  failed: 'FAILED',
  canceled: 'FAILED',
};

/** Our status for Twilio's, undefined for a word that we do not know. */
export function statusOf(word: string): EventStatus | undefined {
  return Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
}

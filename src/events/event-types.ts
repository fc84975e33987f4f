/** What Carillon itself tells of: those of a message are its states and what its reader did. Ids only; no personal data. */
export const OWN_EVENT_TYPES = [
  'message.scheduled',
  'message.queued',
  'message.sent',
  'message.delivered',
  'message.read',
  'message.failed',
  'message.suppressed',
  'message.cancelled',
  'message.expired',
  'message.unknown',
  'message.received',
  'message.opened',
  'message.clicked',
  'message.complained',
  'session.opened',
  'session.updated',
  'session.closed',
  'session.overdue',
  'contact.created',
  'contact.updated',
  'contact.deleted',
] as const;

export type OwnEventType = (typeof OWN_EVENT_TYPES)[number];

/** First words that the tenant's own events may not have, so that nobody can pretend to be Carillon. */
const RESERVED = /^(message|session|contact|webhook_endpoint|carillon)\./;

/** Whether a tenant may tell an event of this name. */
export function isTenantsOwn(name: string): boolean {
  return !RESERVED.test(name);
}

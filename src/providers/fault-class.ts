/** What an error means for the message, the address and the account; the words of docs/errors.md. */
export const FAULT_CLASSES = [
  'throttled', // retry after the given delay
  'transient', // retry with backoff
  'ambiguous', // may have been accepted
  'invalid_recipient', // permanent, suppress the address
  'unreachable', // permanent for this message, keep the address
  'opted_out', // permanent, the person said no
  'blocked', // permanent, a filter of the carrier or provider
  'content', // permanent, our content
  'template', // permanent until the template changes
  'window', // permanent in this form: wait for the person, or use a template
  'auth', // stop the account
  'quota', // stop the account until reset or top-up
  'config', // permanent, our request or set-up
] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

/** Why a call did not simply work. `message` is safe to store and show: no credential, no address, at most 500 characters. */
export interface Fault {
  class: FaultClass;
  /** The provider's own code ("21610"), or ours ("http_503", "ECONNREFUSED", "timeout"). */
  code: string;
  message: string;
}

/** Code of a fault: the provider refused a call of many messages as a whole, and whose fault it was is not known. */
export const BATCH_REFUSED = 'batch_refused';

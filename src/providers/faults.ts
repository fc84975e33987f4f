import type { HttpResult } from './http';
import type { Account, Fault, FaultClass, Outcome, SendResult } from './provider';

/** What the engine does about each class of fault when it is the answer to a send. */
const OUTCOMES: Readonly<Record<FaultClass, Exclude<Outcome, 'ACCEPTED'>>> = {
  throttled: 'THROTTLED',
  transient: 'REJECTED_RETRY',
  ambiguous: 'IN_DOUBT',
  invalid_recipient: 'REJECTED_PERMANENT',
  unreachable: 'REJECTED_PERMANENT',
  opted_out: 'REJECTED_PERMANENT',
  blocked: 'REJECTED_PERMANENT',
  content: 'REJECTED_PERMANENT',
  template: 'REJECTED_PERMANENT',
  window: 'REJECTED_PERMANENT',
  // Not the message's fault: it stays queued while the breaker of the channel's credentials is open.
  auth: 'REJECTED_RETRY',
  quota: 'REJECTED_RETRY',
  config: 'REJECTED_PERMANENT',
};

/** The answer to a send that failed with this fault; `retryAfterMs` only where the provider named a time. */
export function resultOf(fault: Fault, retryAfterMs?: number): SendResult {
  const outcome = OUTCOMES[fault.class];
  if (retryAfterMs === undefined) return { outcome, fault };
  if (outcome === 'THROTTLED' || outcome === 'REJECTED_RETRY') return { outcome, fault, retryAfterMs };
  return { outcome, fault };
}

/** The answer to a send whose HTTP call brought no answer. */
export function resultOfNoAnswer(result: Exclude<HttpResult, { kind: 'RESPONSE' }>): SendResult {
  return { outcome: result.kind, fault: faultOfNoAnswer(result) };
}

/** Why a call brought no answer: transient when nothing was sent, else ambiguous. */
export function faultOfNoAnswer(result: Exclude<HttpResult, { kind: 'RESPONSE' }>): Fault {
  return { class: result.kind === 'NOT_SENT' ? 'transient' : 'ambiguous', code: result.code, message: result.message };
}

/** A 2xx whose body is not what the provider documents: it may well have taken the message. */
export function unreadableAnswer(status: number): SendResult {
  const message = `The provider answered ${status} with a body that cannot be read.`;
  return { outcome: 'IN_DOUBT', fault: { class: 'ambiguous', code: 'unreadable_answer', message } };
}

const MAX_MESSAGE_LENGTH = 500;
const MOST_READ = 4_000;
const EMAIL_ADDRESS = /[^\s<>"'@]+@[^\s<>"'@]+/g;
const PHONE_NUMBER = /\+?\d(?:[\s()-]{0,2}\d){6,}/g;

/** The provider's own sentence without the credentials, addresses and numbers that providers like to repeat in it. */
export function safeMessage(text: string, account: Pick<Account<object>, 'credentials'>): string {
  // Cut twice: a provider's answer may be a megabyte, and looking for addresses in it costs more than linearly.
  const beginning = text.slice(0, MOST_READ);
  const secrets = Object.values(account.credentials).filter((value) => typeof value === 'string' && value.length >= 4);
  const withoutSecrets = secrets.reduce(
    (rest: string, secret: string) => rest.replaceAll(secret, '[credential]'),
    beginning,
  );
  const withoutAddresses = withoutSecrets.replace(EMAIL_ADDRESS, '[address]').replace(PHONE_NUMBER, '[number]');
  return withoutAddresses.slice(0, MAX_MESSAGE_LENGTH);
}

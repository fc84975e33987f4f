import { safeMessage } from '../faults';
import type { ConsentEvent, Fault, FaultClass } from '../provider';
import { REASON_CLASSES } from './errors';

/** Why Mailgun gave a mail up. */
export interface Failure {
  /** Mailgun's word: bounce, suppress-bounce, … */
  reason: string;
  /** Enhanced status code (RFC 3463), "5.1.1", or code of the SMTP session. */
  code?: string | undefined;
  text?: string | undefined;
}

/** A policy or a filter refused this mail; the address exists. Mailgun calls that a bounce too. */
const POLICY_CODE = /^5\.7\.\d/;

export function faultOf({ reason, code, text }: Failure): Fault {
  return {
    class: classOf(reason, code),
    code: (code ?? reason).slice(0, 32),
    message: safeMessage(text ?? 'Mailgun gave no reason.', { credentials: {} }),
  };
}

function classOf(reason: string, code: string | undefined): FaultClass {
  if (reason === 'bounce' && POLICY_CODE.test(code ?? '')) return 'blocked';
  return (Object.hasOwn(REASON_CLASSES, reason) ? REASON_CLASSES[reason] : undefined) ?? 'unreachable';
}

/** What a failure tells about the person, beyond this mail: Mailgun keeps lists of its own that ours should know. */
export function consentActionOf(reason: string, faultClass: FaultClass): ConsentEvent['action'] | undefined {
  if (reason === 'suppress-complaint') return 'COMPLAINED';
  if (faultClass === 'opted_out') return 'OPTED_OUT';
  return faultClass === 'invalid_recipient' ? 'HARD_BOUNCED' : undefined;
}

import { consentOf } from '../keywords';
import type { ConsentEvent, FaultClass, InboundEvent, StatusEvent } from '../provider';

/** What a failure tells about the address beyond this message. */
const ACTIONS: Readonly<Partial<Record<FaultClass, ConsentEvent['action']>>> = {
  opted_out: 'OPTED_OUT',
  invalid_recipient: 'HARD_BOUNCED',
};

/** The consent event beside a failed status, if its code is about the person and not about the message. */
export function consentOfFailure(event: StatusEvent, address: string): ConsentEvent[] {
  const { ref, at, eventKey, providerMessageId, fault } = event;
  const action = fault && ACTIONS[fault.class];
  if (!action || !address) return [];
  const about = { ...(ref && { ref }), ...(providerMessageId && { providerMessageId }) };
  return [{ kind: 'consent', eventKey: `${eventKey}:consent`, at, ...about, address, action, source: fault.code }];
}

/**
 * The consent event beside a message that is a keyword and nothing else. Vonage filters keywords for some US senders only
 * and then tells by an error of the next send. A part of a longer text is no message: only the whole can be a keyword.
 */
export function consentOfMessage({ at, providerMessageId, from, content, part }: InboundEvent): ConsentEvent[] {
  const consent = part ? undefined : consentOf(content.text ?? '');
  if (!consent) return [];
  const { action, keyword } = consent;
  return [{ kind: 'consent', eventKey: `${providerMessageId}:consent`, at, address: from, action, source: keyword }];
}

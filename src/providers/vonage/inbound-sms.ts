import type { InboundEvent, ProviderEvent } from '../provider';
import { consentOfMessage } from './consent';
import { withPlus } from './numbers';
import type { SmsParameters } from './sms-parameters';
import { timeOf } from './times';

/** A message to us through the SMS API, or one part of it. */
export function parseInboundSms(parameters: SmsParameters, receivedAt: Date): ProviderEvent[] {
  const { messageId = '', msisdn, to, text, type = 'text' } = parameters;
  if (!msisdn || !to) throw new Error('The request names no sender or no recipient.');

  const base = {
    eventKey: `${messageId.slice(0, 150)}:received`,
    at: timeOf(parameters['message-timestamp'], receivedAt),
  };
  // Ports and data of a binary message are for a machine.
  if (type !== 'text' && type !== 'unicode') {
    return [{ ...base, kind: 'unknown', providerType: `inbound:${type}`.slice(0, 100) }];
  }
  const part = partOf(parameters);
  const event: InboundEvent = {
    ...base,
    kind: 'inbound',
    providerMessageId: messageId,
    from: withPlus(msisdn),
    to: withPlus(to),
    messageType: 'TEXT',
    content: { ...(text && { text }) },
    ...(part && { part }),
  };
  return [event, ...consentOfMessage(event)];
}

/** Undefined for a whole message, and for numbers that make no sense: better a part by itself than none. */
function partOf(parameters: SmsParameters): InboundEvent['part'] {
  const reference = parameters['concat-ref'];
  const [index, total] = [Number(parameters['concat-part']), Number(parameters['concat-total'])];
  const isPart = parameters['concat'] === 'true' && reference && total > 1 && index >= 1 && index <= total;
  return isPart && Number.isInteger(index) && Number.isInteger(total) ? { reference, index, total } : undefined;
}

import type { EventStatus, ProviderEvent, StatusEvent } from '../provider';
import { consentOfFailure } from './consent';
import { faultOfCode, RECEIPT_CLASSES } from './errors';
import { withPlus } from './numbers';
import type { SmsParameters } from './sms-parameters';
import { timeOf } from './times';

/** What comes before delivery says that Vonage has the message, which settles an attempt whose answer never came. */
const STATUSES: Readonly<Record<string, EventStatus>> = {
  accepted: 'SENT',
  buffered: 'SENT',
  delivered: 'DELIVERED',
  expired: 'FAILED',
  failed: 'FAILED',
  rejected: 'FAILED',
  unknown: 'FAILED',
};

/**
 * A receipt of the SMS API. A long text has one for each part, under the part's own id: the price in it is that part's
 * and says nothing about the message, whose cost the answer to the send has told.
 */
export function parseReceipt(parameters: SmsParameters, receivedAt: Date): ProviderEvent[] {
  const { messageId = '', status = '', msisdn = '', 'err-code': code = '', 'client-ref': ref } = parameters;
  const base = {
    eventKey: `${messageId}:${status}:${code}`.slice(0, 190),
    at: timeOf(parameters['message-timestamp'], receivedAt),
  };
  const known = Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
  if (!known) return [{ ...base, kind: 'unknown', providerType: status.slice(0, 100) }];

  const about = { providerMessageId: messageId, ...(ref && { ref }) };
  const event: StatusEvent = { ...base, ...about, kind: 'status', status: known };
  if (status === 'buffered') {
    return [
      event,
      { ...about, kind: 'engagement', eventKey: `${base.eventKey}:deferred`, at: base.at, action: 'DEFERRED' },
    ];
  }
  if (known !== 'FAILED') return [event];

  const fault = faultOfCode(RECEIPT_CLASSES, code === '' || code === '0' ? status : code);
  const failed = { ...event, fault };
  return [failed, ...consentOfFailure(failed, withPlus(msisdn))];
}

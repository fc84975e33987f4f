import { safeMessage } from '../faults';
import { isJsonObject, textOf } from '../json';
import type { ProviderEvent } from '../provider';
import { PROVIDER_RESPONSES } from './errors';
import { consentOf } from './status-event';
import { dollars, partsOf, timeOf, type Told } from './told';

/**
 * An entry of the log that SNS writes to CloudWatch about each SMS, when a subscription filter publishes it to the topic:
 * the only thing that tells how a Publish ended, up to 72 hours later.
 */
export function parseDeliveryLog({ messageId, at, message }: Told): ProviderEvent[] {
  const { notification, delivery, status } = message;
  if (!isJsonObject(notification) || !isJsonObject(delivery) || (status !== 'SUCCESS' && status !== 'FAILURE'))
    return [];

  const providerMessageId = textOf(notification, 'messageId');
  const base = {
    eventKey: messageId,
    // "2016-06-28 00:40:34.558", in UTC.
    at: timeOf(`${textOf(notification, 'timestamp')?.replace(' ', 'T')}Z`) ?? at,
    ...(providerMessageId && { providerMessageId }),
  };
  const [cost, parts] = [dollars(delivery['priceInUSD']), partsOf(delivery['numberOfMessageParts'])];
  const charge = { ...(cost && { cost }), ...(parts && { parts }) };
  if (status === 'SUCCESS') return [{ ...base, kind: 'status', status: 'DELIVERED', ...charge }];

  const response = textOf(delivery, 'providerResponse') ?? 'AWS gave no reason.';
  const faultClass = (Object.hasOwn(PROVIDER_RESPONSES, response) && PROVIDER_RESPONSES[response]) || 'unreachable';
  const fault = { class: faultClass, code: status, message: safeMessage(response, { credentials: {} }) };
  return [
    { ...base, kind: 'status', status: 'FAILED', fault, ...charge },
    ...consentOf(base, { faultClass, address: textOf(delivery, 'destination'), source: response }),
  ];
}

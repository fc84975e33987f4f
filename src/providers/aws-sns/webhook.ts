import type { AwsCredentials } from '../aws-account';
import { readJsonObject } from '../json';
import type { ProviderEvent, ProviderWebhook, WebhookRequest } from '../provider';
import { readEnvelope, snsWebhook, usualSnsUrl } from '../sns-envelope';
import { parseDeliveryLog } from './delivery-log';
import { parseInbound } from './inbound';
import { parseStatus } from './status-event';

export const webhook: ProviderWebhook<AwsCredentials> = {
  ...snsWebhook(usualSnsUrl),

  /** A message of the topic is an event of End User Messaging, an SMS to us, or an entry of the delivery log. */
  parse(request: WebhookRequest): ProviderEvent[] {
    const envelope = readEnvelope(request);
    if (!envelope) throw new Error('The body must be a message of SNS.');
    const { type, messageId, timestamp = request.receivedAt } = envelope;
    const told = { messageId, at: timestamp, message: readJsonObject(Buffer.from(envelope.message)) ?? {} };
    const events = type === 'Notification' ? parseMessage(told) : [];
    if (events.length > 0) return events;
    const word = type === 'Notification' ? told.message['eventType'] : type;
    const providerType = typeof word === 'string' ? word.slice(0, 100) : 'unreadable';
    return [{ kind: 'unknown', eventKey: messageId, at: timestamp, providerType }];
  },
};

function parseMessage(told: Parameters<typeof parseStatus>[0]): ProviderEvent[] {
  if ('eventType' in told.message) return parseStatus(told);
  if ('inboundMessageId' in told.message) return parseInbound(told);
  return 'delivery' in told.message ? parseDeliveryLog(told) : [];
}

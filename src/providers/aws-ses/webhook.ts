import { regionalHost, type AwsCredentials } from '../aws-account';
import { readJsonObject, textOf } from '../json';
import type { ProviderEvent, ProviderWebhook, WebhookRequest } from '../provider';
import { readEnvelope, snsWebhook } from '../sns-envelope';
import { parseEvent } from './events';
import { parseInbound } from './inbound';

export function baseUrlOf({ credentials }: { credentials: Pick<AwsCredentials, 'region'> }): string {
  return `https://${regionalHost('email', credentials.region)}`;
}

export const webhook: ProviderWebhook<AwsCredentials> = {
  ...snsWebhook(baseUrlOf),

  /** A message of the topic is an event of a configuration set, a notification of an identity, or a mail to us. */
  parse(request: WebhookRequest): ProviderEvent[] {
    const envelope = readEnvelope(request);
    if (!envelope) throw new Error('The body must be a message of SNS.');
    const { type, messageId, timestamp: at = request.receivedAt } = envelope;
    const unknown = (providerType: string): ProviderEvent[] => [
      { kind: 'unknown', eventKey: messageId, at, providerType: providerType.slice(0, 100) },
    ];
    if (type !== 'Notification') return unknown(type);

    // The first message of a topic, by which SES tries it, is a sentence and no JSON.
    const message = readJsonObject(Buffer.from(envelope.message));
    if (!message) return unknown('unreadable');
    const word = textOf(message, 'eventType') ?? textOf(message, 'notificationType') ?? '';
    const events = word === 'Received' ? parseInbound(message, at) : parseEvent(message, { word, messageId, at });
    return events.length > 0 ? events : unknown(word || 'unreadable');
  },
};

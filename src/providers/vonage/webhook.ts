import { readJsonObject, textOf } from '../json';
import type { Account, ProviderEvent, ProviderIo, ProviderWebhook, WebhookRequest } from '../provider';
import type { VonageCredentials } from './credentials';
import { parseReceipt } from './delivery-receipt';
import { parseInboundMessage } from './inbound-message';
import { parseInboundSms } from './inbound-sms';
import { parseMessageStatus } from './message-status';
import { claimedApiKey, isSignedByToken } from './messages-token';
import { readSmsParameters } from './sms-parameters';
import { isSignedByParameter } from './sms-signature';

/**
 * Both APIs call the same address. What a request is, its body alone says, for `verify` and `parse` alike: a JSON object
 * with a `message_uuid` is of the Messages API and believed by its token only, anything else by its `sig` only.
 */
export const webhook: ProviderWebhook<VonageCredentials> = {
  accountKeys(request: WebhookRequest): string[] {
    const key = messageOf(request) ? claimedApiKey(request) : readSmsParameters(request)?.['api-key'];
    return key ? [key] : [];
  },
  accountKeyOf: ({ apiKey }) => apiKey,

  verify(request: WebhookRequest, { credentials }: Account<VonageCredentials>, io: ProviderIo): boolean {
    if (messageOf(request)) return isSignedByToken(request, credentials, io.now());
    const parameters = readSmsParameters(request);
    return parameters !== undefined && isSignedByParameter(parameters, credentials, io.now());
  },

  parse(request: WebhookRequest): ProviderEvent[] {
    const message = messageOf(request);
    if (message) {
      return textOf(message, 'status') === undefined
        ? parseInboundMessage(message, request.receivedAt)
        : parseMessageStatus(message, request.receivedAt);
    }
    const parameters = readSmsParameters(request);
    if (!parameters?.['messageId']) throw new Error('The request names no message.');
    return parameters['status']
      ? parseReceipt(parameters, request.receivedAt)
      : parseInboundSms(parameters, request.receivedAt);
  },
};

/** A status or a message of the Messages API. */
function messageOf({ rawBody }: WebhookRequest) {
  const body = readJsonObject(rawBody);
  return body && textOf(body, 'message_uuid') !== undefined ? body : undefined;
}

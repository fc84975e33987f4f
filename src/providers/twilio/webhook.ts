import { validateRequest } from 'twilio';
import { field, parseForm } from '../form';
import type { Account, ProviderEvent, ProviderWebhook, WebhookRequest } from '../provider';
import { equalInConstantTime, sha256Hex } from '../signature';
import type { TwilioCredentials } from './credentials';
import { parseInbound } from './inbound';
import { parseStatus } from './status-callback';

export const webhook: ProviderWebhook<TwilioCredentials> = {
  accountKeys: (request) => parseForm(request.rawBody)['AccountSid']?.slice(0, 1) ?? [],
  accountKeyOf: ({ accountSid }) => accountSid,

  verify(request: WebhookRequest, account: Account<TwilioCredentials>): boolean {
    const { authToken } = account.credentials;
    const signature = request.headers['x-twilio-signature'];
    return Boolean(authToken && signature) && isSigned(request, authToken, signature ?? '');
  },

  parse(request: WebhookRequest): ProviderEvent[] {
    const form = parseForm(request.rawBody);
    const sid = field(form, 'MessageSid') ?? field(form, 'SmsSid');
    if (!sid) throw new Error('The request names no message.');
    const status = field(form, 'MessageStatus');
    return status ? parseStatus({ form, sid, status }, request) : parseInbound({ form, sid }, request);
  },

  // Any text in the answer would be sent to the person as a reply.
  reply: { status: 200, contentType: 'text/xml', body: '<Response/>' },
};

/**
 * HMAC-SHA1 over the address, as Twilio sees it, and every field; the SDK tries it with and without the port. A body that
 * is no form is named by its hash in the address instead. There is no timestamp: what comes twice is caught by its event key.
 */
function isSigned(request: WebhookRequest, authToken: string, signature: string): boolean {
  const hash = request.query['bodySHA256'];
  try {
    if (hash === undefined)
      return validateRequest(authToken, signature, request.url, { ...parseForm(request.rawBody) });
    return (
      validateRequest(authToken, signature, request.url, {}) && equalInConstantTime(hash, sha256Hex(request.rawBody))
    );
  } catch {
    return false;
  }
}

import { field } from '../form';
import { isJsonObject, textOf } from '../json';
import type { Account, ProviderEvent, ProviderIo, ProviderWebhook, WebhookRequest } from '../provider';
import { equalInConstantTime, hmacSha256Hex } from '../signature';
import type { MailgunCredentials } from './credentials';
import { parseEvent } from './events';
import { parseInbound } from './inbound';
import { parseLegacy } from './legacy-events';
import { eventDataOf, formOf, signedOf } from './request-fields';

/**
 * Mailgun repeats a call for about 8 hours (5, 10 and 15 minutes, 1, 2 and 4 hours later) and does not say whether it signs
 * anew; others saw the same signature every time. So that is how old one may be, with an hour for what waited before.
 */
const MAX_AGE_MS = 9 * 3_600_000;
const MAX_CLOCK_SKEW_MS = 5 * 60_000;

export const webhook: ProviderWebhook<MailgunCredentials> = {
  accountKeys(request: WebhookRequest): string[] {
    const domain = domainOf(request);
    return domain === undefined || domain.length > 253 ? [] : [domain.toLowerCase()];
  },

  accountKeyOf: ({ domain }) => domain.toLowerCase(),

  /** Hex HMAC-SHA256 of timestamp and token. The body is not signed: what makes it safe is TLS, and that each token works once. */
  verify(request: WebhookRequest, account: Account<MailgunCredentials>, io: ProviderIo): boolean {
    const { webhookSigningKey } = account.credentials;
    const signed = signedOf(request);
    if (!webhookSigningKey || !signed || !isTimely(signed.timestamp, io.now())) return false;
    const expected = hmacSha256Hex(webhookSigningKey, Buffer.from(signed.timestamp + signed.token));
    return equalInConstantTime(signed.signature, expected);
  },

  onceKey: (request) => signedOf(request)?.token,

  parse(request: WebhookRequest): ProviderEvent[] {
    const data = eventDataOf(request);
    if (data) return parseEvent(data, request.receivedAt);

    const form = formOf(request);
    const signed = signedOf(request);
    if (!form || !signed) throw new Error('The body is neither an event nor a signed form.');
    return field(form.fields, 'event') === undefined ? parseInbound(form, signed) : parseLegacy(form.fields, signed);
  },
};

function isTimely(timestamp: string, now: Date): boolean {
  const ageMs = now.getTime() - Number(timestamp) * 1000;
  return ageMs <= MAX_AGE_MS && ageMs >= -MAX_CLOCK_SKEW_MS;
}

/**
 * The sending domain: `domain.name` of an event, in older ones the domain of its Message-ID; `domain` of a legacy webhook; of
 * an inbound mail that of its recipient.
 */
function domainOf(request: WebhookRequest): string | undefined {
  const data = eventDataOf(request);
  if (data) {
    const [domain, message] = [data['domain'], data['message']];
    const name = isJsonObject(domain) ? textOf(domain, 'name') : undefined;
    const headers = isJsonObject(message) ? message['headers'] : undefined;
    return name ?? afterAt(isJsonObject(headers) ? textOf(headers, 'message-id') : undefined);
  }
  const fields = formOf(request)?.fields ?? {};
  return field(fields, 'domain') ?? afterAt(field(fields, 'recipient'));
}

function afterAt(address: string | undefined): string | undefined {
  return /@([^@<>\s]+)>?$/.exec(address ?? '')?.[1];
}

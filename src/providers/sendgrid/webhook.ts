import { createPublicKey, verify as verifySignature } from 'node:crypto';
import type { Account, ProviderEvent, ProviderIo, ProviderWebhook, WebhookRequest } from '../provider';
import { isJsonObject, textOf } from '../json';
import type { SendgridCredentials } from './credentials';
import { parseEvents } from './events';
import { parseInbound } from './inbound';
import { CHANNEL_ARG } from './mail';

const SIGNATURE_HEADER = 'x-twilio-email-event-webhook-signature';
const TIMESTAMP_HEADER = 'x-twilio-email-event-webhook-timestamp';

/**
 * SendGrid publishes no replay window. It repeats a batch for up to 24 hours, and whether it signs the repetition anew is
 * not documented, so a tight window could lose events for good; what comes twice inside it is caught by the event keys.
 */
const MAX_AGE_MS = 25 * 3_600_000;
const MAX_CLOCK_SKEW_MS = 5 * 60_000;

export const webhook: ProviderWebhook<SendgridCredentials> = {
  /** The body names no account, but each event carries what we sent along: the channel. The first stands for all of the account. */
  accountKeys(request: WebhookRequest): string[] {
    const events = readArray(request.rawBody) ?? [];
    const named = events.map((event) => (isJsonObject(event) ? textOf(event, CHANNEL_ARG) : undefined)).find(Boolean);
    return named === undefined ? [] : [`channel:${named}`];
  },

  /** Event webhook and Inbound Parse alike: an Inbound Parse without a security policy is unsigned, hence refused. */
  verify(request: WebhookRequest, account: Account<SendgridCredentials>, io: ProviderIo): boolean {
    const { webhookPublicKey } = account.credentials;
    const signature = request.headers[SIGNATURE_HEADER];
    const timestamp = request.headers[TIMESTAMP_HEADER];
    if (!webhookPublicKey || !signature || !timestamp || !isTimely(timestamp, io.now())) return false;
    return isSigned(Buffer.concat([Buffer.from(timestamp), request.rawBody]), signature, webhookPublicKey);
  },

  parse(request: WebhookRequest): ProviderEvent[] {
    const contentType = request.headers['content-type'] ?? '';
    if (contentType.startsWith('multipart/form-data')) return [parseInbound(request)];

    const events = readArray(request.rawBody);
    if (!events) throw new Error('The body must be a JSON array of events.');
    return parseEvents(events, request.receivedAt);
  },
};

function isTimely(timestamp: string, now: Date): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  const ageMs = now.getTime() - Number(timestamp) * 1000;
  return ageMs <= MAX_AGE_MS && ageMs >= -MAX_CLOCK_SKEW_MS;
}

/** ECDSA over P-256 with SHA-256; the key is base64 of its SPKI, the signature base64 of its DER, each spelt in the one right way. */
function isSigned(bytes: Buffer, signature: string, publicKey: string): boolean {
  const der = Buffer.from(signature, 'base64');
  if (der.toString('base64') !== signature) return false;
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ec' && verifySignature('sha256', bytes, key, der);
  } catch {
    return false;
  }
}

function readArray(rawBody: Buffer): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(rawBody.toString('utf8'));
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

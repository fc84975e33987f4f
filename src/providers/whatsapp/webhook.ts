import { readJsonObject, textOf, type JsonObject } from '../json';
import type { Account, ProviderEvent, ProviderWebhook, WebhookReply, WebhookRequest } from '../provider';
import { equalInConstantTime, hmacSha256Hex } from '../signature';
import { parseChange } from './changes';
import type { Context } from './context';
import type { WhatsappCredentials } from './credentials';
import { elementsOf, objectOf, objectsOf } from './members';

/** In the query of GET, when an address is set up: https://developers.facebook.com/docs/graph-api/webhooks/getting-started. */
const MODE = 'hub.mode';
const TOKEN = 'hub.verify_token';
const CHALLENGE = 'hub.challenge';

export const webhook: ProviderWebhook<WhatsappCredentials> = {
  /**
   * Meta calls one address for all numbers of an app, so one call may be about several. The set-up question names none: for
   * it, `phone_number_id` in the query of that address says whose verify token counts.
   */
  accountKeys(request: WebhookRequest): string[] {
    if (request.method === 'GET') return [request.query['phone_number_id']].filter((key) => key !== undefined);
    const changes = entriesOf(request).flatMap((entry) => objectsOf(entry, 'changes'));
    return [...new Set(changes.map(numberIdOf).filter((key) => key !== undefined))];
  },
  accountKeyOf: ({ phoneNumberId }) => phoneNumberId,

  verify(request: WebhookRequest, account: Account<WhatsappCredentials>): boolean {
    return request.method === 'GET' ? isSetUp(request, account) : isSigned(request, account.credentials.appSecret);
  },

  handshake(request: WebhookRequest): Promise<WebhookReply | undefined> {
    const asked = request.method === 'GET';
    return Promise.resolve(
      asked ? { status: 200, contentType: 'text/plain', body: request.query[CHALLENGE] ?? '' } : undefined,
    );
  },

  parse(request, account): ProviderEvent[] {
    if (request.method === 'GET') return [];
    const body = readJsonObject(request.rawBody);
    if (!body || !Array.isArray(body['entry'])) throw new Error('The body must be a JSON object with entries.');
    return objectsOf(body, 'entry').flatMap((entry) => parseEntry(entry, { account, receivedAt: request.receivedAt }));
  },
};

/** Other numbers' changes are other channels', perhaps other tenants'. */
function parseEntry(entry: JsonObject, context: Context): ProviderEvent[] {
  const { phoneNumberId } = context.account.credentials;
  return elementsOf(entry, 'changes').flatMap((change) => {
    const number = numberIdOf(change);
    return number === undefined || number === phoneNumberId ? parseChange(change, entry, context) : [];
  });
}

function entriesOf({ rawBody }: WebhookRequest): JsonObject[] {
  return objectsOf(readJsonObject(rawBody) ?? {}, 'entry');
}

/** `value.metadata.phone_number_id`; what is about a whole account (templates, reviews) has none. */
function numberIdOf(change: unknown): string | undefined {
  const value = objectOf({ change }, 'change');
  return textOf(objectOf(objectOf(value, 'value'), 'metadata'), 'phone_number_id');
}

function isSetUp({ query }: WebhookRequest, { credentials, webhookSecret }: Account<WhatsappCredentials>): boolean {
  const expected = credentials.verifyToken ?? webhookSecret;
  if (expected === '' || query[MODE] !== 'subscribe' || !query[CHALLENGE]) return false;
  return equalInConstantTime(query[TOKEN] ?? '', expected);
}

/** HMAC-SHA256 of the bytes as they came: Meta signs its own escapes. No time is signed; event keys catch what comes twice. */
function isSigned({ rawBody, headers }: WebhookRequest, appSecret: string | undefined): boolean {
  const signature = headers['x-hub-signature-256'];
  if (!appSecret || !signature) return false;
  return equalInConstantTime(signature, `sha256=${hmacSha256Hex(appSecret, rawBody)}`);
}

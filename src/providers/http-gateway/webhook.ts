import { safeMessage } from '../faults';
import { isJsonObject, textOf, type JsonObject } from '../json';
import { consentOf } from '../keywords';
import type { Account, EventStatus, Fault, ProviderEvent, ProviderWebhook, WebhookRequest } from '../provider';
import { equalInConstantTime, hmacSha256Hex, sha256Hex } from '../signature';
import { secretsOf, type HttpGatewayCredentials } from './credentials';
import { idOf } from './send';

type Channel = Pick<Account<HttpGatewayCredentials>, 'from' | 'credentials'>;

const SIGNATURE_HEADER = 'x-carillon-signature';

/** The gateway's words, `status`. */
const STATUSES: ReadonlyMap<unknown, EventStatus> = new Map([
  ['sent', 'SENT'],
  ['delivered', 'DELIVERED'],
  ['read', 'READ'],
  ['failed', 'FAILED'],
]);

/**
 * What a gateway tells about messages (`{ ref or id, status, code?, message?, at? }`) and brings from people
 * (`{ from, to, text, id }`), one object or an array of them. No time is signed: event keys catch what comes twice.
 */
export const webhook: ProviderWebhook<HttpGatewayCredentials> = {
  /** `sha256=` and the HMAC of the whole raw body under the channel's token. */
  verify({ headers, rawBody }: WebhookRequest, { credentials }: Account<HttpGatewayCredentials>): boolean {
    const [token, signature] = [credentials.webhookToken, headers[SIGNATURE_HEADER]];
    if (!token || !signature) return false;
    return equalInConstantTime(signature, `sha256=${hmacSha256Hex(token, rawBody)}`);
  },

  parse({ rawBody, receivedAt }: WebhookRequest, account): ProviderEvent[] {
    const body: unknown = readJson(rawBody);
    if (!Array.isArray(body) && !isJsonObject(body)) throw new Error('The body must be a JSON object or an array.');
    return [body].flat().flatMap((each: unknown) => eventsOf(each, account, receivedAt));
  },
};

function eventsOf(event: unknown, account: Channel, receivedAt: Date): ProviderEvent[] {
  const read = isJsonObject(event)
    ? (statusOf(event, account, receivedAt) ?? inboundOf(event, account, receivedAt))
    : [];
  if (read && read.length > 0) return read;
  const providerType = (isJsonObject(event) && textOf(event, 'status')) || '';
  const eventKey = sha256Hex(JSON.stringify(event));
  return [{ kind: 'unknown', eventKey, at: receivedAt, providerType: providerType.slice(0, 100) }];
}

function statusOf(event: JsonObject, account: Channel, receivedAt: Date): ProviderEvent[] | undefined {
  const status = STATUSES.get(event['status']);
  const [ref, providerMessageId] = [idOf(event['ref']), idOf(event['id'])];
  if (!status || (ref ?? providerMessageId) === undefined) return undefined;
  const about = { ...(ref !== undefined && { ref }), ...(providerMessageId !== undefined && { providerMessageId }) };
  const base = { eventKey: keyOf(status, ref, providerMessageId), at: timeOf(event) ?? receivedAt, ...about };
  const fault = status === 'FAILED' && { fault: faultOf(event, account.credentials) };
  return [{ ...base, kind: 'status', status, ...fault }];
}

/** The gateway's code is its own word, so all that it can mean is that this message did not arrive. */
function faultOf(event: JsonObject, credentials: HttpGatewayCredentials): Fault {
  const safe = (text: string) => safeMessage(text, secretsOf(credentials));
  const code = idOf(event['code']) ?? 'failed';
  const message = textOf(event, 'message') ?? 'The gateway could not deliver the message.';
  return { class: 'unreachable', code: safe(code).slice(0, 60), message: safe(message) };
}

function inboundOf(event: JsonObject, { from: own }: Channel, receivedAt: Date): ProviderEvent[] | undefined {
  const [from, text, id] = [textOf(event, 'from'), textOf(event, 'text'), idOf(event['id'])];
  if (event['status'] !== undefined || from === undefined || text === undefined || id === undefined) return undefined;
  const at = timeOf(event) ?? receivedAt;
  const message = { providerMessageId: id, from, to: textOf(event, 'to') ?? own, content: { text } };
  const consent = consentOf(text);
  return [
    { kind: 'inbound', eventKey: keyOf('inbound', id), at, messageType: 'TEXT', ...message },
    ...(consent ? [consentEvent(consent, { from, id, at })] : []),
  ];
}

function consentEvent(
  { action, keyword }: NonNullable<ReturnType<typeof consentOf>>,
  { from, id, at }: { from: string; id: string; at: Date },
): ProviderEvent {
  return { kind: 'consent', eventKey: keyOf('consent', id), at, address: from, action, source: keyword };
}

/** A hash, because ids of any length and with any characters must never make the keys of two events equal. */
function keyOf(...parts: (string | undefined)[]): string {
  return sha256Hex(JSON.stringify(parts));
}

const MOMENT = /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** `at`, where it is a moment and not a time of day that depends on the place. */
function timeOf(event: JsonObject): Date | undefined {
  const text = textOf(event, 'at') ?? '';
  const at = new Date(MOMENT.test(text) ? text : NaN);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

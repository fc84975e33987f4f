import { resultOf, resultOfNoAnswer, unreadableAnswer } from '../faults';
import { isJsonObject, readJsonObject, textOf, type JsonObject } from '../json';
import type { HttpResult } from '../http';
import type { Account, Fault, Money, OutboundMessage, ProviderIo, SendResult } from '../provider';
import { retryAfterMs } from '../retry-after';
import { isGsm7 } from '../sms-parts';
import type { VonageCredentials } from './credentials';
import { classIn, sentence, SMS_STATUS_CLASSES, STATUS_CLASSES } from './errors';
import { withoutPlus } from './numbers';

type Answer = Extract<HttpResult, { kind: 'RESPONSE' }>;

const MIN_TTL_MS = 20_000;
const MAX_TTL_MS = 604_800_000;

/** Vonage counts in euros, whatever the account is billed in. */
const CURRENCY = 'EUR';

/**
 * POST /sms/json, as a form: the official description knows no other body, and the SDK sends JSON. Vonage answers 200 to
 * everything that it understands and says in the body, for each part of the text, what became of it.
 */
export async function sendBySmsApi(
  message: OutboundMessage,
  account: Account<VonageCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  const answer = await io.http({
    method: 'POST',
    url: `${account.baseUrl.replace(/\/+$/, '')}/sms/json`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(formOf(message, account, io.now())).toString(),
  });
  return answer.kind === 'RESPONSE' ? resultOfAnswer(answer, account, io.now()) : resultOfNoAnswer(answer);
}

function formOf(
  { to, ref, content: { text = '' }, expiresAt }: OutboundMessage,
  { from, webhookUrl, credentials }: Account<VonageCredentials>,
  now: Date,
): Record<string, string> {
  return {
    api_key: credentials.apiKey,
    api_secret: credentials.apiSecret,
    from: withoutPlus(from),
    to: withoutPlus(to),
    text,
    // Sent as "text", characters outside GSM-7 arrive as question marks.
    type: isGsm7(text) ? 'text' : 'unicode',
    'client-ref': ref,
    ...(webhookUrl !== undefined && { callback: webhookUrl }),
    ...(expiresAt && { ttl: String(lifetimeMs(expiresAt, now)) }),
  };
}

function lifetimeMs(expiresAt: Date, now: Date): number {
  return Math.min(MAX_TTL_MS, Math.max(MIN_TTL_MS, expiresAt.getTime() - now.getTime()));
}

function resultOfAnswer(answer: Answer, account: Account<VonageCredentials>, now: Date): SendResult {
  const parts = partsOf(answer.body);
  const refused = parts.find((part) => part['status'] !== '0');
  const isSuccess = answer.status >= 200 && answer.status < 300;
  if (refused && isSuccess && parts.some((part) => part['status'] === '0')) return partlySent(parts, refused, account);
  if (refused || !isSuccess) {
    const fault = faultOf(refused ?? {}, answer.status, account);
    return resultOf(fault, retryAfterMs(answer.headers, now) ?? waitOf(refused));
  }
  return accepted(parts) ?? unreadableAnswer(answer.status);
}

/** One entry per part of the text; none when the body is anything else. */
function partsOf(body: Buffer): JsonObject[] {
  const messages = readJsonObject(body)?.['messages'];
  const parts = Array.isArray(messages) ? messages.filter(isJsonObject) : [];
  return parts.every((part) => textOf(part, 'status') !== undefined) ? parts : [];
}

/** Each part has an id of its own and its receipts name that; all of them carry our reference. */
function accepted(parts: JsonObject[]): SendResult | undefined {
  const providerMessageId = parts[0] && textOf(parts[0], 'message-id');
  if (providerMessageId === undefined) return undefined;
  const cost = sumOf(parts.map((part) => textOf(part, 'message-price')));
  return { outcome: 'ACCEPTED', providerMessageId, parts: parts.length, ...(cost && { cost }) };
}

/**
 * Some parts taken, another refused: to call it accepted would promise a whole text, to call it refused would have it sent
 * again. It is in doubt, as the contract has it for what is neither: a receipt of a part that was taken settles it, and
 * without one the message's own `delivery` decides whether it may be sent twice.
 */
function partlySent(parts: JsonObject[], refused: JsonObject, account: Account<VonageCredentials>): SendResult {
  const taken = parts.filter((part) => part['status'] === '0').length;
  const reason = sentence(textOf(refused, 'error-text') ?? `status ${textOf(refused, 'status')}`, 200, account);
  const message = `Vonage took ${taken} of ${parts.length} parts and refused another: ${reason}`.slice(0, 500);
  return { outcome: 'IN_DOUBT', fault: { class: 'ambiguous', code: 'partly_sent', message } };
}

/** A status that nobody listed: with a success of HTTP the message failed for a reason unknown, else HTTP decides. */
function faultOf(refused: JsonObject, httpStatus: number, account: Account<VonageCredentials>): Fault {
  const code = textOf(refused, 'status');
  const unlisted = httpStatus < 300 ? 'unreachable' : (STATUS_CLASSES[httpStatus] ?? 'ambiguous');
  return {
    class: classIn(SMS_STATUS_CLASSES, code) ?? unlisted,
    code: code?.slice(0, 32) ?? `http_${httpStatus}`,
    message: sentence(textOf(refused, 'error-text'), httpStatus, account),
  };
}

/** "Throughput Rate Exceeded - please wait [ 250 ] and retry": milliseconds, and the only place that names them. */
function waitOf(refused: JsonObject | undefined): number | undefined {
  const wait = /wait \[ ?(\d{1,6}) ?\]/.exec((refused && textOf(refused, 'error-text')) ?? '')?.[1];
  return wait === undefined ? undefined : Number(wait);
}

/** Decimal numbers added without rounding; undefined unless every part has a price. */
function sumOf(prices: (string | undefined)[]): Money | undefined {
  if (!prices.every((price) => price !== undefined && /^\d{1,9}(\.\d{1,12})?$/.test(price))) return undefined;
  const split = prices.map((price = '') => price.split('.'));
  const digits = Math.max(...split.map(([, fraction = '']) => fraction.length));
  const total = split
    .map(([whole = '', fraction = '']) => BigInt(whole + fraction.padEnd(digits, '0')))
    .reduce((sum, price) => sum + price, 0n);
  const text = total.toString().padStart(digits + 1, '0');
  const amount = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return { amount, currency: CURRENCY };
}

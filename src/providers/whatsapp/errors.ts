import { safeMessage } from '../faults';
import { readJsonObject, textOf, type JsonObject } from '../json';
import type { Account, Fault, FaultClass } from '../provider';
import { retryAfterMs } from '../retry-after';
import { numberOf, objectOf, objectsOf } from './members';

type Holder = Pick<Account<object>, 'credentials'>;

/** For answers without a code of CODE_CLASSES. A code decides before any status: Meta answers 400 and 429 for the same one. */
export const STATUS_CLASSES: Readonly<Record<number, FaultClass>> = {
  400: 'config',
  401: 'auth',
  403: 'auth',
  404: 'config',
  413: 'content',
  422: 'config',
  429: 'throttled',
  500: 'ambiguous',
  502: 'ambiguous',
  503: 'transient',
  504: 'ambiguous',
};

/**
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes: `error.code` of a refused
 * call and `statuses[].errors[].code` alike.
 */
export const CODE_CLASSES: Readonly<Record<string, FaultClass>> = {
  0: 'auth', // AuthException
  1: 'transient', // API unknown
  2: 'transient', // API service: down or overloaded
  3: 'auth', // API method: capability or permission
  4: 'throttled', // App call limit
  10: 'auth', // Permission denied
  33: 'config', // Phone number id deleted
  100: 'config', // Invalid parameter
  190: 'auth', // Access token expired
  368: 'blocked', // Temporarily blocked for policy violation
  80007: 'throttled', // Rate limit of the WhatsApp Business Account
  130429: 'throttled', // Throughput reached for the number
  130472: 'unreachable', // User is part of an experiment
  130497: 'blocked', // Restricted in this country
  131000: 'ambiguous', // Something went wrong
  131005: 'auth', // Access denied
  131008: 'config', // Required parameter missing
  131009: 'config', // Parameter value invalid
  131016: 'transient', // Service unavailable
  131021: 'config', // Sender equals recipient
  131026: 'unreachable', // Not on WhatsApp, old client, or terms not accepted
  131030: 'config', // Recipient not in the list of the test number
  131031: 'auth', // Account locked
  131037: 'config', // Display name not approved
  131042: 'quota', // Payment problem
  131045: 'config', // Registration of the number
  131047: 'window', // More than 24 hours since the person wrote
  131048: 'throttled', // Spam rate limit
  131049: 'unreachable', // Marketing cap of the person
  131050: 'opted_out', // User stopped marketing messages
  131051: 'content', // Unsupported message type
  131052: 'content', // Inbound media download failed
  131053: 'content', // Media upload failed
  131056: 'throttled', // Pair rate limit: one number to one person
  131057: 'transient', // Account in maintenance
  132000: 'template', // Parameter count mismatch
  132001: 'template', // Template or language does not exist
  132005: 'template', // Too long with its variables
  132007: 'template', // Policy violation
  132012: 'template', // Parameter format mismatch
  132015: 'template', // Paused for quality
  132016: 'template', // Disabled
  132068: 'template', // Flow blocked
  132069: 'throttled', // Flow throttled
  133004: 'transient', // Server temporarily unavailable
  133010: 'config', // Phone number not registered
  135000: 'ambiguous', // Generic user error
};

/** Where our words say better what can be done. */
const ADVICE: Readonly<Record<string, string>> = {
  131047:
    'The person has not written for 24 hours, so WhatsApp carries only an approved template now: send one, or wait for them to write.',
};

/** The fault that an answer of the API means. */
export function faultOfAnswer(status: number, body: Buffer, account: Holder): Fault {
  const error = objectOf(readJsonObject(body) ?? {}, 'error');
  const fallback = STATUS_CLASSES[status] ?? 'ambiguous';
  return faultOf(error, account, { class: fallback, code: `http_${status}`, message: `WhatsApp answered ${status}.` });
}

/** The fault of a message that Meta took and then could not deliver: one of `statuses[].errors`. */
export function faultOfFailure(error: JsonObject, account: Holder): Fault {
  return faultOf(error, account, { class: 'unreachable', code: 'failed', message: 'WhatsApp names no reason.' });
}

/** `details` says more than `message`, and `title` goes away one day; what is missing is taken from the fallback. */
function faultOf(error: JsonObject, account: Holder, fallback: Fault): Fault {
  const number = numberOf(error, 'code');
  const code = number === undefined ? undefined : String(number).slice(0, 32);
  const words = [textOf(error, 'message') ?? textOf(error, 'title'), textOf(objectOf(error, 'error_data'), 'details')];
  const text = [...new Set(words.filter((each) => each !== undefined))].join(': ');
  const advice = code !== undefined && Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
  return {
    class: (code !== undefined && Object.hasOwn(CODE_CLASSES, code) ? CODE_CLASSES[code] : undefined) ?? fallback.class,
    code: code ?? fallback.code,
    message: advice ?? (text === '' ? fallback.message : safeMessage(text, account)),
  };
}

/**
 * The wait that Meta asks for: the usual headers, else the minutes in `X-Business-Use-Case-Usage`, which has a list of
 * limits for each business (Graph API, "Rate limits").
 */
export function waitOf(headers: Readonly<Record<string, string>>, now: Date): number | undefined {
  const usage = readJsonObject(Buffer.from(headers['x-business-use-case-usage'] ?? ''));
  const limits = Object.keys(usage ?? {}).flatMap((business) => objectsOf(usage ?? {}, business));
  const minutes = Math.max(0, ...limits.map((limit) => numberOf(limit, 'estimated_time_to_regain_access') ?? 0));
  return retryAfterMs(headers, now) ?? (minutes > 0 ? minutes * 60_000 : undefined);
}

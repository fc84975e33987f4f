import { safeMessage } from '../faults';
import { textOf, type JsonObject } from '../json';
import type { Account, Fault, FaultClass } from '../provider';

type Table = Readonly<Record<string, FaultClass>>;

/** Answers of either API by HTTP status, for bodies without a code that is listed below. */
export const STATUS_CLASSES: Readonly<Record<number, FaultClass>> = {
  400: 'config',
  401: 'auth',
  402: 'quota',
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

/** SMS API, `messages[].status` of an answer: "Troubleshooting SMS" of Vonage's documentation. 0 is success. */
export const SMS_STATUS_CLASSES: Table = {
  1: 'throttled', // Throttled
  2: 'config', // Missing parameter
  3: 'config', // Invalid parameter
  4: 'auth', // Invalid credentials
  5: 'transient', // Internal error
  6: 'invalid_recipient', // Invalid message (unrecognised number prefix)
  7: 'blocked', // Number barred
  8: 'auth', // Partner account barred
  9: 'quota', // No credit
  10: 'throttled', // Too many binds
  11: 'auth', // Not enabled for HTTP
  12: 'content', // Message too long
  14: 'auth', // Invalid signature
  15: 'config', // Invalid sender address
  22: 'config', // Invalid network code
  23: 'config', // Invalid callback URL
  29: 'config', // Non-whitelisted destination (demo)
  32: 'config', // Signature and secret both given
  33: 'invalid_recipient', // Number de-activated
};

/** SMS API, `err-code` of a delivery receipt. 0 is success. */
export const RECEIPT_CLASSES: Table = {
  1: 'unreachable', // Unknown
  2: 'transient', // Absent subscriber, temporary
  3: 'invalid_recipient', // Absent subscriber, permanent
  4: 'blocked', // Call barred by user
  5: 'unreachable', // Portability error
  6: 'blocked', // Anti-spam
  7: 'transient', // Handset busy
  8: 'transient', // Network error
  9: 'opted_out', // Illegal number: user asked not to be messaged
  10: 'content', // Illegal message
  11: 'unreachable', // Unroutable
  12: 'invalid_recipient', // Destination unreachable
  13: 'blocked', // Age restriction
  14: 'blocked', // Blocked by carrier
  15: 'unreachable', // Prepaid, no funds
  50: 'config', // Entity filter (India)
  51: 'config', // Header filter
  52: 'content', // Content filter
  53: 'opted_out', // Consent filter
  54: 'config', // Regulation error
  99: 'unreachable', // General error
};

/** Messages API, `error.title` of a status webhook. 1320, already sent, is no failure. */
export const MESSAGES_CLASSES: Table = {
  1000: 'throttled', // Throttled
  1010: 'config', // Missing params
  1020: 'config', // Invalid params
  1022: 'template', // Invalid template parameters
  1030: 'transient', // Internal error
  1040: 'invalid_recipient', // Invalid message
  1050: 'blocked', // Number barred
  1060: 'auth', // Account barred
  1070: 'quota', // Quota exceeded
  1080: 'auth', // Not enabled for REST
  1090: 'content', // Too long
  1100: 'transient', // Communication failed
  1120: 'config', // Illegal sender
  1160: 'config', // Destination not white-listed
  1170: 'invalid_recipient', // Invalid msisdn
  1180: 'transient', // Absent, temporary
  1190: 'invalid_recipient', // Absent, permanent
  1200: 'unreachable', // Portability
  1210: 'blocked', // Anti-spam
  1220: 'transient', // Handset busy
  1230: 'transient', // Network error
  1240: 'opted_out', // Illegal number: STOP was sent
  1241: 'throttled', // Too many sends to this number
  1250: 'unreachable', // Unroutable
  1260: 'unreachable', // Destination unreachable
  1270: 'blocked', // Age restriction
  1280: 'blocked', // Blocked by carrier
  1290: 'unreachable', // Prepaid, no funds
  1300: 'invalid_recipient', // Not a user of the provider
  1310: 'unreachable', // Device not suitable
  1330: 'unreachable', // Unknown
  1340: 'window', // Outside the allowed window
  1360: 'unreachable', // TTL expired
  1370: 'auth', // Expired access token
};

/** `error.title` of a status that calls a message rejected because it has been sent already. */
export const ALREADY_SENT = '1320';

/**
 * Messages API, the number in `type` of a 422. The official description (1.11.0) uses some numbers for other things here
 * than the status webhooks do; these come first, the others mean the same.
 */
export const REFUSAL_CLASSES: Table = {
  110: 'invalid_recipient', // Invalid recipient
  1060: 'config', // Invalid client reference
  1100: 'config', // Unsupported channel
  1110: 'config', // Invalid channel parameters
  1120: 'config', // Invalid sender
  1130: 'invalid_recipient', // Invalid recipient
  1140: 'config', // Invalid message type
  1150: 'config', // Invalid message parameters
  // The message was taken before: an event will name it.
  1320: 'ambiguous',
};

/** The class that a table gives a code, undefined for one that is not in it. */
export function classIn(table: Table, code: string | undefined): FaultClass | undefined {
  return code !== undefined && Object.hasOwn(table, code) ? table[code] : undefined;
}

/** The fault of a message that Vonage took and could not deliver. An unknown code is no reason to give the address up. */
export function faultOfCode(table: Table, code: string): Fault {
  const shown = code.slice(0, 32);
  return { class: classIn(table, code) ?? 'unreachable', code: shown, message: `Vonage reports error ${shown}.` };
}

/** The code of a problem document: `title` in status webhooks, else what follows the `#` of its `type`. */
export function problemCode(problem: JsonObject): string | undefined {
  const { title } = problem;
  if (typeof title === 'number') return String(title);
  if (typeof title === 'string' && /^\d{2,5}$/.test(title)) return title;
  return /#(\d{2,5})$/.exec(textOf(problem, 'type') ?? '')?.[1];
}

/** The provider's own sentence, or one of ours, as it may be stored and shown. */
export function sentence(
  text: string | undefined,
  status: number,
  account: Pick<Account<object>, 'credentials'>,
): string {
  return text === undefined ? `Vonage answered ${status}.` : safeMessage(text, account);
}

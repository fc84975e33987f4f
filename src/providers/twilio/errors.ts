import { safeMessage } from '../faults';
import { readJsonObject, textOf } from '../json';
import type { Account, Fault, FaultClass } from '../provider';

/** Answers by HTTP status, for bodies without a code of CODE_CLASSES. */
export const STATUS_CLASSES: Readonly<Record<number, FaultClass>> = {
  // A refusal whose code we do not know: Twilio adds codes without notice. The message failed, the address may be fine.
  400: 'unreachable',
  401: 'auth',
  403: 'auth',
  404: 'config',
  409: 'transient',
  413: 'content',
  422: 'config',
  429: 'throttled',
  500: 'ambiguous',
  502: 'ambiguous',
  503: 'transient',
  504: 'ambiguous',
};

/** https://www.twilio.com/docs/api/errors: `code` of a refused call and `ErrorCode` of a status callback alike. */
export const CODE_CLASSES: Readonly<Record<string, FaultClass>> = {
  14107: 'throttled', // 30 replies between two numbers in 30 s
  20003: 'auth', // Permission denied / wrong credentials
  20404: 'config', // Not found
  20429: 'throttled', // Too many concurrent REST requests
  20500: 'ambiguous', // Internal server error
  20503: 'transient', // Service unavailable
  21211: 'invalid_recipient', // Invalid 'To'
  21212: 'config', // Invalid 'From'
  21214: 'invalid_recipient', // 'To' cannot be reached
  21217: 'invalid_recipient', // Not a valid number
  21408: 'config', // Geo permission not enabled for the region
  21601: 'config', // From not SMS capable
  21602: 'content', // Body required
  21603: 'config', // From or MessagingServiceSid required
  21604: 'config', // To required
  21606: 'config', // From not valid for this destination
  21608: 'config', // Trial account: unverified To
  21609: 'config', // Invalid StatusCallback
  21610: 'opted_out', // Recipient replied STOP
  21611: 'throttled', // Sender queue full (4 h of messages at its rate)
  21612: 'unreachable', // To not reachable from this From
  21614: 'invalid_recipient', // Not a mobile number
  21617: 'content', // Body over 1600 characters
  21618: 'content', // Body cannot be sent
  21620: 'content', // Invalid media URL
  21623: 'content', // Too many media files
  21655: 'template', // ContentSid invalid
  21656: 'template', // ContentVariables invalid
  21658: 'content', // Parameter too long
  21703: 'config', // Messaging Service has no number
  21704: 'config', // Messaging Service has no senders
  21705: 'config', // Messaging Service invalid
  30001: 'throttled', // Queue overflow
  30002: 'auth', // Account suspended
  30003: 'unreachable', // Handset unreachable
  30004: 'blocked', // Message blocked
  30005: 'invalid_recipient', // Unknown handset
  30006: 'invalid_recipient', // Landline or unreachable carrier
  30007: 'blocked', // Filtered as spam
  30008: 'unreachable', // Unknown error
  30009: 'transient', // Missing inbound segment
  30010: 'quota', // Price exceeds max price
  30017: 'transient', // Carrier congestion
  30018: 'config', // Sender ID must be pre-registered
  30019: 'content', // Content size exceeds carrier limit
  30022: 'throttled', // A2P 10DLC rate limit
  30023: 'quota', // A2P 10DLC daily cap
  30024: 'config', // Numeric sender not provisioned
  30027: 'quota', // T-Mobile daily limit
  30032: 'config', // Toll-free number not verified
  30033: 'config', // Campaign suspended
  30034: 'config', // Number not registered (10DLC)
  30036: 'transient', // Validity period expired in queue
  30410: 'ambiguous', // Provider timeout: failed on purpose, not retried, to avoid duplicates
  30450: 'blocked', // Delivery blocked
  63001: 'auth', // Channel authentication
  63003: 'invalid_recipient', // Channel cannot find To
  63005: 'content', // Channel did not accept content
  63007: 'config', // No channel with this From
  63010: 'transient', // Internal error
  63012: 'transient', // Channel provider 5xx
  63013: 'blocked', // Channel policy violation
  63014: 'opted_out', // Blocked by user action
  63015: 'config', // Sandbox: recipient has not joined
  63016: 'window', // Outside the 24 h window: use a template
  63017: 'throttled', // Rate limit
  63018: 'throttled', // Channel rate limit
  63019: 'content', // Media download failed
  63021: 'content', // Invalid content
  63024: 'invalid_recipient', // Invalid recipient
  63026: 'blocked', // Sender content flagged as spam
  63027: 'template', // No template for this language
  63028: 'template', // Wrong number of parameters
  63030: 'content', // Unsupported parameter
  63031: 'config', // Same From and To
  63032: 'unreachable', // WhatsApp limitation (experiment)
  63033: 'opted_out', // Recipient blocked the sender
  63034: 'content', // Media too large
  63038: 'quota', // Account daily limit
  63040: 'template', // Template rejected
  63041: 'template', // Template paused
  63042: 'template', // Template disabled
  63051: 'auth', // WABA locked
};

/** The fault that an answer of the API means; a status that nobody listed is ambiguous. */
export function faultOfAnswer(status: number, body: Buffer, account: Pick<Account<object>, 'credentials'>): Fault {
  const answer = readJsonObject(body) ?? {};
  const code = typeof answer['code'] === 'number' ? String(answer['code']) : undefined;
  const text = textOf(answer, 'message');
  return {
    class: classOfCode(code) ?? STATUS_CLASSES[status] ?? 'ambiguous',
    code: code ?? `http_${status}`,
    message: text === undefined ? `Twilio answered ${status}.` : safeMessage(text, account),
  };
}

/** The fault of a message that Twilio took and could not deliver; the callback brings a code and no text. */
export function faultOfCode(code: string): Fault {
  return {
    class: classOfCode(code) ?? 'unreachable',
    code: code.slice(0, 32),
    message: `Twilio reports error ${code.slice(0, 32)}.`,
  };
}

function classOfCode(code: string | undefined): FaultClass | undefined {
  return code !== undefined && Object.hasOwn(CODE_CLASSES, code) ? CODE_CLASSES[code] : undefined;
}

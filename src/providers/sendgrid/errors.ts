import { safeMessage } from '../faults';
import { isJsonObject, readJsonObject, textOf, type JsonObject } from '../json';
import type { Account, Fault, FaultClass } from '../provider';

/** Answers of the API by HTTP status; 400 is judged by the field that it names (FIELDS). */
export const STATUS_CLASSES: Readonly<Record<number, FaultClass>> = {
  400: 'config',
  401: 'auth',
  403: 'auth',
  404: 'config',
  405: 'config',
  413: 'content',
  422: 'config',
  429: 'throttled',
  500: 'ambiguous',
  502: 'ambiguous',
  503: 'transient',
  504: 'ambiguous',
};

/** Which part of the request a 400 complains about, as the beginning of `errors[].field`. */
const FIELDS: readonly (readonly [prefix: RegExp, faultClass: FaultClass])[] = [
  [/^personalizations\.\d+\.(to|cc|bcc)\b/, 'invalid_recipient'],
  [/^personalizations\.\d+\.dynamic_template_data\b/, 'template'],
  [/^template_id\b/, 'template'],
  [/^(subject|content|attachments)\b/, 'content'],
  [/^personalizations\.\d+\.(subject|headers|substitutions)\b/, 'content'],
];

/** `reason` of a `dropped` event: SendGrid did not even try. */
export const DROPPED_CLASSES: Readonly<Record<string, FaultClass>> = {
  'Bounced Address': 'invalid_recipient',
  'Unsubscribed Address': 'opted_out',
  'Spam Reporting Address': 'opted_out',
  Invalid: 'invalid_recipient',
  'Spam Content': 'content',
  'Invalid SMTPAPI header': 'config',
  'Recipient List over Package Quota': 'quota',
};

/** `type` of a `bounce` event; `blocked` is a soft block that must not suppress the address. */
export const BOUNCE_CLASSES: Readonly<Record<string, FaultClass>> = {
  bounce: 'invalid_recipient',
  blocked: 'blocked',
  expired: 'unreachable',
};

/** The fault that an answer of the API means; a status that nobody listed is ambiguous. */
export function faultOfAnswer(status: number, body: Buffer, account: Pick<Account<object>, 'credentials'>): Fault {
  return faultOf(status, errorsOf(body)[0] ?? {}, account);
}

/** The faults of the recipients that a refusal names (`personalizations.3.to`), by their place in the call. */
export function faultsOfRecipients(
  status: number,
  body: Buffer,
  account: Pick<Account<object>, 'credentials'>,
): Map<number, Fault> {
  const faults = new Map<number, Fault>();
  if (status !== 400) return faults;
  for (const error of errorsOf(body)) {
    const place = /^personalizations\.(\d{1,4})\.to\b/.exec(textOf(error, 'field') ?? '')?.[1];
    if (place !== undefined && !faults.has(Number(place))) faults.set(Number(place), faultOf(status, error, account));
  }
  return faults;
}

function errorsOf(body: Buffer): JsonObject[] {
  const errors = readJsonObject(body)?.['errors'];
  return Array.isArray(errors) ? errors.filter(isJsonObject) : [];
}

function faultOf(status: number, error: JsonObject, account: Pick<Account<object>, 'credentials'>): Fault {
  const [text, field] = [textOf(error, 'message'), textOf(error, 'field')];
  const ofField =
    status === 400 && field !== undefined ? FIELDS.find(([prefix]) => prefix.test(field))?.[1] : undefined;
  const message = text === undefined ? `SendGrid answered ${status}.` : safeMessage(text, account);
  return { class: ofField ?? STATUS_CLASSES[status] ?? 'ambiguous', code: `http_${status}`, message };
}

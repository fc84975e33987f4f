import { safeMessage } from '../faults';
import { readJsonObject, textOf } from '../json';
import type { Account, Fault, FaultClass } from '../provider';
import { retryAfterMs } from '../retry-after';

/** Answers of the API by HTTP status; 400 is judged by its text (TEXTS). */
export const STATUS_CLASSES: Readonly<Record<number, FaultClass>> = {
  400: 'config',
  401: 'auth', // also: a domain of the other region
  402: 'config',
  403: 'auth',
  404: 'config', // no such domain
  413: 'content',
  422: 'config',
  429: 'throttled',
  500: 'ambiguous',
  502: 'ambiguous',
  503: 'transient',
  504: 'ambiguous',
};

/** Texts of a 400, as the description of POST /v3/{domain}/messages lists them. */
const TEXTS: readonly (readonly [text: RegExp, faultClass: FaultClass])[] = [
  [/^'?to'? parameter is not a valid address/i, 'invalid_recipient'],
  [/^only one parameters? .*\btemplate\b/i, 'content'],
  [/^need at least one of .*\btext\b/i, 'content'],
  [/limited to 16 ?KB/i, 'content'],
  [/^'?from'? parameter/i, 'config'],
];

/** `reason` of an event `failed` whose `severity` is permanent. */
export const REASON_CLASSES: Readonly<Record<string, FaultClass>> = {
  bounce: 'invalid_recipient',
  'suppress-bounce': 'invalid_recipient',
  'suppress-complaint': 'opted_out',
  'suppress-unsubscribe': 'opted_out',
  generic: 'unreachable',
  old: 'unreachable',
  espblock: 'blocked',
};

/** The fault that an answer of the API means; a status that nobody listed is ambiguous. */
export function faultOfAnswer(status: number, body: Buffer, account: Pick<Account<object>, 'credentials'>): Fault {
  const text = textOf(readJsonObject(body) ?? {}, 'message');
  const ofText = status === 400 && text !== undefined ? TEXTS.find(([pattern]) => pattern.test(text))?.[1] : undefined;
  return {
    class: ofText ?? STATUS_CLASSES[status] ?? 'ambiguous',
    code: `http_${status}`,
    message: text === undefined ? `Mailgun answered ${status}.` : safeMessage(text, account),
  };
}

/** The wait that Mailgun asks for: it writes it into the text ("try again after 120 seconds"); a proxy sets headers. */
export function waitOf(headers: Readonly<Record<string, string>>, body: Buffer, now: Date): number | undefined {
  const text = textOf(readJsonObject(body) ?? {}, 'message') ?? '';
  const seconds = /try again after (\d{1,9}) seconds?/i.exec(text)?.[1];
  return seconds === undefined ? retryAfterMs(headers, now) : Number(seconds) * 1000;
}

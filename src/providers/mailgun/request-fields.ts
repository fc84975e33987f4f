import { parseForm, type Form } from '../form';
import { isJsonObject, readJsonObject, type JsonObject } from '../json';
import { parameterOf, splitParts, type MimePart } from '../mime';
import type { WebhookRequest } from '../provider';

/** What Mailgun signs of a request, and with what. The rest of the body is not signed. */
export interface Signed {
  timestamp: string;
  token: string;
  signature: string;
}

/** A form as Mailgun posts it. */
export interface PostedForm {
  fields: Form;
  /** By the names of their fields. */
  files: ReadonlyMap<string, MimePart>;
  /** `body-mime`, a mail as it came: in whatever charsets its sender used, so not as text. */
  rawMail?: Buffer | undefined;
}

/** Webhooks of today are JSON; those of before 2018 and inbound mails are forms, multipart where there are files. */
export function eventDataOf(request: WebhookRequest): JsonObject | undefined {
  const data = jsonOf(request)?.['event-data'];
  return isJsonObject(data) ? data : undefined;
}

/** Undefined when the request is no form. */
export function formOf({ headers, rawBody }: WebhookRequest): PostedForm | undefined {
  const contentType = headers['content-type'] ?? '';
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType))
    return { fields: parseForm(rawBody), files: new Map(), rawMail: bytesOfField(rawBody, 'body-mime') };
  const boundary = /^multipart\/form-data\b/i.test(contentType) ? parameterOf(contentType, 'boundary') : undefined;
  return boundary === undefined ? undefined : formOfParts(splitParts(rawBody, boundary));
}

/** The signed fields, undefined when one is missing or does not look as documented. */
export function signedOf(request: WebhookRequest): Signed | undefined {
  const { timestamp, token, signature } = unchecked(request);
  const isWellFormed =
    // Exactly ten digits: what is signed is `timestamp + token`, so digits could be moved from the one to the other.
    /^\d{10}$/.test(timestamp) && /^[\w-]{1,100}$/.test(token) && /^[0-9a-f]{64}$/.test(signature);
  return isWellFormed ? { timestamp, token, signature } : undefined;
}

function unchecked(request: WebhookRequest): Signed {
  const inJson = jsonOf(request)?.['signature'];
  if (isJsonObject(inJson)) {
    const { timestamp, token, signature } = inJson;
    // The samples write the time as text; the documentation calls it a number.
    const time = typeof timestamp === 'number' ? String(timestamp) : timestamp;
    return { timestamp: textOrNone(time), token: textOrNone(token), signature: textOrNone(signature) };
  }
  const fields = formOf(request)?.fields;
  const last = (name: string) => fields?.[name]?.at(-1) ?? '';
  return { timestamp: last('timestamp'), token: last('token'), signature: last('signature') };
}

function textOrNone(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function jsonOf({ headers, rawBody }: WebhookRequest): JsonObject | undefined {
  return /^application\/json\b/i.test(headers['content-type'] ?? '') ? readJsonObject(rawBody) : undefined;
}

function formOfParts(parts: readonly MimePart[]): PostedForm {
  const fields: Record<string, string[]> = Object.create(null);
  const files = new Map<string, MimePart>();
  let rawMail: Buffer | undefined;
  for (const part of parts) {
    const disposition = part.headers['content-disposition'] ?? '';
    const name = parameterOf(disposition, 'name') ?? '';
    if (name === 'body-mime') rawMail = part.body;
    else if (parameterOf(disposition, 'filename') !== undefined) files.set(name, part);
    else (fields[name] ??= []).push(part.body.toString('utf8'));
  }
  return { fields, files, rawMail };
}

/** The first value of a field of a urlencoded form, byte by byte. */
function bytesOfField(rawBody: Buffer, name: string): Buffer | undefined {
  const pair = rawBody
    .toString('latin1')
    .split('&')
    .find((each) => each.startsWith(`${name}=`));
  const value = pair
    ?.slice(name.length + 1)
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_code, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return value === undefined ? undefined : Buffer.from(value, 'latin1');
}

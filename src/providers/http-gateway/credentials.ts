import { readJsonObject } from '../json';
import type { CredentialField } from '../provider';

/** From the credentials form of a channel that a gateway of the tenant's own serves. */
export type HttpGatewayCredentials = {
  /** Where each message goes, with path and query. Shown to everybody who may read the channel: no place for a secret. */
  url: string;
  method: string;
  /** A JSON object of header names and values. */
  headers?: string;
  /** JSON with placeholders in its strings (body.ts). */
  bodyTemplate?: string;
  /** Where the gateway's answer has the id of the message: names with dots between them. */
  idField?: string;
  /** Signs the gateway's calls; without it none is believed. */
  webhookToken?: string;
};

/** Headers that belong to the connection, or to the one client that makes it. */
export const RESERVED_HEADERS: readonly string[] = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'accept-encoding',
];

/** A pattern has no flags, so each letter stands there twice. */
const anyCase = (name: string) => name.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);

/** RFC 9110, 5.6.2, without the reserved ones. */
const NAME = `"(?!(?:${RESERVED_HEADERS.map(anyCase).join('|')})")[A-Za-z0-9!#$%&'*+.^_\`|~-]{1,100}"`;
/** Printable ASCII. JSON has an escape for every line break, so only those of the quote, the slash and the backslash pass. */
const VALUE = '"(?:[ !#-\\[\\]-~]|\\\\["\\\\/]){0,4000}"';
const MEMBER = `\\s*${NAME}\\s*:\\s*${VALUE}\\s*`;
const HEADERS = `\\s*\\{(?:\\s*|${MEMBER}(?:,${MEMBER}){0,49})\\}\\s*`;

export const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  {
    name: 'url',
    label: 'Address',
    // No user info, no fragment; no backslash, which some readers take for a slash.
    pattern: 'https?://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?][!"$-\\[\\]-~]{0,2000})?',
    secret: false,
    required: true,
  },
  { name: 'method', label: 'Method', pattern: 'POST|PUT', secret: false, required: true, options: ['POST', 'PUT'] },
  { name: 'headers', label: 'Headers (JSON)', pattern: HEADERS, secret: true, required: false },
  {
    name: 'bodyTemplate',
    label: 'Body (JSON with placeholders)',
    pattern: '\\s*\\{[\\s\\S]{0,10000}\\}\\s*',
    secret: false,
    required: false,
  },
  {
    name: 'idField',
    label: 'Field of the message id in the answer',
    pattern: '[A-Za-z0-9_-]{1,60}(?:\\.[A-Za-z0-9_-]{1,60}){0,7}',
    secret: false,
    required: false,
  },
  { name: 'webhookToken', label: 'Webhook token', pattern: '[!-~]{16,200}', secret: true, required: false },
];

/** The tenant's headers by lower-case name; undefined when they are not what the form allows. */
export function headersOf({ headers = '{}' }: HttpGatewayCredentials): Record<string, string> | undefined {
  if (!new RegExp(`^(?:${HEADERS})$`).test(headers)) return undefined;
  const read = readJsonObject(Buffer.from(headers));
  return read && Object.fromEntries(Object.entries(read).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** All that may not be seen in a sentence of the gateway, as safeMessage takes it: it may repeat a part of a header only. */
export function secretsOf(credentials: HttpGatewayCredentials): { credentials: object } {
  const values = Object.values(headersOf(credentials) ?? {});
  const words = values.flatMap((value) => value.split(/[\s,;:="]+/)).filter((word) => word.length >= 8);
  return { credentials: [credentials.headers, ...values, ...words, credentials.webhookToken] };
}

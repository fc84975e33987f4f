import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import type { WebhookRequest } from '../../../src/providers/provider';
import { signVonageParameters, signVonageToken, vonageClaims } from '../../support/sign-vonage';
import { accepted, answerOf, COMMON, doubt, permanent, SECRET } from '../answers';
import type { LedgerEntry } from '../described-server';
import type { Kit, Signature, Signer, Unsigned } from '../kit';
import { hex } from '../player';

const secrets = { provider: 'signature-secret-of-the-account', stranger: 'signature-secret-of-another', nobody: '' };
const apiKey = 'abcd1234';
const apiSecret = 'Abcdef0123456789';
const credentials = { apiKey, apiSecret, signatureSecret: secrets.provider, signatureMethod: 'sha256' };
const HOUR_MS = 3_600_000;

export const vonage: Kit = {
  credentials,
  secrets: [apiSecret, secrets.provider],
  badCredentials: {
    '/credentials/apiKey': { apiKey: 'abcd123', apiSecret },
    '/credentials/apiSecret': { apiKey },
    '/credentials/signatureSecret': { apiKey, apiSecret, signatureSecret: 'short' },
    '/credentials/signatureMethod': { apiKey, apiSecret, signatureMethod: 'sha3' },
    '/credentials/privateKey': { apiKey, apiSecret, privateKey: '/etc/hostname' },
  },
  settings: {},
  from: { SMS: '+15005550006', WHATSAPP: '+15005550006' },
  sign,
  // A parameter that was taken away or changed; those that came by a token lose their header in the test itself.
  spoilt: (signed) =>
    signed.headers['authorization']
      ? []
      : ['sig', 'timestamp'].flatMap((name) =>
          [undefined, '', 'x', '0'.repeat(64)].map((value) => withParameter(signed, name, value)),
        ),
  withoutSecret: { credentials: { apiKey, apiSecret, signatureSecret: '' } },
  window: { pastMs: 25 * HOUR_MS, futureMs: 5 * 60_000 },
  answers: {
    documented: (status) =>
      status < 300
        ? answerOf(status, JSON.stringify(smsAnswer('0C000000217B7F02')))
        : answerOf(
            status,
            JSON.stringify({
              'message-count': '1',
              messages: [{ status: '99', 'error-text': `refused for +14155552671 by ${SECRET}` }],
            }),
          ),
    expected: {
      ...COMMON,
      '200': accepted,
      '201': accepted,
      '202': accepted,
      '400': permanent('config'),
      '409': doubt,
    },
  },
  player: {
    violations,
    unlisted: {
      '/account/get-balance': { value: 10.28, autoReload: false },
      '/v2/applications': { page_size: 1, page: 1, total_items: 0, total_pages: 0, _embedded: { applications: [] } },
    },
    answer: (entry) => {
      if (entry.path === '/sms/json') {
        entry.messageId = `0C${hex(entry.number, 14).toUpperCase()}`;
        return { status: 200, body: smsAnswer(entry.messageId) };
      }
      entry.messageId = `aaaaaaaa-bbbb-4ccc-8ddd-${hex(entry.number, 12)}`;
      return { status: 202, body: { message_uuid: entry.messageId } };
    },
    refusal: (status, message) => ({
      type: 'https://developer.vonage.com/api-errors/messages#1150',
      title: 'Invalid params',
      detail: `${status}: ${message}`,
      instance: 'bf0ca0bf927b3b52e3cb03217e1a1ddf',
    }),
  },
};

function sign(request: Unsigned, as: Signer, timestamp = request.receivedAt): Signature {
  const { url, rawBody } = request;
  if (rawBody.includes('"message_uuid"')) {
    return {
      headers: { authorization: `Bearer ${signVonageToken(secrets[as], vonageClaims(apiKey, timestamp, rawBody))}` },
    };
  }
  const seconds = String(Math.floor(timestamp.getTime() / 1000));
  const parameters = {
    ...readParameters(url, rawBody),
    timestamp: seconds,
    nonce: 'ec11dd3e-1e7f-4db5-9467-82b02cd223b9',
  };
  const sig = signVonageParameters(credentials.signatureMethod, secrets[as], parameters);
  return writeParameters(url, rawBody, { ...parameters, sig });
}

function readParameters(url: string, rawBody: Buffer): Record<string, string> {
  const text = rawBody.toString();
  if (text.startsWith('{')) return JSON.parse(text);
  return Object.fromEntries(text === '' ? new URL(url).searchParams : new URLSearchParams(text));
}

/** Puts the parameters back where they came from: the JSON, the form, or the address. */
function writeParameters(url: string, rawBody: Buffer, parameters: Record<string, string>): Signature {
  if (rawBody.includes('{')) return { rawBody: Buffer.from(JSON.stringify(parameters)) };
  const form = new URLSearchParams(parameters).toString();
  if (rawBody.length > 0) return { rawBody: Buffer.from(form) };
  return { url: `${url.split('?')[0]}?${form}`, query: parameters };
}

function withParameter(request: WebhookRequest, name: string, value: string | undefined): WebhookRequest {
  const { [name]: _old, ...others } = readParameters(request.url, request.rawBody);
  const parameters = value === undefined ? others : { ...others, [name]: value };
  return { ...request, ...writeParameters(request.url, request.rawBody, parameters) };
}

function smsAnswer(id: string): object {
  const part = { 'remaining-balance': '15.53590000', 'message-price': '0.03330000', network: '23410' };
  return { 'message-count': '1', messages: [{ to: '14155552671', 'message-id': id, status: '0', ...part }] };
}

function description(file: string) {
  return JSON.parse(readFileSync(join(__dirname, '../descriptions', file), 'utf8'));
}

/** The body that each path takes, by the official descriptions. A form has texts only, which stand for numbers there. */
const BODIES: Readonly<Record<string, { type: string; validate: ValidateFunction; names?: string[] }>> = (() => {
  const sms = description('vonage-sms.openapi.json').components.schemas.NewMessage;
  const options = { strict: false, validateFormats: false, logger: false as const };
  const messages = new Ajv2020(options).addSchema(description('vonage-messages.openapi.json'), 'messages');
  const body = messages.getSchema('messages#/paths/~1v1~1messages/post/requestBody/content/application~1json/schema');
  if (!body) throw new Error('The description of the Messages API has changed.');
  return {
    '/sms/json': {
      type: 'application/x-www-form-urlencoded',
      validate: new Ajv2020({ ...options, coerceTypes: true }).compile(sms),
      names: Object.keys(sms.properties),
    },
    '/v1/messages': { type: 'application/json', validate: body },
  };
})();

function violations({ method, path, headers, body }: LedgerEntry): string[] {
  const known = BODIES[path];
  if (method !== 'POST' || !known) return [`${method} ${path} is not described.`];
  const found: string[] = [];
  if (headers['content-type'] !== known.type) found.push(`The body is ${String(headers['content-type'])}.`);
  if (path === '/v1/messages' && !/^Basic ./.test(String(headers['authorization']))) found.push('No authorization.');
  if (known.names) found.push(...Object.keys(body).filter((name) => !known.names?.includes(name)));
  if (!known.validate({ ...body })) {
    found.push(...(known.validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`));
  }
  return found;
}

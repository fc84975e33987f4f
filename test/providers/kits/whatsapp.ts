import { createHmac } from 'node:crypto';
import type { WebhookRequest } from '../../../src/providers/provider';
import { accepted, answerOf, COMMON, doubt, permanent, SECRET } from '../answers';
import type { LedgerEntry } from '../described-server';
import type { Kit, Signer } from '../kit';
import { violationsOfRequest } from '../whatsapp-description';

const appSecret = { provider: '0123456789abcdef'.repeat(2), stranger: 'f'.repeat(32), nobody: '' };
const verifyToken = { provider: 'meaty-ham-hock', stranger: 'fishy-ham-hock', nobody: '' };
const accessToken = `EAAB${'x1'.repeat(20)}`;
const phoneNumberId = '106540352242922';

export const whatsapp: Kit = {
  credentials: {
    accessToken,
    phoneNumberId,
    appSecret: appSecret.provider,
    verifyToken: verifyToken.provider,
    wabaId: '102290129340398',
    apiVersion: 'v23.0',
  },
  secrets: [accessToken, appSecret.provider, verifyToken.provider],
  badCredentials: {
    '/credentials/accessToken': { phoneNumberId },
    '/credentials/phoneNumberId': { accessToken, phoneNumberId: '+15550783881' },
    '/credentials/appSecret': { accessToken, phoneNumberId, appSecret: 'not hexadecimal' },
    '/credentials/verifyToken': { accessToken, phoneNumberId, verifyToken: 'short' },
    '/credentials/wabaId': { accessToken, phoneNumberId, wabaId: 'mine' },
    '/credentials/apiVersion': { accessToken, phoneNumberId, apiVersion: '23' },
  },
  settings: {},
  from: { WHATSAPP: '+15550783881' },
  sign: ({ url, rawBody }, as) =>
    new URL(url).searchParams.has(TOKEN)
      ? withToken(url, verifyToken[as])
      : { headers: { 'x-hub-signature-256': signatureOf(as, rawBody) } },
  spoilt: (signed) => (signed.method === 'GET' ? spoiltSetUps(signed) : []),
  withoutSecret: { credentials: { accessToken, phoneNumberId }, webhookSecret: '' },
  answers: {
    documented: (status) =>
      status < 300
        ? answerOf(status, JSON.stringify(taken('wamid.HBgLMTQxNTU1NTI2NzEVAgARGBI=')))
        : answerOf(status, JSON.stringify(refusal(999_999, `refused for +14155552671 by ${SECRET}`))),
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
    unlisted: {
      [`/v23.0/${phoneNumberId}`]: {
        verified_name: 'Acme',
        display_phone_number: '+1 555-078-3881',
        quality_rating: 'GREEN',
        id: phoneNumberId,
      },
    },
    violations: violationsOfRequest,
    answer,
    refusal: (_status, message) => refusal(100, message),
  },
};

const TOKEN = 'hub.verify_token';

function signatureOf(as: Signer, rawBody: Buffer): string {
  return `sha256=${createHmac('sha256', appSecret[as]).update(rawBody).digest('hex')}`;
}

function withToken(url: string, token: string): Pick<WebhookRequest, 'url' | 'query'> {
  return changed(url, (search) => search.set(TOKEN, token));
}

/** The set-up question is signed by a word in its query; each of these lacks something that it must have. */
function spoiltSetUps(signed: WebhookRequest): WebhookRequest[] {
  const changes: ((search: URLSearchParams) => void)[] = [
    (search) => search.delete(TOKEN),
    (search) => search.set(TOKEN, ''),
    (search) => search.set(TOKEN, `${verifyToken.provider}x`),
    (search) => search.set(TOKEN, 'é'.repeat(verifyToken.provider.length)),
    (search) => search.delete('hub.mode'),
    (search) => search.set('hub.mode', 'unsubscribe'),
    (search) => search.delete('hub.challenge'),
  ];
  const asPost = { ...signed, method: 'POST' as const };
  return [asPost, ...changes.map((change) => ({ ...signed, ...changed(signed.url, change) }))];
}

function changed(url: string, change: (search: URLSearchParams) => void): Pick<WebhookRequest, 'url' | 'query'> {
  const address = new URL(url);
  change(address.searchParams);
  return { url: address.href, query: Object.fromEntries(address.searchParams) };
}

function answer(entry: LedgerEntry): { status: number; body: object } {
  if (entry.path.endsWith('/media')) return { status: 200, body: { id: `44907093273${entry.number}` } };
  if (entry.path.endsWith('/message_templates')) return { status: 200, body: listed(entry.query['after']) };
  if (entry.path.endsWith('/subscribed_apps')) return { status: 200, body: { success: true } };
  entry.messageId = `wamid.HBgL${String(entry.number).padStart(8, '0')}`;
  const { to, recipient } = entry.body;
  return { status: 200, body: taken(entry.messageId, to ?? recipient) };
}

/** What the account keeps, two on a page: `next` is the address of the page behind, on another host. */
const TEMPLATES = [
  { name: 'order_ready', language: 'en_US', status: 'APPROVED', category: 'UTILITY', rejected_reason: 'NONE' },
  { name: 'order_ready', language: 'de', status: 'PENDING', category: 'UTILITY', rejected_reason: 'NONE' },
  { name: 'big_sale', language: 'en', status: 'REJECTED', category: 'MARKETING', rejected_reason: 'ABUSIVE_CONTENT' },
  { name: 'newsletter', language: 'en', status: 'PAUSED', category: 'MARKETING' },
  { name: 'odd', language: 'en', status: 'SOMETHING_NEW' },
];

function listed(after: unknown): object {
  const from = Number(after ?? 0);
  const end = from + 2;
  const next = end < TEMPLATES.length && { next: `https://elsewhere.example/?after=${end}` };
  return {
    data: TEMPLATES.slice(from, end).map((template, index) => ({ ...template, id: String(from + index) })),
    paging: { cursors: { before: String(from), after: String(end) }, ...next },
  };
}

function taken(id: string, input: unknown = '14155552671'): object {
  return { messaging_product: 'whatsapp', contacts: [{ input, wa_id: input }], messages: [{ id }] };
}

function refusal(code: number, message: string): object {
  return { error: { message, type: 'OAuthException', code, fbtrace_id: 'Az8or2yhqkZfEZ-_4Qn_Bam' } };
}

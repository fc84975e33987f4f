import { signTwilio } from '../../support/sign';
import { accepted, answerOf, COMMON, permanent, retry, SECRET } from '../answers';
import type { LedgerEntry } from '../described-server';
import type { Kit } from '../kit';
import { hex } from '../player';

const token = { provider: 'abcdef'.repeat(6).slice(4), stranger: 'f'.repeat(32), nobody: '' };
const accountSid = `AC${'0'.repeat(31)}1`;

export const twilio: Kit = {
  credentials: { accountSid, authToken: token.provider },
  secrets: [token.provider],
  badCredentials: {
    '/credentials/accountSid': { accountSid: 'AC1', authToken: token.provider },
    '/credentials/authToken': { accountSid },
    '/credentials/apiKeySid': { accountSid, authToken: token.provider, apiKeySid: 7 },
    '/credentials/a~1b': { accountSid, authToken: token.provider, 'a/b': 'x' },
  },
  settings: {},
  from: { SMS: '+15005550006', WHATSAPP: '+15005550006' },
  sign: ({ url, rawBody }, as) => {
    const params: Record<string, string[]> = Object.create(null);
    for (const [name, value] of new URLSearchParams(rawBody.toString())) (params[name] ??= []).push(value);
    return { headers: { 'x-twilio-signature': signTwilio(token[as], url, params) } };
  },
  withoutSecret: { credentials: { accountSid, authToken: '' } },
  answers: {
    documented: (status) =>
      status < 300
        ? answerOf(
            status,
            JSON.stringify({ sid: `SM${'a'.repeat(32)}`, status: 'queued', num_segments: '1', price: null }),
          )
        : answerOf(status, JSON.stringify({ code: 99999, message: `refused for +14155552671 by ${SECRET}`, status })),
    expected: {
      ...COMMON,
      '200': accepted,
      '201': accepted,
      '202': accepted,
      '400': permanent('unreachable'),
      '409': retry('transient'),
    },
  },
  player: {
    file: 'api_v2010.messages.openapi.json',
    unlisted: {},
    answer: (entry) => {
      if (entry.method === 'POST') return { status: 201, body: newMessage(entry) };
      const isList = entry.path.endsWith('/Messages.json');
      return { status: 200, body: isList ? { messages: [], next_page_uri: null } : { sid: 'AC', status: 'active' } };
    },
    refusal: (status, message) => ({
      code: 21602,
      message,
      more_info: 'https://www.twilio.com/docs/errors/21602',
      status,
    }),
  },
};

function newMessage(entry: LedgerEntry): object {
  entry.messageId = `SM${hex(entry.number, 32)}`;
  const { To: to, From: from, Body: body } = entry.body;
  return {
    sid: entry.messageId,
    status: 'queued',
    to,
    from: from ?? null,
    body: body ?? '',
    // "0" until a Messaging Service has chosen the sender.
    num_segments: from ? '1' : '0',
    price: null,
    price_unit: null,
    error_code: null,
    direction: 'outbound-api',
  };
}

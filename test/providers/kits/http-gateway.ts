import { createHmac } from 'node:crypto';
import { accepted, answerOf, COMMON, doubt, permanent, SECRET } from '../answers';
import type { Kit } from '../kit';

const token = 'gw_invented-key-0123456789';
const headers = JSON.stringify({ Authorization: `Bearer ${token}`, 'X-Team': 'acme' });
const tokens = {
  provider: 'invented-webhook-token-0123456789',
  stranger: 'webhook-token-of-someone-else-987',
  nobody: '',
};
const required = { url: 'https://gateway.acme.example/v1/messages?tenant=7', method: 'POST' };
const good = { ...required, headers, idField: 'data.id' };

export const httpGateway: Kit = {
  credentials: { ...good, webhookToken: tokens.provider },
  secrets: [token, tokens.provider],
  badCredentials: {
    '/credentials/url': { ...good, url: 'https://user:password@gateway.acme.example/v1' },
    '/credentials/method': { ...good, method: 'GET' },
    '/credentials/headers': { ...good, headers: '{"X-A":"a\\r\\nX-B: b"}' },
    '/credentials/bodyTemplate': { ...good, bodyTemplate: 'to={{to}}&text={{text}}' },
    '/credentials/idField': { ...good, idField: 'data..id' },
    '/credentials/webhookToken': { ...good, webhookToken: 'short' },
    '/credentials/timeout': { ...good, timeout: '5' },
  },
  settings: {},
  from: { SMS: '+15005550006', EMAIL: 'news@acme.example' },
  sign: ({ rawBody }, as) => ({
    headers: { 'x-carillon-signature': `sha256=${createHmac('sha256', tokens[as]).update(rawBody).digest('hex')}` },
  }),
  withoutSecret: { credentials: good },
  answers: {
    documented: (status) =>
      answerOf(
        status,
        JSON.stringify(status < 300 ? { data: { id: 'gw-81' } } : { message: `refused for +14155552671 by ${SECRET}` }),
      ),
    expected: {
      ...COMMON,
      '200': accepted,
      '201': accepted,
      '202': accepted,
      '400': permanent('config'),
      // It may have the message already.
      '409': doubt,
    },
  },
};

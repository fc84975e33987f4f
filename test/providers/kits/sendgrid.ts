import { signSendgrid, sendgridKeys } from '../../support/sign';
import { accepted, answerOf, COMMON, doubt, permanent, SECRET } from '../answers';
import type { Kit } from '../kit';
import { hex } from '../player';

const keys = { provider: sendgridKeys(), stranger: sendgridKeys(), nobody: sendgridKeys() };
const apiKey = 'SG.abcdefghijklmnop.qrstuvwxyzabcdefghij';

export const sendgrid: Kit = {
  credentials: { apiKey, webhookPublicKey: keys.provider.publicKey },
  secrets: [apiKey],
  badCredentials: {
    '/credentials/apiKey': { apiKey: 'no key' },
    '/credentials/webhookPublicKey': { apiKey: 'SG.abcdefghijklmnop.x', webhookPublicKey: 'short' },
    '/credentials/apikey': { apiKey: 'SG.abcdefghijklmnop.x', apikey: 'SG.abcdefghijklmnop.x' },
  },
  settings: { fromName: 'Acme' },
  from: { EMAIL: 'news@acme.example' },
  sign: ({ rawBody, receivedAt }, as, timestamp = receivedAt) => ({
    headers: signSendgrid(keys[as].privateKey, Math.floor(timestamp.getTime() / 1000), rawBody),
  }),
  withoutSecret: { credentials: { apiKey } },
  window: { pastMs: 25 * 3_600_000, futureMs: 5 * 60_000 },
  answers: {
    documented: (status) =>
      status < 300
        ? answerOf(status, '', { 'X-Message-Id': '14c5d75ce93.dfd.64b469' })
        : answerOf(
            status,
            JSON.stringify({
              errors: [{ message: `refused for ada@example.com by ${SECRET}`, field: null, help: null }],
            }),
          ),
    expected: {
      ...COMMON,
      '200': accepted,
      '201': accepted,
      '202': accepted,
      '400': permanent('config'),
      '409': doubt,
      // The id comes in a header that a proxy may drop; the webhook still names the message.
      '202 with an empty body and no id': accepted,
    },
  },
  player: {
    file: 'tsg_mail_v3.json',
    unlisted: { '/v3/scopes': { scopes: ['mail.send', 'sender_verification_eligible'] } },
    answer: (entry) => {
      entry.messageId = `sg${hex(entry.number, 20)}`;
      return { status: 202, headers: { 'x-message-id': entry.messageId }, body: '' };
    },
    refusal: (_status, message) => ({ errors: [{ message, field: null, help: null }] }),
  },
};

import { signSandbox } from '../../support/sign';
import type { Kit } from '../kit';
import { WEBHOOK_SECRET } from '../webhook-secret';

const secret = { provider: WEBHOOK_SECRET, stranger: 'sandbox-secret-of-another', nobody: '' };

export const sandbox: Kit = {
  credentials: {},
  secrets: [secret.provider],
  badCredentials: { '/credentials/apiKey': { apiKey: 'x' } },
  settings: {},
  from: { EMAIL: 'hello@acme.example', SMS: '+15005550006', WHATSAPP: '+15005550006', TELEGRAM: 'acme_bot' },
  sign: ({ rawBody }, as) => ({ headers: { 'x-sandbox-signature': signSandbox(secret[as], rawBody) } }),
  withoutSecret: { webhookSecret: '' },
};

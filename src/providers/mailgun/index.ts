import { defineProvider } from '../provider';
import { batch } from './batch';
import { check } from './check';
import { baseUrlOf, CREDENTIAL_FIELDS, type MailgunCredentials } from './credentials';
import { poll } from './poll';
import { query } from './query';
import { CAPABILITIES, refuse } from './refuse';
import { send } from './send';
import { webhook } from './webhook';

/** E-mail through Mailgun's v3 API, its webhooks, its events API and its inbound routes. */
export const mailgun = defineProvider<MailgunCredentials>({
  type: 'mailgun',
  label: 'Mailgun',
  defaultBaseUrl: 'https://api.mailgun.net',
  baseUrlOf,
  credentials: CREDENTIAL_FIELDS,
  channels: { EMAIL: CAPABILITIES },
  refuse,
  send,
  batch,
  query,
  poll,
  check,
  webhook,
});

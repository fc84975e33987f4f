import { defineProvider } from '../provider';
import { batch } from './batch';
import { check } from './check';
import { CREDENTIAL_FIELDS, type SendgridCredentials } from './credentials';
import { CAPABILITIES, refuse } from './refuse';
import { send } from './send';
import { webhook } from './webhook';

/** E-mail through SendGrid's v3 API, its signed event webhook and its Inbound Parse. */
export const sendgrid = defineProvider<SendgridCredentials>({
  type: 'sendgrid',
  label: 'Twilio SendGrid',
  defaultBaseUrl: 'https://api.sendgrid.com',
  credentials: CREDENTIAL_FIELDS,
  channels: { EMAIL: CAPABILITIES },
  refuse,
  send,
  batch,
  check,
  webhook,
});

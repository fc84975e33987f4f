import { defineProvider } from '../provider';
import { baseUrlOf, CREDENTIAL_FIELDS, type SmtpCredentials } from './credentials';
import { CAPABILITIES, refuse } from './refuse';
import { check, send } from './send';

/** E-mail through any mail server. It has no webhook: what happens after the server took a mail is not told to us. */
export const smtp = defineProvider<SmtpCredentials>({
  type: 'smtp',
  label: 'SMTP',
  defaultBaseUrl: 'smtp://localhost:587',
  baseUrlOf,
  credentials: CREDENTIAL_FIELDS,
  channels: { EMAIL: CAPABILITIES },
  refuse,
  send,
  check,
});

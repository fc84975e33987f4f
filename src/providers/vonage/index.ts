import { defineProvider } from '../provider';
import { check } from './check';
import { CREDENTIAL_FIELDS, usesMessagesApi, type VonageCredentials } from './credentials';
import { fetchMedia } from './media';
import { CAPABILITIES, refuse } from './refuse';
import { send } from './send';
import { webhook } from './webhook';

const SMS_API = 'https://rest.nexmo.com';
const MESSAGES_API = 'https://api.nexmo.com';

/** SMS through Vonage's SMS API, WhatsApp and on request SMS through its Messages API. */
export const vonage = defineProvider<VonageCredentials>({
  type: 'vonage',
  label: 'Vonage',
  defaultBaseUrl: SMS_API,
  baseUrlOf: (account) => (usesMessagesApi(account) ? MESSAGES_API : SMS_API),
  credentials: CREDENTIAL_FIELDS,
  channels: CAPABILITIES,
  refuse,
  send,
  check,
  fetchMedia,
  webhook,
});

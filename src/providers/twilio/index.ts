import { defineProvider } from '../provider';
import { check } from './check';
import { CREDENTIAL_FIELDS, type TwilioCredentials } from './credentials';
import { fetchMedia } from './media';
import { price } from './price';
import { query } from './query';
import { CAPABILITIES, refuse } from './refuse';
import { send } from './send';
import { webhook } from './webhook';

/** SMS, MMS and WhatsApp through Twilio's Programmable Messaging. */
export const twilio = defineProvider<TwilioCredentials>({
  type: 'twilio',
  label: 'Twilio',
  defaultBaseUrl: 'https://api.twilio.com',
  credentials: CREDENTIAL_FIELDS,
  channels: CAPABILITIES,
  refuse,
  send,
  query,
  check,
  price,
  fetchMedia,
  webhook,
});

import { defineProvider } from '../provider';
import { check } from './check';
import { CREDENTIAL_FIELDS, type TelegramCredentials } from './credentials';
import { fetchMedia } from './media';
import { CAPABILITIES, refuse } from './refuse';
import { register } from './register';
import { send } from './send';
import { webhook } from './webhook';

/** Telegram through the Bot API. It tells nothing of a message after it took it: no delivery, no reading. */
export const telegram = defineProvider<TelegramCredentials>({
  type: 'telegram',
  label: 'Telegram',
  defaultBaseUrl: 'https://api.telegram.org',
  credentials: CREDENTIAL_FIELDS,
  channels: { TELEGRAM: CAPABILITIES },
  refuse,
  send,
  check,
  register,
  fetchMedia,
  webhook,
});

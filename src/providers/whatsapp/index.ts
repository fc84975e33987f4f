import { defineProvider } from '../provider';
import { DEFAULT_BASE_URL } from './api';
import { check, register } from './check';
import { CREDENTIAL_FIELDS, type WhatsappCredentials } from './credentials';
import { fetchMedia } from './media';
import { CAPABILITIES, refuse } from './refuse';
import { send } from './send';
import { listTemplates } from './template-list';
import { webhook } from './webhook';

/** WhatsApp through Meta's Business Cloud API; plain JSON, because Meta's own Node SDK has been left alone since 2023. */
export const whatsapp = defineProvider<WhatsappCredentials>({
  type: 'whatsapp',
  label: 'WhatsApp Cloud API',
  defaultBaseUrl: DEFAULT_BASE_URL,
  credentials: CREDENTIAL_FIELDS,
  channels: { WHATSAPP: CAPABILITIES },
  refuse,
  send,
  check,
  register,
  listTemplates,
  fetchMedia,
  webhook,
});

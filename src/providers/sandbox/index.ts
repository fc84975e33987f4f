import { defineProvider, MESSAGE_TYPES, type Capabilities } from '../provider';
import { refuseByCapabilities, type Judged } from '../refusals';
import { send } from './send';
import { webhook } from './webhook';

const CAPABILITIES: Capabilities = {
  messageTypes: MESSAGE_TYPES,
  maxButtons: 10,
  attachments: true,
  providerTemplates: true,
  receipts: ['DELIVERED', 'READ'],
  inbound: true,
  echoWindowMs: 10_000,
  fromPattern: '.{1,200}',
};

/** Delivers in-process, with webhook events of its own, so that everything can be tried without a provider's account. */
export const sandbox = defineProvider({
  type: 'sandbox',
  label: 'Sandbox',
  defaultBaseUrl: 'http://sandbox.invalid',
  credentials: [],
  channels: { EMAIL: CAPABILITIES, SMS: CAPABILITIES, WHATSAPP: CAPABILITIES, TELEGRAM: CAPABILITIES },
  refuse: (message: Judged) => refuseByCapabilities(message, CAPABILITIES),
  send,
  check: () => Promise.resolve({ ok: true as const }),
  listTemplates: () => Promise.resolve({ templates: [] }),
  webhook,
});

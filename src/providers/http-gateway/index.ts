import { defineProvider, type Capabilities } from '../provider';
import { refuseByCapabilities, type Judged, type Refusal } from '../refusals';
import { CREDENTIAL_FIELDS, type HttpGatewayCredentials } from './credentials';
import { baseUrlOf, NOWHERE } from './request';
import { check, send } from './send';
import { webhook } from './webhook';

const SMS: Capabilities = {
  // TEMPLATE is text as well: the templates are ours and rendered here.
  messageTypes: ['TEXT', 'TEMPLATE'],
  maxButtons: 0,
  attachments: false,
  providerTemplates: false,
  receipts: ['DELIVERED'],
  inbound: true,
  echoWindowMs: 120_000,
  fromPattern: '.{1,200}',
};
const EMAIL: Capabilities = { ...SMS, messageTypes: ['TEXT', 'HTML', 'TEMPLATE'] };

/** A gateway of the tenant's own that takes one HTTP call for each message. */
export const httpGateway = defineProvider<HttpGatewayCredentials>({
  type: 'http-gateway',
  label: 'Generic HTTP',
  defaultBaseUrl: NOWHERE,
  baseUrlOf,
  credentials: CREDENTIAL_FIELDS,
  channels: { SMS, EMAIL },
  refuse,
  send,
  check,
  webhook,
});

function refuse(message: Judged): Refusal[] {
  if (message.channelType !== 'EMAIL') return refuseByCapabilities(message, SMS);
  const hasHeaders = Object.keys(message.content.headers ?? {}).length > 0;
  const lost = hasHeaders ? [{ pointer: '/content/headers', message: 'This provider carries no headers.' }] : [];
  return [...refuseByCapabilities(message, EMAIL), ...lost];
}

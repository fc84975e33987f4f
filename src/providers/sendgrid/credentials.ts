import type { CredentialField } from '../provider';

/** From the credentials form of a SendGrid channel. */
export type SendgridCredentials = {
  apiKey: string;
  /** Of the signed event webhook, base64 as the console shows it; without it no webhook is believed. */
  webhookPublicKey?: string;
};

export const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  { name: 'apiKey', label: 'API key', pattern: 'SG\\.[A-Za-z0-9_.-]{10,200}', secret: true, required: true },
  {
    name: 'webhookPublicKey',
    label: 'Verification key of the signed event webhook',
    pattern: '[A-Za-z0-9+/]{80,400}={0,2}',
    secret: false,
    required: false,
  },
];

import type { Account, CredentialField } from '../provider';

/** Ways in which Vonage signs the webhooks of its SMS API; the account's settings choose one. */
export const SIGNATURE_METHODS = ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'] as const;
export type SignatureMethod = (typeof SIGNATURE_METHODS)[number];

/** From the credentials form of a Vonage channel. */
export type VonageCredentials = {
  apiKey: string;
  apiSecret: string;
  /** Signs the webhooks of both APIs. Without it no webhook is believed. */
  signatureSecret?: string;
  /** Absent: MD5 hash, which is what an account has until somebody changes it. */
  signatureMethod?: SignatureMethod;
};

/** The lengths of key and secret are those of the official description of the SMS API. */
export const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  { name: 'apiKey', label: 'API key', pattern: '[0-9A-Za-z]{8}', secret: false, required: true },
  { name: 'apiSecret', label: 'API secret', pattern: '[!-~]{6,32}', secret: true, required: true },
  { name: 'signatureSecret', label: 'Signature secret', pattern: '[!-~]{16,128}', secret: true, required: false },
  {
    name: 'signatureMethod',
    label: 'Signature method',
    pattern: '[0-9a-z]{3,7}',
    secret: false,
    required: false,
    options: SIGNATURE_METHODS,
  },
];

/** WhatsApp goes through the Messages API only; an SMS channel chooses it with the setting `api`. */
export function usesMessagesApi({
  channelType,
  settings,
}: Pick<Account<VonageCredentials>, 'channelType' | 'settings'>): boolean {
  return channelType === 'WHATSAPP' || settings['api'] === 'messages';
}

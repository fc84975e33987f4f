import type { CredentialField } from '../provider';

/** From the credentials form of a WhatsApp channel. */
export type WhatsappCredentials = {
  /** Of a system user with whatsapp_business_messaging; it does not expire. */
  accessToken: string;
  /** Meta's id of the business number, not the number itself. */
  phoneNumberId: string;
  /** Signs every webhook; without it none is believed. */
  appSecret?: string;
  /** What Meta repeats when the call-back address is set up; the channel's own webhook secret where it is missing. */
  verifyToken?: string;
  /** WhatsApp Business Account, to which `register` subscribes the app. */
  wabaId?: string;
  apiVersion?: string;
};

export const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  { name: 'accessToken', label: 'Access token', pattern: '[A-Za-z0-9._-]{20,1000}', secret: true, required: true },
  { name: 'phoneNumberId', label: 'Phone number ID', pattern: '\\d{5,20}', secret: false, required: true },
  { name: 'appSecret', label: 'App secret', pattern: '[0-9a-f]{32}', secret: true, required: false },
  { name: 'verifyToken', label: 'Verify token', pattern: '[\\x21-\\x7e]{8,200}', secret: true, required: false },
  { name: 'wabaId', label: 'WhatsApp Business Account ID', pattern: '\\d{5,20}', secret: false, required: false },
  { name: 'apiVersion', label: 'Graph API version', pattern: 'v\\d{2}\\.\\d', secret: false, required: false },
];

import type { CredentialField } from '../provider';

/** From the credentials form of a Twilio channel. */
export type TwilioCredentials = {
  accountSid: string;
  /** Signs every webhook, also when an API key is used for sending. */
  authToken: string;
  apiKeySid?: string;
  apiKeySecret?: string;
  /** Sends through this service's pool of senders instead of the channel's own sender. */
  messagingServiceSid?: string;
};

export const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  { name: 'accountSid', label: 'Account SID', pattern: 'AC[0-9a-fA-F]{32}', secret: false, required: true },
  { name: 'authToken', label: 'Auth token', pattern: '[0-9a-fA-F]{32}', secret: true, required: true },
  { name: 'apiKeySid', label: 'API key SID', pattern: 'SK[0-9a-fA-F]{32}', secret: false, required: false },
  { name: 'apiKeySecret', label: 'API key secret', pattern: '[0-9a-zA-Z]{32,64}', secret: true, required: false },
  {
    name: 'messagingServiceSid',
    label: 'Messaging Service SID',
    pattern: 'MG[0-9a-fA-F]{32}',
    secret: false,
    required: false,
  },
];

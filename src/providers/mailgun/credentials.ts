import type { Account, CredentialField } from '../provider';

/** From the credentials form of a Mailgun channel. */
export type MailgunCredentials = {
  apiKey: string;
  /** Of the account's webhooks; another secret than the API key. Without it no webhook is believed. */
  webhookSigningKey?: string;
  /** The sending domain: part of every address of the API, and what webhooks name. */
  domain: string;
  region: 'US' | 'EU';
};

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';

export const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  { name: 'apiKey', label: 'API key', pattern: '[A-Za-z0-9_-]{20,120}', secret: true, required: true },
  { name: 'domain', label: 'Sending domain', pattern: `(?:${LABEL}\\.){1,8}${LABEL}`, secret: false, required: true },
  {
    name: 'region',
    label: 'Region of the domain',
    pattern: '[A-Z]{2}',
    secret: false,
    required: true,
    options: ['US', 'EU'],
  },
  {
    name: 'webhookSigningKey',
    label: 'HTTP webhook signing key',
    pattern: '[A-Za-z0-9_-]{20,120}',
    secret: true,
    required: false,
  },
];

const BASE_URLS: Readonly<Record<MailgunCredentials['region'], string>> = {
  US: 'https://api.mailgun.net',
  EU: 'https://api.eu.mailgun.net',
};

/** A domain lives in one region; the other one answers 401 or 404. */
export function baseUrlOf({ credentials }: Pick<Account<MailgunCredentials>, 'credentials'>): string {
  return BASE_URLS[credentials.region];
}

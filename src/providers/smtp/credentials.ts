import type { Account, CredentialField } from '../provider';
import type { SmtpSecurity, SmtpServer } from '../smtp-io';

/** From the credentials form of an SMTP channel. */
export type SmtpCredentials = {
  host: string;
  port: string;
  security: SmtpSecurity;
  user?: string;
  password?: string;
};

export const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  {
    name: 'host',
    label: 'Host name of the mail server',
    pattern: '[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?',
    secret: false,
    required: true,
  },
  {
    name: 'port',
    label: 'Port',
    pattern: '\\d{2,5}',
    secret: false,
    required: true,
    options: ['25', '465', '587', '2525'],
  },
  {
    name: 'security',
    label: 'Security of the connection',
    pattern: '[a-z]{3,10}',
    secret: false,
    required: true,
    options: ['tls', 'starttls', 'none'],
  },
  { name: 'user', label: 'User', pattern: '[^\\x00-\\x1f\\x7f]{1,320}', secret: false, required: false },
  { name: 'password', label: 'Password', pattern: '[^\\x00-\\x1f\\x7f]{1,500}', secret: true, required: false },
];

/** The address of the server that a channel names; the operator may put another in its place (PROVIDER_URL_SMTP). */
export function baseUrlOf({ credentials }: Pick<Account<SmtpCredentials>, 'credentials'>): string {
  return `smtp://${credentials.host}:${credentials.port}`;
}

/**
 * The server to call, and who we are to it. Settings of a channel: fromName, replyTo, returnPathDomain (each attempt gets a
 * bounce address of its own there) and allowInvalidCertificate.
 */
export function serverOf({ baseUrl, credentials, settings }: Account<SmtpCredentials>): SmtpServer {
  const { hostname, port } = new URL(baseUrl);
  const { security, user, password } = credentials;
  return {
    host: hostname,
    port: Number(port || credentials.port),
    secure: security,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(settings['allowInvalidCertificate'] === true && { allowInvalidCertificate: true }),
  };
}

import type { HttpRequest } from '../http';
import type { Account } from '../provider';
import type { WhatsappCredentials } from './credentials';

export const DEFAULT_BASE_URL = 'https://graph.facebook.com';

const DEFAULT_VERSION = 'v23.0';

/** Address of a node of the Graph API, such as `<phone number id>/messages`. */
export function urlOf({ baseUrl, credentials }: Account<WhatsappCredentials>, path: string): string {
  return `${baseUrl.replace(/\/+$/, '')}/${credentials.apiVersion ?? DEFAULT_VERSION}/${path}`;
}

/** A call of the Graph API without a body. */
export function getRequest(account: Account<WhatsappCredentials>, path: string): HttpRequest {
  return { method: 'GET', url: urlOf(account, path), headers: authorisation(account) };
}

/** A call of the Graph API with a JSON body. */
export function postRequest(account: Account<WhatsappCredentials>, path: string, body: object): HttpRequest {
  const headers = { ...authorisation(account), 'content-type': 'application/json' };
  return { method: 'POST', url: urlOf(account, path), headers, body: JSON.stringify(body) };
}

/** The bearer token, in the query of nothing and in the header of everything. */
export function authorisation({ credentials }: Account<WhatsappCredentials>): Record<string, string> {
  return { authorization: `Bearer ${credentials.accessToken}` };
}

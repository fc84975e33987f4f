import type { HttpRequest } from '../http';
import type { Account, Fault, OutboundMessage, ProviderIo } from '../provider';
import { DEFAULT_TEMPLATES, fill, neededFor, valuesOf } from './body';
import { headersOf, type HttpGatewayCredentials } from './credentials';

/** Nobody's address: the base URL of a channel whose own address cannot be read. */
export const NOWHERE = 'http://http-gateway.invalid';

/** The gateway that the tenant names; an operator's PROVIDER_URL_HTTP_GATEWAY takes its place. */
export function baseUrlOf({ credentials: { url } }: Pick<Account<HttpGatewayCredentials>, 'credentials'>): string {
  return URL.canParse(url) ? new URL(url).origin : NOWHERE;
}

type Built = { request: HttpRequest } | { fault: Fault };

/** The one call for this message, or why the channel's set-up does not allow it. */
export function requestOf(message: OutboundMessage, account: Account<HttpGatewayCredentials>, io: ProviderIo): Built {
  const { credentials, baseUrl } = account;
  const { url, method } = credentials;
  if (!URL.canParse(url) || !URL.canParse(baseUrl)) return wrong('url_unreadable', 'The address cannot be read.');
  if (!isAllowed(account, io)) return wrong('host_not_allowed', NOT_ALLOWED);

  const headers = headersOf(credentials);
  if (!headers) return wrong('headers_unreadable', 'The headers must be a JSON object of names and values.');

  const body = bodyOf(message, account);
  if (typeof body !== 'string') return body;
  const { pathname, search } = new URL(url);
  return {
    request: {
      method: method === 'PUT' ? 'PUT' : 'POST',
      url: `${baseUrl.replace(/\/+$/, '')}${pathname}${search}`,
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body,
    },
  };
}

const NOT_ALLOWED = 'The operator does not let this host be called (HTTP_ALLOWED_HOSTS).';

/** Asked about the tenant's own host only: another one is the operator's choice. */
function isAllowed({ baseUrl, credentials }: Account<HttpGatewayCredentials>, io: ProviderIo): boolean {
  const { origin, hostname } = new URL(baseUrl);
  return origin !== new URL(credentials.url).origin || io.mayCall?.(hostname) === true;
}

function bodyOf(message: OutboundMessage, account: Account<HttpGatewayCredentials>): string | { fault: Fault } {
  const usual = DEFAULT_TEMPLATES[message.channelType === 'EMAIL' ? 'EMAIL' : 'SMS'];
  const values = valuesOf(message, account.from);
  const filled = fill(account.credentials.bodyTemplate ?? usual, values);
  if (!filled) return wrong('template_unreadable', 'The body template is not JSON.');

  const { used, body } = filled;
  const unknown = [...used].find((name) => !values.has(name));
  if (unknown !== undefined) return wrong('placeholder_unknown', `The body template has an unknown {{${unknown}}}.`);
  const missing = neededFor(message).find((name) => !used.has(name));
  if (missing !== undefined) return wrong('placeholder_missing', `The body template has no {{${missing}}}.`);
  return body;
}

function wrong(code: string, message: string): { fault: Fault } {
  return { fault: { class: 'config', code, message } };
}

import { AsyncLocalStorage } from 'node:async_hooks';
import twilio, { RequestClient } from 'twilio';
import type { HttpRequest, HttpResult } from '../http';
import type { Account, ProviderIo } from '../provider';
import type { TwilioCredentials } from './credentials';

type SdkRequest = Parameters<RequestClient['request']>[0];
type SdkAnswer<T> = Awaited<ReturnType<typeof RequestClient.prototype.request<T>>>;

/**
 * Has the SDK build the requests and hands them to the one HTTP client, whose last answer is kept here: the SDK's errors
 * carry no headers (hence no Retry-After) and know no difference between "not sent" and "no answer". A new object per
 * call, so nothing of one message can reach another; unlike the SDK's own transport it keeps no request.
 */
export class TwilioCall {
  answer: HttpResult | undefined;

  constructor(
    private readonly account: Account<TwilioCredentials>,
    private readonly io: ProviderIo,
  ) {}

  /** Lets the SDK make requests, in this call's name. Rejects as the SDK does. */
  make<T>(use: (client: twilio.Twilio) => Promise<T>): Promise<T> {
    return calls.run(this, () => use(this.client()));
  }

  /** Sends what the SDK built. */
  async request<T>(request: SdkRequest): Promise<SdkAnswer<T>> {
    const answer = await this.io.http(httpRequestOf(this.account.baseUrl, request));
    this.answer = answer;
    if (answer.kind !== 'RESPONSE') throw new Error(answer.message);
    // The SDK's types name what it makes of the body; it takes the text itself.
    return { statusCode: answer.status, headers: answer.headers, body: answer.body.toString('utf8') as T };
  }

  private client(): twilio.Twilio {
    const known = clients.get(this.account);
    if (known) return known;
    const { accountSid, authToken, apiKeySid, apiKeySecret } = this.account.credentials;
    const hasKey = apiKeySid !== undefined && apiKeySecret !== undefined;
    const [username, password] = hasKey ? [apiKeySid, apiKeySecret] : [accountSid, authToken];
    transport ??= new Transport();
    const client = twilio(username, password, { accountSid, httpClient: transport, autoRetry: false });
    clients.set(this.account, client);
    return client;
  }
}

/** A client builds a tree of resources before its first request; it is kept as long as the account that it speaks for. */
const clients = new WeakMap<Account<TwilioCredentials>, twilio.Twilio>();

/** The call in whose name the SDK is at work. */
const calls = new AsyncLocalStorage<TwilioCall>();

/** One for all calls: each that is made sets up an axios of its own, which costs more than the rest of the SDK's work. */
let transport: Transport | undefined;

class Transport extends RequestClient {
  override async request<T>(request: SdkRequest): Promise<SdkAnswer<T>> {
    const call = calls.getStore();
    if (!call) throw new Error('No call is being made');
    return call.request<T>(request);
  }
}

/**
 * Only the path of the SDK's address is used: it rewrites host names by region and edge, which it may read from the
 * environment, and turns a host of two labels into another one altogether.
 */
function httpRequestOf(
  baseUrl: string,
  { method, uri, params, data, headers, username, password }: SdkRequest,
): HttpRequest {
  const search = new URLSearchParams(pairsOf(params)).toString();
  const url = baseUrl.replace(/\/+$/, '') + new URL(uri).pathname + (search && `?${search}`);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const request = { url, headers: { ...stringsOf(headers), authorization } };
  if (method === 'get') return { ...request, method: 'GET' };
  return { ...request, method: 'POST', body: new URLSearchParams(pairsOf(data)).toString() };
}

/** Form pairs; a list becomes one pair per element. */
function pairsOf(fields: unknown): [string, string][] {
  return Object.entries(fields ?? {}).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).map((element): [string, string] => [name, String(element)]),
  );
}

function stringsOf(headers: object | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
}

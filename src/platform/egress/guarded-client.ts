import { isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { buildConnector, Client, type Dispatcher } from 'undici';
import { EgressFault } from './egress-fault';
import { EgressGuard, type EgressRules, type Target } from './egress-guard';
import { nameResolver, type Resolve } from './name-resolver';

/** How far an answer is followed and read. */
export interface EgressPolicy {
  /** Redirects that are followed, each looked at like the first address; 0: a redirect is the answer. */
  redirects: number;
  /** From the look-up of the name to the last byte, all redirects included. */
  timeoutMs: number;
  maxBytes: number;
  /** Compressed answers are handed out as they come; otherwise they are refused. */
  anyEncoding?: boolean;
}

/** Files that a tenant names by address. */
export const MEDIA: EgressPolicy = { redirects: 3, timeoutMs: 10_000, maxBytes: 10_000_000 };
/** Calls to addresses of a tenant: what they answer is hardly read. */
export const WEBHOOK: EgressPolicy = { redirects: 0, timeoutMs: 10_000, maxBytes: 65_536 };
/** Events for a tenant: the status is the answer, however much comes behind it. */
export const EVENT: EgressPolicy = { redirects: 0, timeoutMs: 15_000, maxBytes: Infinity, anyEncoding: true };

export interface GuardedRequest {
  /** As the tenant wrote it. */
  url: string;
  method?: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** Narrows the hosts further, for each redirect too. */
  mayCall?: (host: string) => boolean;
  /** Ends the call early, as if its time were up. */
  signal?: AbortSignal;
}

export interface GuardedAnswer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** Never more than the policy lets in. Fails with EgressFault. Read it or destroy it. */
  body: Readable;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const CONNECT_MS = 5_000;
/** A redirect to another server must not take these along. */
const OF_ONE_ORIGIN = ['authorization', 'cookie'];

/**
 * The one way to addresses that tenants choose. Every call has a connection of its own, to an IP address that the guard saw:
 * no name is resolved twice, no connection is shared, no proxy of the environment is asked, nothing is decompressed.
 */
export class GuardedClient {
  private readonly guard: EgressGuard;

  /** @param options.ca trusted certificate authority in place of the well-known ones, PEM. @param options.resolve in place of the system's DNS. */
  constructor(
    rules: EgressRules,
    private readonly options: { ca?: string; resolve?: Resolve } = {},
  ) {
    this.guard = new EgressGuard(rules, options.resolve ?? nameResolver());
  }

  /**
   * Looks at an address without calling it: at its form, and at the IP address where it names one. What a name stands for is
   * asked at each call. Throws EgressFault not_allowed.
   */
  checkForm(url: string): void {
    this.guard.checkForm(url);
  }

  /** Throws EgressFault, as the body of the answer may later. */
  async fetch(request: GuardedRequest, policy: EgressPolicy): Promise<GuardedAnswer> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), policy.timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, deadline.signal]) : deadline.signal;
    try {
      const answer = await this.follow(request, policy, signal);
      answer.body.once('close', () => clearTimeout(timer));
      return answer;
    } catch (error) {
      clearTimeout(timer);
      throw faultOf(error, signal);
    }
  }

  private async follow(request: GuardedRequest, policy: EgressPolicy, signal: AbortSignal): Promise<GuardedAnswer> {
    let { url, headers = {} } = request;
    for (let left = policy.redirects; ; left--) {
      const target = await this.guard.target(url, signal);
      signal.throwIfAborted();
      if (request.mayCall?.(target.url.hostname) === false)
        throw new EgressFault('not_allowed', 'leads to a server that is not meant');
      const call = await this.call({ ...request, headers }, target, signal);
      const next = policy.redirects > 0 && REDIRECTS.has(call.status) ? call.headers['location'] : undefined;
      if (next === undefined) return open(call, policy, signal);

      call.end();
      if (left === 0) throw new EgressFault('not_allowed', `is redirected more than ${policy.redirects} times`);
      url = URL.canParse(next, target.url.href) ? new URL(next, target.url).href : next;
      if (!URL.canParse(url) || new URL(url).origin !== target.url.origin) headers = without(headers, OF_ONE_ORIGIN);
    }
  }

  private async call(request: GuardedRequest, target: Target, signal: AbortSignal): Promise<Call> {
    const { url } = target;
    const client = new Client(url.origin, {
      connect: this.connectorTo(target),
      allowH2: false,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const end = (): void => void client.destroy().catch(() => undefined);
    signal.addEventListener('abort', end, { once: true });
    try {
      const { statusCode, headers, body } = await client.request({
        path: url.pathname + url.search,
        method: request.method ?? 'GET',
        headers: { 'accept-encoding': 'identity', 'user-agent': 'Carillon', ...request.headers },
        body: request.body ?? null,
        signal,
      });
      body.on('error', () => undefined); // told to whoever reads; one that is dropped has nobody
      return { status: statusCode, headers: flat(headers), body, end };
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Connects to the addresses that were looked at, whatever the name leads to by now, and looks at what it got. */
  private connectorTo({ addresses }: Target): buildConnector.connector {
    const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
    const lookup: LookupFunction = (_name, { all }, callback) => {
      const [first] = pinned;
      if (all) callback(null, pinned);
      else callback(null, first?.address ?? '', first?.family);
    };
    const { ca } = this.options;
    const connect = buildConnector({ timeout: CONNECT_MS, lookup, allowH2: false, ...(ca && { ca }) });
    return (options, callback) => {
      connect(options, (...[error, socket]) => {
        if (error) callback(error, null);
        else if (this.guard.mayConnect(socket.remoteAddress)) callback(null, socket);
        else {
          socket.destroy();
          callback(new EgressFault('not_allowed', 'leads to a server that is not meant'), null);
        }
      });
    };
  }
}

interface Call {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Readable;
  /** Closes the connection; may be called twice. */
  end: () => void;
}

function open(
  { status, headers, body, end }: Call,
  { maxBytes, anyEncoding }: EgressPolicy,
  signal: AbortSignal,
): GuardedAnswer {
  const refuse = (why: 'type' | 'too_large', message: string): EgressFault => {
    end();
    return new EgressFault(why, message);
  };
  if (!anyEncoding && !/^(identity)?$/i.test(headers['content-encoding'] ?? ''))
    throw refuse('type', 'answers with compressed content');
  const tooLarge = `is larger than ${maxBytes} bytes`;
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw refuse('too_large', tooLarge);

  async function* limited(): AsyncGenerator<Buffer> {
    let size = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > maxBytes) throw new EgressFault('too_large', tooLarge);
        yield chunk;
      }
    } catch (error) {
      throw faultOf(error, signal);
    } finally {
      end();
    }
  }
  return { status, headers, body: Readable.from(limited(), { objectMode: false }).once('close', end) };
}

function faultOf(error: unknown, signal: AbortSignal): EgressFault {
  if (error instanceof EgressFault) return error;
  if (signal.aborted) return new EgressFault('timeout', 'took too long to answer');
  return new EgressFault('unreachable', 'gives no whole answer');
}

function flat(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

function without(headers: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())));
}

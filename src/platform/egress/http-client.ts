import { Agent, type Dispatcher } from 'undici';
import { ResponseCollector, type EgressResult } from './response-collector';

export type { EgressResult } from './response-collector';

/** One call to somebody else's server. */
export interface EgressRequest {
  method: 'GET' | 'POST' | 'DELETE' | 'PUT';
  /** Absolute, http or https. */
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Whole call, from connect to the last byte; default 20 000. */
  timeoutMs?: number;
  /** Longest answer that is read, in bytes; default 1 MiB, most 32 MiB. A longer one is given up, in doubt. */
  maxAnswerBytes?: number;
}

export interface HttpClient {
  /** Never throws for a network fault, never follows a redirect, never asks for a compressed answer. */
  http(request: EgressRequest): Promise<EgressResult>;
  /** Waits for the calls that are running, then closes the connections. */
  close(): Promise<void>;
}

/** Injection token of the application's one HttpClient. */
export const HTTP_CLIENT = Symbol('HttpClient');

export interface HttpClientOptions {
  /** Milliseconds until an unfinished connection is given up; default 5 000. */
  connectTimeoutMs?: number;
  /** Longest answer in bytes; default 1 MiB. */
  maxAnswerBytes?: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const CALL_TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
const MOST_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * The one HTTP client that may leave. It reads no proxy from the environment, and its only time limit is the deadline of
 * the whole call, which a server that drips one byte a second cannot stretch.
 */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const agent = new Agent({
    allowH2: false,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: MOST_ANSWER_BYTES,
    connect: { timeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS },
  });
  return {
    http: (request) => call(agent, { maxAnswerBytes: options.maxAnswerBytes ?? MAX_ANSWER_BYTES, ...request }),
    close: () => agent.close(),
  };
}

function call(agent: Agent, request: EgressRequest): Promise<EgressResult> {
  return new Promise((resolve) => {
    const url = new URL(request.url);
    const collector = new ResponseCollector(
      request.timeoutMs ?? CALL_TIMEOUT_MS,
      request.maxAnswerBytes ?? MAX_ANSWER_BYTES,
      resolve,
    );
    agent.dispatch(dispatchOptions(url, request), collector);
  });
}

function dispatchOptions(url: URL, request: EgressRequest): Dispatcher.DispatchOptions {
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method,
    // We never decompress: what was not asked for and comes compressed is an answer that nobody can read.
    headers: { 'accept-encoding': 'identity', ...request.headers },
    body: request.body ?? null,
  };
}

import type { IncomingMessage } from 'node:http';
import { randomBits } from '../random';

/** The two ids under which a request is found in the logs. */
export interface Trace {
  /** 32 hex digits: the caller's, from a W3C `traceparent`, or our own. */
  traceId: string;
  /** The caller's `X-Request-Id` if it is 1 to 64 of [A-Za-z0-9_-], or our own. */
  requestId: string;
}

/** The ids of a request: the same ones at every call for the same request. Never throws. */
export function traceOf(request: IncomingMessage): Trace {
  const known = traces.get(request);
  if (known) return known;

  const trace = {
    traceId: parseTraceparent(request.headers.traceparent) ?? randomBits(16).toString('hex'),
    requestId: parseRequestId(request.headers['x-request-id']) ?? randomBits(12).toString('base64url'),
  };
  traces.set(request, trace);
  return trace;
}

const traces = new WeakMap<IncomingMessage, Trace>();

// https://www.w3.org/TR/trace-context/#traceparent-header: version ff and ids of zeros are invalid, later versions may
// append fields.
const TRACEPARENT =
  /^(?!ff)(?<version>[0-9a-f]{2})-(?!0{32})(?<traceId>[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?<more>-.*)?$/;

function parseTraceparent(header: unknown): string | undefined {
  if (typeof header !== 'string') return undefined;
  const groups = TRACEPARENT.exec(header)?.groups;
  if (groups?.['version'] === '00' && groups['more'] !== undefined) return undefined;
  return groups?.['traceId'];
}

function parseRequestId(header: unknown): string | undefined {
  return typeof header === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(header) ? header : undefined;
}

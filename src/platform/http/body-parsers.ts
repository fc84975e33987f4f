import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { collectBody } from './collect-body';
import { Problem } from './problem';
import { parseStrictJson } from './strict-json';

/** How the bodies of some routes are read. */
export interface BodyRule {
  /** Beginning of the route's path template, such as `/api/v1/communication/webhooks/`. */
  prefix: string;
  /**
   * `json`: application/json in UTF-8, strictly parsed. `bytes`: any type, a Buffer with nothing touched (signatures are
   * computed over it). `stream`: any type, the unread request; the route counts the bytes itself.
   */
  as: 'json' | 'bytes' | 'stream';
  /** Longest body in bytes; for `json` and `bytes`. */
  limitBytes: number;
  /** For `json`: an array may be the outermost value. */
  allowArray?: boolean;
}

const MAX_DEPTH = 20;
const ELSEWHERE: BodyRule = { prefix: '/', as: 'json', limitBytes: 1_000_000 };

/**
 * Replaces Fastify's parsers by one for every content type, since what may come is a matter of the route: the first rule
 * whose prefix fits decides, elsewhere it is JSON of up to 1 MB. Bodies of DELETE are discarded, as those of GET are.
 * Call it before routes are added, with Nest's own parsers off (`bodyParser: false`).
 */
export function registerBodyParsers(fastify: FastifyInstance, rules: readonly BodyRule[] = []): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) => {
    const path = request.routeOptions.url;
    if (path === undefined || request.method === 'DELETE') return discard(payload);
    return readBody(request, payload, rules.find(({ prefix }) => path.startsWith(prefix)) ?? ELSEWHERE);
  });
}

async function readBody(request: FastifyRequest, payload: IncomingMessage, rule: BodyRule): Promise<unknown> {
  refuseEncodings(request);
  if (rule.as === 'stream') return payload;
  if (rule.as === 'json') refuseOtherThanJson(request);

  const body = await collectBody(payload, rule.limitBytes);
  if (rule.as === 'bytes') return body;
  return parseStrictJson(body, { maxDepth: MAX_DEPTH, allowArray: rule.allowArray ?? false });
}

async function discard(payload: IncomingMessage): Promise<undefined> {
  payload.resume();
  return undefined;
}

/** Nothing is decompressed: a limit on the bytes sent would say nothing about the bytes that come out. */
function refuseEncodings({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || /^identity$/i.test(encoding)) return;
  throw Problem.unsupportedMediaType('Content-Encoding must be absent or identity.');
}

const JSON_TYPE = /^application\/json[\t ]*(;[\t ]*charset=("utf-8"|utf-8)[\t ]*)?$/i;

function refuseOtherThanJson({ raw }: FastifyRequest): void {
  if (!isJson(raw)) throw Problem.unsupportedMediaType('Content-Type must be application/json, in UTF-8.');
}

/** Whether the body says that it is JSON, in UTF-8. */
export function isJson({ headers, rawHeaders }: IncomingMessage): boolean {
  // Node keeps the first of several Content-Type headers; a proxy in front may have looked at another.
  const isOnce = rawHeaders.filter((name) => name.length === 12 && /^content-type$/i.test(name)).length === 1;
  return isOnce && JSON_TYPE.test(headers['content-type'] ?? '');
}

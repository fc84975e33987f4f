import type { FastifyRequest } from 'fastify';
import { fingerprint, readIdempotencyKey } from '../../platform/http/idempotency-key';
import type { RequestKey } from './message-keys';

/** The Idempotency-Key of a request, or undefined. Throws Problem 400 for a malformed one. */
export function requestKey(request: FastifyRequest): RequestKey | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  return {
    route: request.routeOptions.url ?? request.url,
    key: readIdempotencyKey(header),
    fingerprint: fingerprint(request.body, request.params, request.headers['content-type']),
  };
}

import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { TenantDb } from '../db/tenant-db';
import type { AuthenticatedRequest } from './caller';
import { fingerprint, readIdempotencyKey } from './idempotency-key';
import { findAnswer, storeAnswer, takeKey, type KeyScope, type StoredAnswer } from './idempotency.queries';
import { Problem } from './problem';

/**
 * Idempotency-Key on routes marked @Idempotent (draft-ietf-httpapi-idempotency-key-header): the key, the effect and the
 * answer are one commit, so a crash leaves all of them or none. Faults are not stored: they had no effect.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly db: TenantDb) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const header = request.headers['idempotency-key'];
    if (header === undefined) return next.handle();
    return from(this.once(request, http.getResponse<FastifyReply>(), () => lastValueFrom(next.handle())));
  }

  private async once(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    handle: () => Promise<unknown>,
  ): Promise<unknown> {
    const { caller } = request;
    if (!caller) throw new Error('An idempotent route needs a caller');
    const scope: KeyScope = {
      tenantId: caller.tenantId,
      method: request.method,
      route: request.routeOptions.url ?? request.url,
      key: readIdempotencyKey(request.headers['idempotency-key']),
    };
    const print = fingerprint(request.body, request.params, request.headers['content-type']);
    return this.db.run(scope.tenantId, async (tx) => {
      const free = await takeKey(tx, scope);
      const before = await findAnswer(tx, scope);
      if (before) return replay(reply, before, print);
      if (!free) throw Problem.idempotencyInProgress();
      const body = JSON.stringify((await handle()) ?? null);
      const location = reply.getHeader('location');
      await storeAnswer(tx, scope, {
        fingerprint: print,
        status: reply.statusCode,
        body,
        location: typeof location === 'string' ? location : null,
      });
      return asJson(reply, body);
    });
  }
}

/** Sends a stored answer again, byte for byte. Throws Problem 422 when the key belongs to another request. */
export function replay(reply: FastifyReply, stored: StoredAnswer, print: string): string {
  if (stored.fingerprint !== print) throw Problem.idempotencyMismatch();
  reply.status(stored.status).header('idempotency-replayed', 'true');
  if (stored.location) reply.header('location', stored.location);
  return asJson(reply, stored.body);
}

function asJson(reply: FastifyReply, body: string): string {
  reply.header('content-type', 'application/json; charset=utf-8');
  return body;
}

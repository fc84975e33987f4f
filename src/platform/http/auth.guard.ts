import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { Authenticator, PERMISSION, PUBLIC, type AuthenticatedRequest } from './caller';
import { Problem } from './problem';
import { RateLimiter } from './rate-limit';

/** Lets nothing pass that is not allowed by name: key, then rate, then permission. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permission = this.reflector.getAllAndOverride<string>(PERMISSION, [context.getHandler(), context.getClass()]);
    if (permission === PUBLIC) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const caller = await this.authenticator.authenticate(bearerToken(request.headers.authorization));
    if (!caller) throw Problem.unauthorized();
    http.getResponse<FastifyReply>().headers(this.limiter.take(caller.keyId));
    if (!permission || !holds(caller.scopes, permission))
      throw Problem.forbidden(`This key lacks the permission ${permission}.`);
    request.caller = caller;
    return true;
  }
}

function bearerToken(header: string | undefined): string {
  const token = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(header ?? '')?.[1];
  if (!token) throw Problem.unauthorized();
  return token;
}

function holds(scopes: readonly string[], permission: string): boolean {
  return scopes.includes('*') || scopes.includes(permission);
}

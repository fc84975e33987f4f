import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import {
  Authenticator,
  channelTypesOf,
  EVERY_TYPE,
  PERMISSION,
  PUBLIC,
  type AuthenticatedRequest,
  type Caller,
} from './caller';
import { Problem } from './problem';
import { RateLimiter } from './rate-limit';

/** The longest token that is looked at: those of issuers carry many claims. */
const MOST_CHARACTERS = 8_192;

/**
 * Lets nothing pass that is not allowed by name: credential, then rate, then permission. On which channel types the
 * permission holds goes on with the caller; ChannelTypeInterceptor holds the database to them.
 */
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
    http.getResponse<FastifyReply>().headers(this.limiter.take(caller.keyId ?? `user ${caller.userId}`));
    const channelTypes = permission ? channelTypesOf(caller, permission) : [];
    if (channelTypes?.length === 0)
      throw Problem.forbidden(`This ${kindOf(caller)} lacks the permission ${permission}.`);
    if (channelTypes !== null && this.demandsEveryType(context))
      throw Problem.forbidden(`The permission ${permission} has to hold on every channel type for this.`);
    request.caller = channelTypes === null ? caller : { ...caller, channelTypes };
    return true;
  }

  private demandsEveryType(context: ExecutionContext): boolean {
    return this.reflector.getAllAndOverride<boolean>(EVERY_TYPE, [context.getHandler(), context.getClass()]) ?? false;
  }
}

function bearerToken(header: string | undefined): string {
  const token = /^Bearer ([\x21-\x7e]+)$/i.exec(header ?? '')?.[1];
  if (!token || token.length > MOST_CHARACTERS) throw Problem.unauthorized();
  return token;
}

function kindOf({ keyId }: Caller): string {
  return keyId === null ? 'user' : 'key';
}

import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import { channelTypesOf, type AuthenticatedRequest, type Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { NOT_PERSONAL } from './fields';
import { maskPersonalData, type Sight } from './mask';
import { NOBODY_IN_FILE, RAW_PERSONAL_DATA, readsPeople, SEES_PEOPLE } from './raw';

/**
 * Masks personal data in every answer to a caller without contacts:pii. What cannot be masked, files and searches by what
 * people are called, is refused. It stands around everything else, so that what is stored of an answer stays whole.
 */
@Injectable()
export class PersonalDataInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const seen = request.caller && channelTypesOf(request.caller, SEES_PEOPLE);
    if (seen === undefined || seen === null) return next.handle();
    if (this.reflector.get<boolean | undefined>(NOBODY_IN_FILE, context.getHandler())) return next.handle();
    const isRaw = this.reflector.getAllAndOverride<boolean>(RAW_PERSONAL_DATA, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (isRaw || readsPeople(request)) throw refused(request.caller);
    const sight: Sight = {
      sees: (channelType) => channelType !== undefined && seen.includes(channelType),
      open: NOT_PERSONAL[routeOf(request)] ?? [],
    };
    return next
      .handle()
      .pipe(map((answer) => masked(answer, sight, { request, reply: http.getResponse<FastifyReply>() })));
  }
}

interface Exchange {
  request: AuthenticatedRequest;
  reply: FastifyReply;
}

/** An answer of JSON in either form: as a value, or as the text that a repeated request gets. All else is a file. */
function masked(answer: unknown, sight: Sight, { request, reply }: Exchange): unknown {
  if (answer === undefined || answer === null) return answer;
  const type = String(reply.getHeader('content-type') ?? '');
  if (typeof answer === 'string' && type.startsWith('application/json'))
    return JSON.stringify(maskPersonalData(JSON.parse(answer), sight));
  if (!isPlain(answer)) throw refused(request.caller);
  return maskPersonalData(answer, sight);
}

function isPlain(answer: unknown): boolean {
  if (Array.isArray(answer)) return true;
  const prototype: unknown = Object.getPrototypeOf(answer);
  return prototype === Object.prototype || prototype === null;
}

function routeOf({ routeOptions }: AuthenticatedRequest): string {
  return (routeOptions.url ?? '').replace(/^\/api\/v1\/communication/, '');
}

function refused(caller: Caller | undefined): Problem {
  return Problem.forbidden(
    `This ${caller?.keyId === null ? 'user' : 'key'} lacks the permission ${SEES_PEOPLE}, and what is asked for cannot be masked.`,
  );
}

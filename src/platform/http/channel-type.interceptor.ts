import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { TenantDb } from '../db/tenant-db';
import type { AuthenticatedRequest } from './caller';
import { Problem } from './problem';

/** What PostgreSQL says to a row that a policy does not take. */
const REFUSED_BY_POLICY = '42501';

/**
 * Holds the whole request to the channel types on which the caller's permission holds: rows of other types are not there
 * (404, and left out of lists), and may not be written (403). Costs nothing for callers whose permission holds on all.
 */
@Injectable()
export class ChannelTypeInterceptor implements NestInterceptor {
  constructor(private readonly db: TenantDb) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const channelTypes = caller?.channelTypes ?? null;
    if (channelTypes === null) return next.handle();
    return new Observable((subscriber) =>
      this.db.withChannelTypes(channelTypes, () =>
        next.handle().subscribe({
          next: (value) => subscriber.next(value),
          error: (error: unknown) => subscriber.error(isRefusedByPolicy(error) ? ofAnotherType() : error),
          complete: () => subscriber.complete(),
        }),
      ),
    );
  }
}

function isRefusedByPolicy(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === REFUSED_BY_POLICY;
}

function ofAnotherType(): Problem {
  return Problem.forbidden('The permission for this does not hold on the channel type that it would change.');
}

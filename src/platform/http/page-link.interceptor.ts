import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { linkHeader, type Page } from './page';

/** Gives every answer that is a page with a next one its `Link: <...>; rel="next"` header. */
@Injectable()
export class PageLinkInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(
      tap((body) => {
        const cursor = (body as Partial<Page<unknown>> | null | undefined)?.page?.next;
        if (typeof cursor !== 'string') return;
        const { url } = http.getRequest<FastifyRequest>();
        http.getResponse<FastifyReply>().header('Link', linkHeader(url, cursor));
      }),
    );
  }
}

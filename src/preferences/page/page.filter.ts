import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblem } from '../../platform/http/problem.mapping';
import { traceOf } from '../../platform/http/trace';
import { log } from '../../platform/log';
import { PAGE_HEADERS } from './page.style';
import { type Fault, faultPage } from './page.view';

const FAULTS: Readonly<Record<number, Fault>> = { 400: 'invalid', 404: 'unknown', 422: 'invalid', 429: 'busy' };

/** People get a page in their language where programs get a problem. */
@Catch()
export class PageFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = toProblem(error);
    if (problem.cause !== undefined)
      log.error({ ...traceOf(request.raw), status: problem.status, err: problem.cause }, 'page failed');
    if (reply.sent) return;
    void reply
      .status(problem.status)
      .headers({ ...problem.headers, ...PAGE_HEADERS })
      .send(faultPage(FAULTS[problem.status] ?? 'fault', request.headers['accept-language']));
  }
}

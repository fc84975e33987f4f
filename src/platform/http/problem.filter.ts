import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from './problem';
import { toProblem } from './problem.mapping';
import { traceOf } from './trace';

/** The part of a pino logger that the filter needs. */
export interface FaultLog {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Answers everything thrown in a request with `application/problem+json`, and logs the causes that the caller must not see. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: FaultLog) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.log);
  }
}

/** The same answer for what Fastify refuses before Nest sees it; give it to Fastify as `frameworkErrors`. */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, log: FaultLog): void {
  const problem = toProblem(error);
  const { traceId, requestId } = traceOf(request.raw);
  logCause(problem, { traceId, requestId, method: request.method, route: request.routeOptions?.url }, log);

  if (reply.sent || reply.raw.headersSent) {
    // Half an answer is out: cutting the connection is the only way left to say that it is not whole.
    reply.raw.destroy();
    return;
  }
  void reply
    .status(problem.status)
    .headers({ ...problem.headers, 'X-Request-Id': requestId, 'Cache-Control': 'no-store' })
    .type('application/problem+json')
    .send(JSON.stringify(problem.toBody(pathOf(request.raw.url), traceId)));
}

function logCause(problem: Problem, fields: object, log: FaultLog): void {
  if (problem.cause === undefined) return;
  const line = { ...fields, status: problem.status, code: problem.code, err: problem.cause };
  if (problem.status === 500) log.error(line, 'request failed');
  else log.warn(line, 'request refused');
}

/** The query is left out: it may hold addresses. */
function pathOf(url: string | undefined): string {
  return (url ?? '/').split('?', 1)[0] ?? '/';
}

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The request and the reply of a route that needs more than its body: a header read here, a header set there. */
export interface Exchanged {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Both as one parameter. What the route returns is still what is sent. */
export const Exchange = createParamDecorator((_: unknown, context: ExecutionContext): Exchanged => {
  const http = context.switchToHttp();
  return { request: http.getRequest<FastifyRequest>(), reply: http.getResponse<FastifyReply>() };
});

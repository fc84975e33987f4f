import { randomBytes } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from './problem';
import { answerProblem, type FaultLog } from './problem.filter';
import { traceOf } from './trace';

/** Longest time for a whole request to arrive, in milliseconds; a body shorter than its Content-Length ends here. */
export const REQUEST_TIMEOUT_MS = 30_000;

/**
 * The options of Fastify that make every refusal a problem, those before any route included, and bound what a caller can
 * hold. `requestTimeoutMs` is rounded up to the next second by Node's check.
 */
export function serverOptions(log: FaultLog, requestTimeoutMs = REQUEST_TIMEOUT_MS) {
  return {
    requestTimeout: requestTimeoutMs,
    http: { maxHeaderSize: 16_384, headersTimeout: requestTimeoutMs, connectionsCheckingInterval: 1000 },
    routerOptions: { maxParamLength: 1024 },
    genReqId: (request: IncomingMessage) => traceOf(request).requestId,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      answerProblem(error, request, reply, log),
    clientErrorHandler: answerBrokenRequest,
  };
}

/** Connections on which a body comes that may take longer than others. */
const patient = new WeakSet<Socket>();
/** Longest time for such a body, as long as it keeps coming. */
const LONGEST_UPLOAD_MS = 3_600_000;

/**
 * Lets the body of this request take its time, up to an hour, as long as some of it comes within every `idleMs`. For uploads that are stored as they come, whose sender waits while we write.
 */
export function allowSlowBody(request: IncomingMessage, idleMs = REQUEST_TIMEOUT_MS): void {
  const { socket } = request;
  patient.add(socket);
  const begun = Date.now();
  let before = socket.bytesRead;
  const watch = setInterval(() => {
    if (socket.bytesRead === before || Date.now() - begun > LONGEST_UPLOAD_MS) socket.destroy();
    before = socket.bytesRead;
  }, idleMs).unref();
  const stop = (): void => {
    clearInterval(watch);
    patient.delete(socket);
  };
  request.once('end', stop).once('close', stop);
}

/** What Node's parser refuses has no request and no reply: the answer is written to the socket. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && patient.has(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = parserProblem(error.code);
  const body = JSON.stringify(problem.toBody('/', randomBytes(16).toString('hex')));
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function parserProblem(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return Problem.requestTimeout();
  if (code === 'HPE_HEADER_OVERFLOW') return Problem.headersTooLarge();
  return Problem.invalidRequest('The request is not well-formed HTTP/1.1.');
}

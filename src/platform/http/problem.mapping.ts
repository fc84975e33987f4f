import { HttpException } from '@nestjs/common';
import { Problem } from './problem';

/**
 * Turns whatever was thrown into the problem that the caller sees. What no table knows is a 500, whose cause only the log
 * sees.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return (
    fromCode(codeOf(error), error) ??
    fromPoolMessage(error) ??
    (error instanceof HttpException ? fromHttpException(error) : undefined) ??
    Problem.internal(error)
  );
}

type Mapping = (cause: unknown) => Problem;

/** Fastify (FST_*), Node's network errors, and SQLSTATEs: https://www.postgresql.org/docs/18/errcodes-appendix.html */
const BY_CODE: Readonly<Record<string, Mapping>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => Problem.payloadTooLarge(),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => Problem.unsupportedMediaType('Content-Type must be application/json.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => Problem.invalidRequest('Content-Length is not the length of the body.'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => Problem.invalidJson('The body is empty'),
  FST_ERR_CTP_INVALID_JSON_BODY: () => Problem.invalidJson('The body is not valid JSON'),
  FST_ERR_BAD_URL: () => Problem.invalidRequest('The path is not valid percent-encoding.'),
  FST_ERR_MAX_PARAM_LENGTH: () => Problem.notFound('path'),
  FST_ERR_NOT_FOUND: () => Problem.notFound('path'),

  ECONNREFUSED: Problem.unavailable,
  ECONNRESET: Problem.unavailable,
  ETIMEDOUT: Problem.unavailable,
  EPIPE: Problem.unavailable,

  '22001': Problem.unstorableValue, // string too long
  '22003': Problem.unstorableValue, // number out of range
  '22007': Problem.unstorableValue, // not a date
  '22008': Problem.unstorableValue, // date out of range
  '22021': Problem.unstorableValue, // NUL in text
  '22P02': Problem.unstorableValue, // not a number, uuid, json ...
  '22P05': Problem.unstorableValue, // NUL in jsonb
  '54000': Problem.unstorableValue, // too large for an index
  '23505': Problem.alreadyExists, // unique violation
  '40001': Problem.unavailable, // serialization failure
  '40P01': Problem.unavailable, // deadlock
  '55P03': Problem.unavailable, // lock not available
  '57014': Problem.unavailable, // statement timeout
  '57P01': Problem.unavailable, // the server is stopping
  '57P02': Problem.unavailable, // the server crashed
  '57P03': Problem.unavailable, // the server is starting
};

/** Whole SQLSTATE classes: 08 connection lost, 53 connections, memory or disk used up. */
const UNAVAILABLE_CLASSES = new Set(['08', '53']);

function fromCode(code: string | undefined, error: unknown): Problem | undefined {
  if (code === undefined) return undefined;
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code]?.(error);
  return code.length === 5 && UNAVAILABLE_CLASSES.has(code.slice(0, 2)) ? Problem.unavailable(error) : undefined;
}

/** The code of the error (TypeORM copies the driver's to its own), or of the error that Nest wrapped. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  return error instanceof HttpException ? codeOf(error.cause) : undefined;
}

/** What pg and pg-pool throw without a code when a connection cannot be had or is lost. */
const POOL_MESSAGES = [
  /^timeout exceeded when trying to connect$/,
  /^Connection terminated/,
  /^Client has encountered a connection error/,
  /^Cannot use a pool after calling end/,
  /^Query read timeout$/,
];

function fromPoolMessage(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  return POOL_MESSAGES.some((pattern) => pattern.test(error.message)) ? Problem.unavailable(error) : undefined;
}

/** What Nest and Fastify plug-ins throw themselves. Their wording may repeat input, so only the status is kept. */
const BY_STATUS: Readonly<Record<number, Mapping>> = {
  400: () => Problem.invalidRequest('The request could not be read.'),
  401: () => Problem.unauthorized(),
  403: () => Problem.forbidden('This key may not do that.'),
  404: () => Problem.notFound('path'),
  406: () => Problem.notAcceptable(),
  408: () => Problem.requestTimeout(),
  409: () => Problem.conflict('conflict', 'The state does not allow this.'),
  413: () => Problem.payloadTooLarge(),
  414: () => Problem.notFound('path'),
  415: () => Problem.unsupportedMediaType('The media type is not supported here.'),
  422: (cause) => Problem.unstorableValue(cause),
  429: () => Problem.rateLimited(1),
  431: () => Problem.headersTooLarge(),
  503: Problem.unavailable,
};

function fromHttpException(error: HttpException): Problem | undefined {
  return BY_STATUS[error.getStatus()]?.(error);
}

import { CATALOGUE, ERRORS_PAGE, type ConflictCode, type ProblemCode } from './problem.catalogue';

/** One faulty field: an RFC 6901 pointer into the body (`/content/media/url`), or `/query/<name>`. */
export interface FieldError {
  pointer: string;
  /** What is wrong, without repeating the value. */
  message: string;
}

/** The body of an `application/problem+json` answer (RFC 9457). */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: ProblemCode;
  errors?: readonly FieldError[];
  traceId: string;
}

interface Particulars {
  errors?: readonly FieldError[];
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/**
 * What services throw and the problem filter answers with. `detail` and `errors` go to the caller, so they hold no secret
 * and no address; `cause` goes to the log only. Made by the named constructors below, never by `new`.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly title: string;
  readonly type: string;
  readonly errors: readonly FieldError[];
  /** Response headers that belong to the problem, such as Retry-After. */
  readonly headers: Readonly<Record<string, string>>;

  private constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    { errors, headers, cause }: Particulars = {},
  ) {
    super(detail, cause === undefined ? undefined : { cause });
    this.status = CATALOGUE[code].status;
    this.title = CATALOGUE[code].title;
    this.type = `${ERRORS_PAGE}#${code}`;
    this.errors = errors ?? [];
    this.headers = headers ?? {};
  }

  /** The same problem of an object that stands at this pointer of the request. */
  within(pointer: string): Problem {
    const errors = this.errors.map((error) => ({ ...error, pointer: `${pointer}${error.pointer}` }));
    return new Problem(this.code, this.detail, { errors, headers: this.headers, cause: this.cause });
  }

  /** 400: the request line, length or framing is broken. */
  static invalidRequest(detail: string): Problem {
    return new Problem('invalid_request', detail);
  }

  /** 400: the body is not JSON that we accept. `position` counts characters from 0. */
  static invalidJson(reason: string, position?: number): Problem {
    return new Problem('invalid_json', position === undefined ? `${reason}.` : `${reason} at position ${position}.`);
  }

  /** 400: a header this API reads is malformed. */
  static invalidHeader(header: string, reason: string): Problem {
    return new Problem('invalid_header', `${header} ${reason}.`);
  }

  /** 400: the cursor was altered or belongs to another list, filter or tenant. */
  static invalidCursor(): Problem {
    return new Problem('invalid_cursor', 'The cursor was not issued for this list with these filters.');
  }

  /** 401, the same words whether the key is missing, unknown, expired or revoked. */
  static unauthorized(): Problem {
    return new Problem('unauthorized', 'A valid API key or access token is required.', {
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
  }

  /** 403. Only where the caller may know that the thing exists. */
  static forbidden(detail: string): Problem {
    return new Problem('forbidden', detail);
  }

  /** 404, the same for a missing id and for one of another tenant. `what` is a noun: 'channel', 'path'. */
  static notFound(what: string): Problem {
    return new Problem('not_found', `There is no such ${what}.`);
  }

  /** 404 for a thing of the caller's own that became part of another one. */
  static merged(what: string, into: string): Problem {
    return new Problem('not_found', `There is no such ${what} any more: it became part of ${into}.`);
  }

  /** 405. `allowed` are the methods the path answers to. */
  static methodNotAllowed(allowed: readonly string[]): Problem {
    return new Problem('method_not_allowed', `This path answers to ${allowed.join(', ')}.`, {
      headers: { Allow: allowed.join(', ') },
    });
  }

  /** 406. */
  static notAcceptable(): Problem {
    return new Problem('not_acceptable', 'This path answers with application/json only.');
  }

  /** 409 with one of the conflict codes of the catalogue. */
  static conflict(code: ConflictCode, detail: string): Problem {
    return new Problem(code, detail);
  }

  /** 409: the first request with this Idempotency-Key still runs; asks the caller to come back in one second. */
  static idempotencyInProgress(): Problem {
    return new Problem('idempotency_in_progress', 'The first request with this Idempotency-Key is still running.', {
      headers: { 'Retry-After': '1' },
    });
  }

  /** 410. `detail` says what is gone, since when. */
  static gone(detail: string): Problem {
    return new Problem('gone', detail);
  }

  /** 413. */
  static payloadTooLarge(limitBytes?: number): Problem {
    const limit = limitBytes === undefined ? 'the limit' : `${limitBytes} bytes`;
    return new Problem('payload_too_large', `The body is larger than ${limit}.`);
  }

  /** 415. */
  static unsupportedMediaType(detail: string): Problem {
    return new Problem('unsupported_media_type', detail);
  }

  /** 422 for one field. */
  static invalidField(pointer: string, message: string): Problem {
    return Problem.invalidFields([{ pointer, message }]);
  }

  /** 422 for one or more fields. */
  static invalidFields(errors: readonly FieldError[]): Problem {
    const detail = errors.length === 1 ? 'One field is not valid.' : `${errors.length} fields are not valid.`;
    return new Problem('invalid_field', detail, { errors });
  }

  /** 422: the database refused a value that passed validation; the column is in the log, not in the answer. */
  static unstorableValue(cause: unknown): Problem {
    return new Problem('invalid_field', 'A value cannot be stored: out of range or not in its format.', { cause });
  }

  /** 422: answering would take longer than a request may; asking for less is the only help. `detail` says for what. */
  static tooSlow(detail: string, cause: unknown): Problem {
    return new Problem('too_slow', detail, { cause });
  }

  /** 422: the Idempotency-Key was used for another body, path or content type. */
  static idempotencyMismatch(): Problem {
    return new Problem('idempotency_mismatch', 'This Idempotency-Key was used for another request.');
  }

  /** 409: a unique value is taken, found out by the database. */
  static alreadyExists(cause: unknown): Problem {
    return new Problem('already_exists', 'Something with the same unique value already exists.', { cause });
  }

  /** 429. `retryAfterSeconds` is a whole number, at least 1. `headers` are the RateLimit headers. */
  static rateLimited(retryAfterSeconds: number, headers: Readonly<Record<string, string>> = {}): Problem {
    return new Problem('rate_limited', `The limit is used up; retry in ${retryAfterSeconds} s.`, {
      headers: { ...headers, 'Retry-After': String(retryAfterSeconds) },
    });
  }

  /** 431. */
  static headersTooLarge(): Problem {
    return new Problem('headers_too_large', 'The request line and headers are too large.');
  }

  /** 408. */
  static requestTimeout(): Problem {
    return new Problem('request_timeout', 'The request was not complete in time.');
  }

  /** 503. `retryAfterSeconds` is a whole number, at least 1. */
  static unavailable(cause?: unknown, retryAfterSeconds = 1): Problem {
    return new Problem('unavailable', 'The service is temporarily unavailable; retry shortly.', {
      cause,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    });
  }

  /** 503: the database is a copy from a backup, and nobody confirmed yet that it shall be worked on. */
  static restored(): Problem {
    return new Problem('restored_backup', 'Nothing is sent from this restored copy: npm run confirm-restore lets it.', {
      headers: { 'Retry-After': '60' },
    });
  }

  /** 500. The cause goes to the log, nothing of it to the caller. */
  static internal(cause: unknown): Problem {
    return new Problem('internal', 'The cause is in the server log under this traceId.', { cause });
  }

  /** The answer's body. `instance` is the request's path without its query; `traceId` is 32 hex digits. */
  toBody(instance: string, traceId: string): ProblemBody {
    const { type, title, status, detail, code, errors } = this;
    return { type, title, status, detail, instance, code, ...(errors.length > 0 && { errors }), traceId };
  }
}

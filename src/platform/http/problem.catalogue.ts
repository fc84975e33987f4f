/**
 * Every error the API can answer with: one row per code. docs/errors.md is printed from this table, and a test keeps the
 * two equal. Codes are part of the contract: add rows, never rename one.
 */

/** What a code means to the caller. `meaning` and `remedy` are the words of docs/errors.md. */
export interface CatalogueRow {
  /** HTTP status code. */
  status: number;
  /** RFC 9457 `title`: the same for every occurrence of the code. */
  title: string;
  /** What happened, for docs/errors.md. */
  meaning: string;
  /** What the caller should do, for docs/errors.md. */
  remedy: string;
}

export const CATALOGUE = {
  invalid_request: {
    status: 400,
    title: 'The request is not valid HTTP',
    meaning: 'The request line, its length or its framing does not hold together.',
    remedy: 'Send the request with an ordinary HTTP client; do not retry it unchanged.',
  },
  invalid_json: {
    status: 400,
    title: 'The body is not acceptable JSON',
    meaning:
      'Empty, not UTF-8, not JSON, not an object, nested deeper than 20, over 1,000 keys in an object or 20,000 items in an array, a repeated key, a NUL or half a surrogate pair.',
    remedy: 'Correct the JSON at the position named in `detail`.',
  },
  invalid_header: {
    status: 400,
    title: 'A request header is malformed',
    meaning: 'A header this API reads has a value outside its syntax.',
    remedy: 'Correct the header named in `detail`.',
  },
  invalid_cursor: {
    status: 400,
    title: 'The cursor is not valid here',
    meaning: 'The cursor was altered, or belongs to another list, filter or tenant.',
    remedy: 'Start again without `cursor`, and pass on `page.next` as it came, with the same filters.',
  },
  unauthorized: {
    status: 401,
    title: 'Authentication is required',
    meaning:
      'No API key or access token, or one that is unknown, expired or revoked, or of a user who is no active member.',
    remedy: 'Send `Authorization: Bearer <API key or access token>` with a valid one.',
  },
  forbidden: {
    status: 403,
    title: 'This caller may not do that',
    meaning: 'The key or the user is known but lacks the permission, or lacks it on this channel type.',
    remedy: 'Use a key or a user with the permission named in `detail`, or have it granted.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    meaning: 'No such path, or no such thing in your tenant.',
    remedy: 'Check the path and the id.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    meaning: 'The path exists but does not answer to this method.',
    remedy: 'Use one of the methods in the `Allow` header.',
  },
  not_acceptable: {
    status: 406,
    title: 'No acceptable representation',
    meaning: 'The `Accept` header excludes everything this path can answer with.',
    remedy: 'Accept `application/json`.',
  },
  request_timeout: {
    status: 408,
    title: 'The request took too long to arrive',
    meaning:
      'The headers or the body were not complete in time, often because `Content-Length` is larger than the body.',
    remedy: 'Send the whole request at once, and check its length.',
  },
  conflict: {
    status: 409,
    title: 'The state does not allow this',
    meaning: 'What you address is in a state in which this cannot be done.',
    remedy: 'Read it again and decide on what you find.',
  },
  channel_inactive: {
    status: 409,
    title: 'The channel is not active',
    meaning: 'The channel is disabled or suspended, so it cannot send.',
    remedy: 'Activate the channel, or use another one.',
  },
  message_not_cancellable: {
    status: 409,
    title: 'The message can no longer be cancelled',
    meaning: 'The message has already been handed to the provider, or has ended.',
    remedy: 'Nothing to do: read the message for its status.',
  },
  message_not_retryable: {
    status: 409,
    title: 'The message cannot be retried',
    meaning: 'Only a failed message can be retried.',
    remedy: 'Read the message for its status; send a new message if you need one.',
  },
  idempotency_in_progress: {
    status: 409,
    title: 'A request with this Idempotency-Key is still running',
    meaning: 'The first request with this key has not been answered yet.',
    remedy: 'Repeat the same request after `Retry-After` seconds.',
  },
  session_closed: {
    status: 409,
    title: 'The session is closed',
    meaning: 'A completed or failed session takes no more messages.',
    remedy: 'Send a new message, which opens a new session.',
  },
  approval_required: {
    status: 409,
    title: 'Somebody else has to approve it first',
    meaning: 'The tenant wants every bulk send approved by a second person before it starts.',
    remedy: 'Have somebody other than its author call POST /bulk-send/{id}/approve.',
  },
  reply_window_closed: {
    status: 409,
    title: 'The person did not write lately enough',
    meaning: 'The provider lets free messages follow a message of the person for some time only (WhatsApp: 24 hours).',
    remedy: 'Send a template that the provider keeps (`templateId`), or wait until the person writes.',
  },
  webhook_emptied: {
    status: 409,
    title: 'The webhook cannot be replayed any more',
    meaning: 'Bodies and headers of webhooks are kept for `WEBHOOK_LOG_HOURS` hours only.',
    remedy: 'Nothing to do; ask the provider to send it again if it can.',
  },
  duplicate_name: {
    status: 409,
    title: 'The name is taken',
    meaning: 'Another one in your tenant has this name.',
    remedy: 'Choose another name, or change the existing one.',
  },
  in_use: {
    status: 409,
    title: 'It is in use',
    meaning: 'Something else needs it, such as a template that stands in a layout.',
    remedy: 'Change what uses it first.',
  },
  template_not_approved: {
    status: 409,
    title: 'The provider does not let the template through',
    meaning:
      'When it was last asked, the provider had refused, paused or switched off the template, or not yet reviewed it.',
    remedy: 'Change the template at the provider, call `POST /templates/sync` when it is approved, or use another one.',
  },
  provider_refused: {
    status: 409,
    title: 'The provider did not answer the question',
    meaning: 'The provider refused, or could not be reached; `detail` says why.',
    remedy: 'Check the credentials of the channel (`POST /channels/{id}/verify`), or try again later.',
  },
  opt_out_by_user: {
    status: 409,
    title: 'The person opted out',
    meaning: 'An opt-out made by the person can only be lifted by the person.',
    remedy: 'Ask the person to opt in again through the channel.',
  },
  opt_in_requested: {
    status: 409,
    title: 'The person was asked to confirm today',
    meaning: 'A message that asks the person to confirm this went to the address less than 24 hours ago.',
    remedy: 'Wait for the answer, or ask again a day later.',
  },
  already_exists: {
    status: 409,
    title: 'It already exists',
    meaning: 'Something with the same unique value exists in your tenant.',
    remedy: 'Use the existing one, or change the unique value.',
  },
  gone: {
    status: 410,
    title: 'No longer kept',
    meaning: 'It was there, and its content was removed when its time was over.',
    remedy: 'Upload it again, and name the new id.',
  },
  payload_too_large: {
    status: 413,
    title: 'The body is too large',
    meaning: 'The body exceeds the limit of this path: 1 MB, 10 MB for bulk paths.',
    remedy: 'Send less at a time.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    meaning: 'The body is not `application/json` in UTF-8, or it is compressed.',
    remedy: 'Send plain `Content-Type: application/json` without `Content-Encoding`.',
  },
  invalid_field: {
    status: 422,
    title: 'A field is not valid',
    meaning: 'One or more fields break a rule; `errors` names each by JSON pointer. Nothing was stored.',
    remedy: 'Correct the fields named in `errors`.',
  },
  too_slow: {
    status: 422,
    title: 'It would take too long',
    meaning: 'Counting what was asked for took longer than a request may take.',
    remedy: 'Ask for less: fewer conditions, or a shorter time. A bulk send prepares its audience in the background.',
  },
  idempotency_mismatch: {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    meaning: 'The key was used before with a different body, path or content type.',
    remedy: 'Use a new key for a new request.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    meaning: 'The limit in the `RateLimit-Policy` header is used up.',
    remedy: 'Wait `Retry-After` seconds.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    meaning: 'The request line and headers together exceed 16 kB.',
    remedy: 'Send fewer or shorter headers.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    meaning: 'A fault of the server. Its log holds the cause under the same `traceId`.',
    remedy: 'Retry with the same `Idempotency-Key`; report the `traceId` if it lasts.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    meaning: 'The database is busy or out of reach, or the server is stopping.',
    remedy: 'Repeat the request after `Retry-After` seconds.',
  },
} as const satisfies Record<string, CatalogueRow>;

export type ProblemCode = keyof typeof CATALOGUE;

/** The codes that answer 409, from which a caller of Problem.conflict picks. */
export type ConflictCode = {
  [C in ProblemCode]: (typeof CATALOGUE)[C]['status'] extends 409 ? C : never;
}[ProblemCode];

/** Where docs/errors.md is published. With `#<code>` behind it, it is the RFC 9457 `type`. */
export const ERRORS_PAGE = 'https://github.com/carillon-messaging/carillon/blob/main/docs/errors.md';

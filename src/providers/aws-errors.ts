import type { AwsAnswer, AwsError } from './aws-call';
import { faultOfNoAnswer, resultOf, resultOfNoAnswer, safeMessage, unreadableAnswer } from './faults';
import type { Account, Fault, FaultClass, SendResult } from './provider';
import { retryAfterMs } from './retry-after';

/** Refusals that are decided by the text, where one code of a service has several meanings. */
export type Refinement = readonly [code: string, text: RegExp, faultClass: FaultClass];

/** What is particular to one service. */
export interface AwsErrors {
  codes: Readonly<Record<string, FaultClass>>;
  refinements: readonly Refinement[];
}

/** Answers by HTTP status, for bodies whose code nobody listed. */
export const STATUS_CLASSES: Readonly<Record<number, FaultClass>> = {
  400: 'config',
  401: 'auth',
  403: 'auth',
  404: 'config',
  413: 'content',
  422: 'config',
  429: 'throttled',
  500: 'ambiguous',
  502: 'ambiguous',
  503: 'transient',
  504: 'ambiguous',
};

/**
 * Codes that every service of AWS may answer with ("Common Errors" of its API references), among them those of a key that
 * is wrong; several come with the status 400.
 */
export const COMMON_CODES: Readonly<Record<string, FaultClass>> = {
  AccessDeniedException: 'auth',
  ExpiredTokenException: 'auth',
  IncompleteSignature: 'auth',
  IncompleteSignatureException: 'auth',
  InternalFailure: 'ambiguous',
  InvalidSignatureException: 'auth',
  MissingAuthenticationToken: 'auth',
  MissingAuthenticationTokenException: 'auth',
  NotAuthorized: 'auth',
  OptInRequired: 'auth',
  RequestExpired: 'auth',
  RequestTimeTooSkewed: 'auth',
  ServiceUnavailable: 'transient',
  UnrecognizedClientException: 'auth',
  ValidationError: 'config',
};

/**
 * The answer to a send: what `accepted` makes of a success (undefined when what has to be there is not), else what the
 * refusal means.
 */
export function resultOfCall<T, R>(
  made: AwsAnswer<T>,
  { account, errors, now }: { account: Pick<Account<object>, 'credentials'>; errors: AwsErrors; now: Date },
  accepted: (output: T) => R | undefined,
): R | SendResult {
  if (made.kind === 'NONE') {
    return made.answer ? resultOfNoAnswer(made.answer) : resultOf(faultOfCall(made, { account, errors }));
  }
  const { status, headers } = made.answer;
  if (status < 200 || status >= 300)
    return resultOf(faultOfCall(made, { account, errors }), retryAfterMs(headers, now));
  return (made.output && accepted(made.output)) ?? unreadableAnswer(status);
}

/** The fault that a call means whose answer is not the one wanted; a status that nobody listed is ambiguous. */
export function faultOfCall(
  made: AwsAnswer<unknown>,
  { account, errors }: { account: Pick<Account<object>, 'credentials'>; errors: AwsErrors },
): Fault {
  if (made.kind === 'NONE') {
    if (made.answer) return faultOfNoAnswer(made.answer);
    return { class: 'config', code: 'refused_by_sdk', message: safeMessage(made.error.message, account) };
  }
  const { status } = made.answer;
  // The SDK says "Unknown" for a body that it cannot read, and of a success it can only complain about the body.
  const error = status >= 400 && made.error?.name !== 'Unknown' ? made.error : undefined;
  return {
    class: classOfCode(error, errors) ?? STATUS_CLASSES[status] ?? 'ambiguous',
    code: error?.name.slice(0, 64) ?? `http_${status}`,
    message: error?.message ? safeMessage(error.message, account) : `AWS answered ${status}.`,
  };
}

function classOfCode(error: AwsError | undefined, { codes, refinements }: AwsErrors): FaultClass | undefined {
  if (!error) return undefined;
  const refined = refinements.find(([code, text]) => code === error.name && text.test(error.message));
  if (refined) return refined[2];
  if (Object.hasOwn(codes, error.name)) return codes[error.name];
  return Object.hasOwn(COMMON_CODES, error.name) ? COMMON_CODES[error.name] : undefined;
}

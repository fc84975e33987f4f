import type { AwsErrors } from '../aws-errors';
import type { FaultClass } from '../provider';

/** Errors of SendEmail and SendBulkEmail (API reference, v2). */
export const CODE_CLASSES: Readonly<Record<string, FaultClass>> = {
  TooManyRequestsException: 'throttled', // The sending rate, or that of the API
  ThrottlingException: 'throttled', // "Maximum sending rate exceeded."; see REFINEMENTS for the other text
  LimitExceededException: 'quota',
  AccountSuspendedException: 'auth',
  SendingPausedException: 'auth', // Of the account or of the configuration set
  MailFromDomainNotVerifiedException: 'config',
  MessageRejected: 'content',
  BadRequestException: 'config',
  NotFoundException: 'config', // A configuration set, or a template: see REFINEMENTS
  InternalServiceErrorException: 'ambiguous',
};

/** What one code means is decided by its text ("Errors related to the sending quotas", "Amazon SES email sending errors"). */
const REFINEMENTS: AwsErrors['refinements'] = [
  ['ThrottlingException', /\bdaily (message|sending) quota\b/i, 'quota'],
  ['TooManyRequestsException', /\bdaily (message|sending) quota\b/i, 'quota'],
  ['MessageRejected', /\bnot verified\b/i, 'config'],
  ['NotFoundException', /\btemplate\b/i, 'template'],
];

export const ERRORS: AwsErrors = { codes: CODE_CLASSES, refinements: REFINEMENTS };

/** `Status` of one entry of SendBulkEmail (BulkEmailEntryResult), but for SUCCESS; SES did not take any of them. */
export const ENTRY_CLASSES: Readonly<Record<string, FaultClass>> = {
  MESSAGE_REJECTED: 'content',
  MAIL_FROM_DOMAIN_NOT_VERIFIED: 'config',
  CONFIGURATION_SET_NOT_FOUND: 'config',
  TEMPLATE_NOT_FOUND: 'template',
  ACCOUNT_SUSPENDED: 'auth',
  ACCOUNT_THROTTLED: 'throttled',
  ACCOUNT_DAILY_QUOTA_EXCEEDED: 'quota',
  INVALID_SENDING_POOL_NAME: 'config',
  ACCOUNT_SENDING_PAUSED: 'auth',
  CONFIGURATION_SET_SENDING_PAUSED: 'auth',
  INVALID_PARAMETER: 'config',
  TRANSIENT_FAILURE: 'transient',
  FAILED: 'transient',
};

/** `bounceType` of a Bounce; only a permanent one says something about the address. */
export const BOUNCE_CLASSES: Readonly<Record<string, FaultClass>> = {
  Permanent: 'invalid_recipient',
  Transient: 'transient',
  Undetermined: 'unreachable',
};

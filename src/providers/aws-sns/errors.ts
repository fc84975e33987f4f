import type { AwsErrors } from '../aws-errors';
import type { FaultClass } from '../provider';

/** Codes of Publish, by the names that the SDK gives them; SNS itself writes some of them without "Exception". */
export const CODE_CLASSES: Readonly<Record<string, FaultClass>> = {
  Throttling: 'throttled', // Rate exceeded, with HTTP 400
  ThrottlingException: 'throttled',
  ThrottledException: 'throttled',
  KMSThrottlingException: 'throttled',
  InternalErrorException: 'ambiguous',
  InvalidParameterException: 'invalid_recipient', // of PhoneNumber; see REFINEMENTS for the others
  InvalidParameterValueException: 'config', // A bad message attribute
  ValidationException: 'config',
  AuthorizationErrorException: 'auth',
  InvalidClientTokenId: 'auth',
  SignatureDoesNotMatch: 'auth',
  ExpiredToken: 'auth',
  OptedOutException: 'opted_out',
  UserErrorException: 'config',
};

/** InvalidParameter says only in its text which parameter is meant; only the number may cost the person his address. */
const REFINEMENTS: AwsErrors['refinements'] = [
  ['InvalidParameterException', /\bPhoneNumber\b/, 'invalid_recipient'],
  ['InvalidParameterException', /\b(Message too long|Empty message|Message)\b/, 'content'],
  ['InvalidParameterException', /(?:)/, 'config'],
];

export const ERRORS: AwsErrors = { codes: CODE_CLASSES, refinements: REFINEMENTS };

/** `providerResponse` of a failed delivery in the log that SNS writes to CloudWatch ("Viewing SMS delivery statistics"). */
export const PROVIDER_RESPONSES: Readonly<Record<string, FaultClass>> = {
  'Blocked as spam by phone carrier': 'blocked',
  'Destination is on a blocked list': 'blocked',
  'Invalid phone number': 'invalid_recipient',
  'Message body is invalid': 'content',
  'Phone carrier has blocked this message': 'blocked',
  'Phone carrier is currently unreachable/unavailable': 'transient',
  'Phone has blocked SMS': 'blocked',
  'Phone is on a blocked list': 'blocked',
  'Phone is currently unreachable/unavailable': 'transient',
  'Phone number is opted out': 'opted_out',
  'This delivery would exceed max price': 'quota',
  'Unknown error attempting to reach phone': 'unreachable',
};

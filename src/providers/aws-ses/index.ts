import { AWS_CREDENTIAL_FIELDS, regionalHost, type AwsCredentials } from '../aws-account';
import { defineProvider } from '../provider';
import { batch } from './batch';
import { check } from './check';
import { CAPABILITIES, refuse } from './refuse';
import { send } from './send';
import { baseUrlOf, webhook } from './webhook';

/** E-mail through the API v2 of Amazon SES; its events and the mails to us come through a topic of Amazon SNS. */
export const awsSes = defineProvider<AwsCredentials>({
  type: 'aws-ses',
  label: 'Amazon SES',
  defaultBaseUrl: `https://${regionalHost('email', 'us-east-1')}`,
  baseUrlOf,
  credentials: AWS_CREDENTIAL_FIELDS,
  channels: { EMAIL: CAPABILITIES },
  refuse,
  send,
  batch,
  check,
  webhook,
});

import { AWS_CREDENTIAL_FIELDS, regionalHost, type AwsCredentials } from '../aws-account';
import { defineProvider } from '../provider';
import { check } from './check';
import { CAPABILITIES, refuse } from './refuse';
import { send } from './send';
import { usualSnsUrl } from '../sns-envelope';
import { webhook } from './webhook';

/** SMS through Amazon SNS, and what AWS End User Messaging tells about them through a topic. */
export const awsSns = defineProvider<AwsCredentials>({
  type: 'aws-sns',
  label: 'Amazon SNS',
  defaultBaseUrl: `https://${regionalHost('sns', 'us-east-1')}`,
  baseUrlOf: usualSnsUrl,
  credentials: AWS_CREDENTIAL_FIELDS,
  channels: { SMS: CAPABILITIES },
  refuse,
  send,
  check,
  webhook,
});

import type { CredentialField } from './provider';

/** From the credentials form of a channel at AWS. */
export type AwsCredentials = {
  accessKeyId: string;
  secretAccessKey: string;
  /** Of temporary credentials only. */
  sessionToken?: string;
  region: string;
  /** The one SNS topic whose messages are believed; without it no webhook is. */
  topicArn?: string;
};

/** Regions of the partitions aws, aws-cn and aws-us-gov; the others have domains of their own. */
const REGION = '[a-z]{2}(?:-gov)?-[a-z]{4,12}-[1-9]';

export const AWS_CREDENTIAL_FIELDS: readonly CredentialField[] = [
  { name: 'accessKeyId', label: 'Access key ID', pattern: '[A-Z0-9]{16,128}', secret: false, required: true },
  {
    name: 'secretAccessKey',
    label: 'Secret access key',
    pattern: '[A-Za-z0-9/+=]{16,128}',
    secret: true,
    required: true,
  },
  { name: 'sessionToken', label: 'Session token', pattern: '[A-Za-z0-9/+=]{16,4096}', secret: true, required: false },
  { name: 'region', label: 'Region', pattern: REGION, secret: false, required: true },
  {
    name: 'topicArn',
    label: 'ARN of the SNS topic that events come from',
    pattern: `arn:aws(?:-cn|-us-gov)?:sns:${REGION}:\\d{12}:[A-Za-z0-9_-]{1,256}`,
    secret: false,
    required: false,
  },
];

/** The host of an AWS service in a region: `sns` in us-east-2 is sns.us-east-2.amazonaws.com. */
export function regionalHost(service: 'sns' | 'email', region: string): string {
  return `${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

import { GetSMSAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import type { AwsCredentials } from '../aws-account';
import { AwsCall } from '../aws-call';
import { faultOfCall } from '../aws-errors';
import type { Account, CheckResult, ProviderIo } from '../provider';
import { topicFault } from '../sns-envelope';
import { ERRORS } from './errors';

/** Asks for the account's SMS settings, which needs the right sns:GetSMSAttributes: SNS has no call that asks for less. */
export async function check(account: Account<AwsCredentials>, io: ProviderIo): Promise<CheckResult> {
  const call = new AwsCall(account, io);
  const made = await call.make(() => new SNSClient(call.config()).send(new GetSMSAttributesCommand({})));
  if (made.kind === 'NONE' || made.answer.status !== 200 || !made.output?.attributes) {
    return { ok: false, fault: faultOfCall(made, { account, errors: ERRORS }) };
  }
  const fault = topicFault(account);
  return fault ? { ok: false, fault } : { ok: true };
}

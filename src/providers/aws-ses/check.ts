import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import type { AwsCredentials } from '../aws-account';
import { AwsCall } from '../aws-call';
import { faultOfCall } from '../aws-errors';
import type { Account, CheckResult, ProviderIo } from '../provider';
import { topicFault } from '../sns-envelope';
import { ERRORS } from './errors';

/** Asks whether the account may send in this region; needs the right ses:GetAccount. */
export async function check(account: Account<AwsCredentials>, io: ProviderIo): Promise<CheckResult> {
  const call = new AwsCall(account, io);
  const made = await call.make(() => new SESv2Client(call.config()).send(new GetAccountCommand({})));
  if (made.kind === 'NONE' || made.answer.status !== 200 || made.output?.SendingEnabled === undefined) {
    return { ok: false, fault: faultOfCall(made, { account, errors: ERRORS }) };
  }
  if (!made.output.SendingEnabled || made.output.EnforcementStatus === 'SHUTDOWN') {
    const message = `Amazon SES does not let this account send in ${account.credentials.region}.`;
    return { ok: false, fault: { class: 'auth', code: 'sending_disabled', message } };
  }
  const fault = topicFault(account);
  return fault ? { ok: false, fault } : { ok: true };
}

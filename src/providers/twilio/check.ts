import { faultOfNoAnswer } from '../faults';
import { readJsonObject } from '../json';
import type { HttpResult } from '../http';
import type { Account, CheckResult, Fault, ProviderIo } from '../provider';
import { TwilioCall } from './client';
import type { TwilioCredentials } from './credentials';
import { faultOfAnswer } from './errors';

/** Asks for the account with the auth token, which signs the webhooks, and for one message with the API key, if that is what sends. */
export async function check(account: Account<TwilioCredentials>, io: ProviderIo): Promise<CheckResult> {
  const { apiKeySid: _sid, apiKeySecret: _secret, ...credentials } = account.credentials;
  const withToken = new TwilioCall({ ...account, credentials }, io);
  await settled(withToken.make((client) => client.api.v2010.accounts(credentials.accountSid).fetch()));
  const fault = faultOf(withToken.answer, account) ?? inactive(withToken.answer);
  if (fault) return { ok: false, fault };
  if (account.credentials.apiKeySid === undefined) return { ok: true };

  const withKey = new TwilioCall(account, io);
  await settled(withKey.make((client) => client.messages.page({ pageSize: 1 })));
  const keyFault = faultOf(withKey.answer, account);
  return keyFault ? { ok: false, fault: keyFault } : { ok: true };
}

/** The answer is read from the call; what the SDK makes of it does not matter here. */
async function settled(promise: Promise<unknown>): Promise<void> {
  await promise.catch(() => undefined);
}

function faultOf(answer: HttpResult | undefined, account: Account<TwilioCredentials>): Fault | undefined {
  if (!answer) return { class: 'config', code: 'refused_by_sdk', message: 'The Twilio SDK built no request.' };
  if (answer.kind !== 'RESPONSE') return faultOfNoAnswer(answer);
  return answer.status === 200 ? undefined : faultOfAnswer(answer.status, answer.body, account);
}

function inactive(answer: HttpResult | undefined): Fault | undefined {
  const status = answer?.kind === 'RESPONSE' ? readJsonObject(answer.body)?.['status'] : undefined;
  return status === 'active'
    ? undefined
    : { class: 'auth', code: 'account_not_active', message: 'The Twilio account is not active.' };
}

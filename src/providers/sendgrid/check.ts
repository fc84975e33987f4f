import { faultOfNoAnswer } from '../faults';
import { readJsonObject } from '../json';
import type { Account, CheckResult, ProviderIo } from '../provider';
import type { SendgridCredentials } from './credentials';
import { authorised } from './client';
import { faultOfAnswer } from './errors';

/** Asks which rights the key has; one that may not send is of no use to a channel. */
export async function check(account: Account<SendgridCredentials>, io: ProviderIo): Promise<CheckResult> {
  const answer = await io.http(authorised(account, { method: 'GET', path: '/v3/scopes' }));
  if (answer.kind !== 'RESPONSE') return { ok: false, fault: faultOfNoAnswer(answer) };
  if (answer.status !== 200) return { ok: false, fault: faultOfAnswer(answer.status, answer.body, account) };

  const scopes = readJsonObject(answer.body)?.['scopes'];
  if (Array.isArray(scopes) && scopes.includes('mail.send')) return { ok: true };
  return {
    ok: false,
    fault: { class: 'auth', code: 'scope_missing', message: 'The API key does not have the right mail.send.' },
  };
}

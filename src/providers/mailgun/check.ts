import { faultOfNoAnswer } from '../faults';
import { isJsonObject, readJsonObject } from '../json';
import type { Account, CheckResult, ProviderIo } from '../provider';
import { get } from './client';
import type { MailgunCredentials } from './credentials';
import { faultOfAnswer } from './errors';

/** Asks for the domain with the key: an unknown or foreign one is an error, and one that is not verified cannot send. */
export async function check(account: Account<MailgunCredentials>, io: ProviderIo): Promise<CheckResult> {
  const answer = await get(`/v3/domains/${account.credentials.domain}`, account, io);
  if (answer.kind !== 'RESPONSE') return { ok: false, fault: faultOfNoAnswer(answer) };
  if (answer.status !== 200) return { ok: false, fault: faultOfAnswer(answer.status, answer.body, account) };

  const domain = readJsonObject(answer.body)?.['domain'];
  if (isJsonObject(domain) && domain['state'] === 'active') return { ok: true };
  return {
    ok: false,
    fault: { class: 'auth', code: 'domain_not_active', message: 'The Mailgun domain is not active.' },
  };
}

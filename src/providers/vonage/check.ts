import { faultOfNoAnswer } from '../faults';
import { readJsonObject, textOf } from '../json';
import type { Account, CheckResult, ProviderIo } from '../provider';
import { basicAuthorization } from './client';
import { usesMessagesApi, type VonageCredentials } from './credentials';
import { sentence, STATUS_CLASSES } from './errors';

/** What each API's host answers to anybody who has the key and the secret, and the member that shows it is that answer. */
const QUESTIONS = {
  sms: { path: '/account/get-balance', member: 'value' },
  messages: { path: '/v2/applications?page_size=1', member: '_embedded' },
} as const;

/** Asks for the balance, or, at the Messages API's host, which has none, for the applications of the account. */
export async function check(account: Account<VonageCredentials>, io: ProviderIo): Promise<CheckResult> {
  const { path, member } = QUESTIONS[usesMessagesApi(account) ? 'messages' : 'sms'];
  const answer = await io.http({
    method: 'GET',
    url: account.baseUrl.replace(/\/+$/, '') + path,
    headers: { authorization: basicAuthorization(account), accept: 'application/json' },
  });
  if (answer.kind !== 'RESPONSE') return { ok: false, fault: faultOfNoAnswer(answer) };

  const { status, body } = answer;
  const found = readJsonObject(body) ?? {};
  if (status === 200 && Object.hasOwn(found, member)) return { ok: true };
  const text = textOf(found, 'detail') ?? textOf(found, 'error-code-label') ?? textOf(found, 'title');
  return {
    ok: false,
    fault: {
      class: status === 200 ? 'ambiguous' : (STATUS_CLASSES[status] ?? 'ambiguous'),
      code: status === 200 ? 'unreadable_answer' : `http_${status}`,
      message: sentence(text, status, account),
    },
  };
}

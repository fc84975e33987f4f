import { faultOfNoAnswer } from '../faults';
import type { HttpRequest } from '../http';
import { readJsonObject, textOf, type JsonObject } from '../json';
import type { Account, CheckResult, Fault, ProviderIo } from '../provider';
import { getRequest, postRequest } from './api';
import type { WhatsappCredentials } from './credentials';
import { faultOfAnswer } from './errors';

const FIELDS = 'verified_name,display_phone_number,quality_rating';

/** Asks for the number behind the id, which must be the one that the channel says it writes from. */
export async function check(account: Account<WhatsappCredentials>, io: ProviderIo): Promise<CheckResult> {
  const asked = await ask(getRequest(account, `${account.credentials.phoneNumberId}?fields=${FIELDS}`), account, io);
  if ('fault' in asked) return { ok: false, fault: asked.fault };

  const number = digitsOf(textOf(asked.body, 'display_phone_number') ?? '');
  if (number !== '' && number === digitsOf(account.from)) return { ok: true };
  const message = 'The phone number ID belongs to another number than the one that the channel sends from.';
  return { ok: false, fault: { class: 'config', code: 'other_number', message } };
}

/**
 * Subscribes the app to the WhatsApp Business Account, without which Meta calls nobody about it. The address itself is
 * one for all accounts of the app; to override it here would take the webhooks from the account's other numbers.
 */
export async function register(account: Account<WhatsappCredentials>, io: ProviderIo): Promise<CheckResult> {
  const { wabaId } = account.credentials;
  if (wabaId === undefined) return { ok: true };
  const asked = await ask(postRequest(account, `${wabaId}/subscribed_apps`, {}), account, io);
  if ('fault' in asked) return { ok: false, fault: asked.fault };
  if (asked.body['success'] === true) return { ok: true };
  const message = 'WhatsApp did not confirm the subscription of the app.';
  return { ok: false, fault: { class: 'config', code: 'not_subscribed', message } };
}

/** The answer to a question, or why there is none. */
export async function ask(
  request: HttpRequest,
  account: Account<WhatsappCredentials>,
  io: ProviderIo,
): Promise<{ body: JsonObject } | { fault: Fault }> {
  const answer = await io.http(request);
  if (answer.kind !== 'RESPONSE') return { fault: faultOfNoAnswer(answer) };
  const body = readJsonObject(answer.body);
  if (answer.status === 200 && body && body['error'] === undefined) return { body };
  return { fault: faultOfAnswer(answer.status, answer.body, account) };
}

/** "+1 555-078-3881" -> "15550783881". */
function digitsOf(number: string): string {
  return number.replace(/\D/g, '');
}

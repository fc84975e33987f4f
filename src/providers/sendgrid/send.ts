import type { MailDataRequired } from '@sendgrid/mail';
import { resultOf, resultOfNoAnswer, safeMessage, unreadableAnswer } from '../faults';
import type { HttpResult } from '../http';
import type { Account, OutboundMessage, ProviderIo, SendResult } from '../provider';
import { retryAfterMs } from '../retry-after';
import type { SendgridCredentials } from './credentials';
import { post } from './client';
import { faultOfAnswer, faultsOfRecipients } from './errors';
import { mailOf } from './mail';

/** POST /v3/mail/send with one recipient, so that one attempt is one mail. */
export async function send(
  message: OutboundMessage,
  account: Account<SendgridCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  return (await sendMail(mailOf([message], account), account, io)).result;
}

/** What came of a call, and for those recipients whom a refusal names, by their place, what it says of them. */
export interface Sent {
  result: SendResult;
  blamed?: ReadonlyMap<number, SendResult>;
}

/** One call, whatever the number of recipients: SendGrid takes or refuses all of them together. */
export async function sendMail(
  mail: MailDataRequired,
  account: Account<SendgridCredentials>,
  io: ProviderIo,
): Promise<Sent> {
  const answer = await post(mail, account, io).catch((error: Error) => refusedBySdk(error, account));
  if ('outcome' in answer) return { result: answer };
  if (answer.kind !== 'RESPONSE') return { result: resultOfNoAnswer(answer) };
  const { status, headers, body } = answer;
  if (status >= 200 && status < 300) return { result: accepted(answer) };
  const result = resultOf(faultOfAnswer(status, body, account), retryAfterMs(headers, io.now()));
  return { result, blamed: mapValues(faultsOfRecipients(status, body, account), (fault) => resultOf(fault)) };
}

function mapValues<K, V, R>(map: ReadonlyMap<K, V>, of: (value: V) => R): Map<K, R> {
  return new Map([...map].map(([key, value]) => [key, of(value)]));
}

/**
 * SendGrid accepts with 202, an empty body and the id in a header (200 in its sandbox mode). Without the id the event
 * webhook still finds the message by its ref; a body, though, means that somebody else answered.
 */
function accepted({ status, headers, body }: Extract<HttpResult, { kind: 'RESPONSE' }>): SendResult {
  const providerMessageId = headers['x-message-id'];
  if (providerMessageId) return { outcome: 'ACCEPTED', providerMessageId };
  return status === 202 && body.length === 0 ? { outcome: 'ACCEPTED' } : unreadableAnswer(status);
}

function refusedBySdk(error: Error, account: Account<SendgridCredentials>): SendResult {
  return resultOf({ class: 'config', code: 'refused_by_sdk', message: safeMessage(error.message, account) });
}

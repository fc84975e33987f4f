import type { MailDataRequired } from '@sendgrid/mail';
import { resultOf, resultOfNoAnswer, safeMessage, unreadableAnswer } from '../faults';
import type { HttpResult } from '../http';
import type { Account, OutboundMessage, ProviderIo, SendResult } from '../provider';
import { retryAfterMs } from '../retry-after';
import type { SendgridCredentials } from './credentials';
import { post } from './client';
import { faultOfAnswer } from './errors';
import { mailOf } from './mail';

/** POST /v3/mail/send with one recipient, so that one attempt is one mail. */
export function send(
  message: OutboundMessage,
  account: Account<SendgridCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  return sendMail(mailOf([message], account), account, io);
}

/** One call, whatever the number of recipients: SendGrid takes or refuses all of them together. */
export async function sendMail(
  mail: MailDataRequired,
  account: Account<SendgridCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  const answer = await post(mail, account, io).catch((error: Error) => refusedBySdk(error, account));
  if ('outcome' in answer) return answer;
  if (answer.kind !== 'RESPONSE') return resultOfNoAnswer(answer);
  if (answer.status >= 200 && answer.status < 300) return accepted(answer);
  return resultOf(faultOfAnswer(answer.status, answer.body, account), retryAfterMs(answer.headers, io.now()));
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

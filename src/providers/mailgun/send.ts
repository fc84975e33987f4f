import { resultOf, resultOfNoAnswer, safeMessage, unreadableAnswer } from '../faults';
import { readJsonObject, textOf } from '../json';
import type { Account, OutboundMessage, ProviderIo, SendResult } from '../provider';
import { post, type MailData } from './client';
import type { MailgunCredentials } from './credentials';
import { faultOfAnswer, waitOf } from './errors';
import { mailOf } from './mail';
import { providerIdOf } from './message-id';

/** POST /v3/{domain}/messages with one recipient, so that one attempt is one mail. */
export async function send(
  message: OutboundMessage,
  account: Account<MailgunCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  const result = await submit(mailOf(message, account, io.now()), account, io);
  return withRecipient(result, message);
}

/** Makes the call; the id of an accepted mail is the Message-ID, as Mailgun writes it. */
export async function submit(
  mail: MailData,
  account: Account<MailgunCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  const answer = await post(mail, account, io).catch((error: Error) => refusedBySdk(error, account));
  if ('outcome' in answer) return answer;
  if (answer.kind !== 'RESPONSE') return resultOfNoAnswer(answer);
  const { status, headers, body } = answer;
  if (status >= 200 && status < 300) return accepted(status, body);
  return resultOf(faultOfAnswer(status, body, account), waitOf(headers, body, io.now()));
}

/** What the call means for one of its recipients. */
export function withRecipient(result: SendResult, { to }: OutboundMessage): SendResult {
  if (result.outcome !== 'ACCEPTED') return result;
  const providerMessageId = providerIdOf(result.providerMessageId, to);
  return providerMessageId === undefined ? { outcome: 'ACCEPTED' } : { outcome: 'ACCEPTED', providerMessageId };
}

/** Addresses that are none of the API's are answered with 200 and "Mailgun Magnificent API", so the id decides. */
function accepted(status: number, body: Buffer): SendResult {
  const id = textOf(readJsonObject(body) ?? {}, 'id');
  if (id === undefined || !/^<[^<>\s]+@[^<>\s]+>$/.test(id)) return unreadableAnswer(status);
  return { outcome: 'ACCEPTED', providerMessageId: id };
}

/** The SDK names what it has against a mail; nothing was sent. */
function refusedBySdk(error: Error, account: Account<MailgunCredentials>): SendResult {
  return resultOf({ class: 'config', code: 'refused_by_sdk', message: safeMessage(error.message, account) });
}

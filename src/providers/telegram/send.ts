import { resultOf, resultOfNoAnswer, safeMessage, unreadableAnswer } from '../faults';
import type { HttpResult } from '../http';
import type { Account, OutboundMessage, ProviderIo, SendResult } from '../provider';
import { isMedia, type Refusal } from '../refusals';
import { call } from './client';
import type { TelegramCredentials } from './credentials';
import { faultOfAnswer, resultOfAnswer, waitOfAnswer, withoutToken } from './errors';
import { idOf, objectOf, readExactly } from './exact-json';
import { fileOf } from './files';
import { sendWith } from './message';
import { refuse } from './refuse';

/** One method of the Bot API for one message. */
export async function send(
  message: OutboundMessage,
  account: Account<TelegramCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  const [refusal] = [...refuse(message), ...missingFile(message)];
  if (refusal) return refused(refusal);

  const answer = await call((bot) => sendWith(bot, message, account.settings), account, io).catch((error: Error) =>
    refusedBySdk(error, account),
  );
  if ('outcome' in answer) return answer;
  if (answer.kind !== 'RESPONSE') return resultOfNoAnswer(withoutToken(answer, account));
  const { status, body } = answer;
  if (status >= 200 && status < 300 && readExactly(body)?.['ok'] !== false) return accepted(answer);
  return resultOf(faultOfAnswer(answer, account), waitOfAnswer(answer, io.now()));
}

/** A message id counts within its chat only, so ours has both. The chat's own id: `to` may have been a @username. */
function accepted(answer: Extract<HttpResult, { kind: 'RESPONSE' }>): SendResult {
  const sent = objectOf(resultOfAnswer(answer) ?? {}, 'result');
  const [chatId, messageId] = [idOf(objectOf(sent, 'chat'), 'id'), idOf(sent, 'message_id')];
  if (chatId === undefined || messageId === undefined) return unreadableAnswer(answer.status);
  return { outcome: 'ACCEPTED', providerMessageId: `${chatId}:${messageId}` };
}

/** What could not be seen before there were files. */
function missingFile(message: OutboundMessage): Refusal[] {
  if (!isMedia(message.messageType) || fileOf(message)) return [];
  return [{ pointer: '/content/media', message: `A message of type ${message.messageType} needs a file.` }];
}

function refused({ pointer, message }: Refusal): SendResult {
  return resultOf({ class: 'content', code: 'cannot_be_expressed', message: `${pointer}: ${message}` });
}

function refusedBySdk(error: Error, account: Account<TelegramCredentials>): SendResult {
  return resultOf({ class: 'config', code: 'refused_by_sdk', message: safeMessage(error.message, account) });
}

import { resultOf, resultOfNoAnswer, safeMessage, unreadableAnswer } from '../faults';
import { readJsonObject, textOf } from '../json';
import type { HttpResult } from '../http';
import type { Account, Fault, OutboundMessage, ProviderIo, SendResult } from '../provider';
import { retryAfterMs } from '../retry-after';
import { countSmsParts } from '../sms-parts';
import { post } from './client';
import type { VonageCredentials } from './credentials';
import { classIn, MESSAGES_CLASSES, problemCode, REFUSAL_CLASSES, sentence, STATUS_CLASSES } from './errors';
import { parametersOf } from './parameters';

/** POST /v1/messages. What Vonage answered is read from the call itself, not from what the SDK makes of it. */
export async function sendByMessagesApi(
  message: OutboundMessage,
  account: Account<VonageCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  let answer: HttpResult;
  try {
    answer = await post(parametersOf(message, account, io.now()), account, io);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'The Vonage SDK built no request.';
    return resultOf({ class: 'config', code: 'refused_by_sdk', message: safeMessage(reason, account) });
  }
  if (answer.kind !== 'RESPONSE') return resultOfNoAnswer(answer);
  if (answer.status >= 200 && answer.status < 300) return accepted(answer.status, answer.body, message);
  return resultOf(faultOf(answer.status, answer.body, account), retryAfterMs(answer.headers, io.now()));
}

function accepted(status: number, body: Buffer, { channelType, content }: OutboundMessage): SendResult {
  const providerMessageId = textOf(readJsonObject(body) ?? {}, 'message_uuid');
  if (providerMessageId === undefined) return unreadableAnswer(status);
  const isSms = channelType === 'SMS';
  return { outcome: 'ACCEPTED', providerMessageId, ...(isSms && { parts: countSmsParts(content.text ?? '') }) };
}

/** Only a 422 is told apart by its code: the same number stands for "too fast" in a 429 and for a fault of theirs in a 500. */
function faultOf(status: number, body: Buffer, account: Account<VonageCredentials>): Fault {
  const problem = readJsonObject(body) ?? {};
  const code = problemCode(problem);
  const byCode = status === 422 ? (classIn(REFUSAL_CLASSES, code) ?? classIn(MESSAGES_CLASSES, code)) : undefined;
  return {
    class: byCode ?? STATUS_CLASSES[status] ?? 'ambiguous',
    code: code ?? `http_${status}`,
    message: sentence(textOf(problem, 'detail') ?? textOf(problem, 'title'), status, account),
  };
}

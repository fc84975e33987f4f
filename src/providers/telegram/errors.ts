import { safeMessage } from '../faults';
import type { HttpResult } from '../http';
import { textOf, type JsonObject } from '../json';
import type { Account, Fault, FaultClass } from '../provider';
import { retryAfterMs } from '../retry-after';
import { idOf, objectOf, readExactly } from './exact-json';

type Answer = Extract<HttpResult, { kind: 'RESPONSE' }>;

/** Answers by status, for descriptions that are not among DESCRIPTIONS. */
export const STATUS_CLASSES: Readonly<Record<number, FaultClass>> = {
  400: 'config',
  401: 'auth',
  // Telegram's own 403 is about one chat (see FORBIDDEN); without its word it comes from something in between.
  403: 'auth',
  404: 'auth', // the token is wrong
  409: 'config', // getUpdates while a webhook is set
  413: 'content',
  422: 'config',
  429: 'throttled',
  500: 'ambiguous',
  502: 'ambiguous',
  503: 'transient',
  504: 'ambiguous',
};

/** The bot may not write to this chat, for a reason that is not among DESCRIPTIONS: other chats go on. */
const FORBIDDEN: FaultClass = 'unreachable';

/** Telegram has no codes but a sentence, told apart by its words in any case; the name is ours. */
export const DESCRIPTIONS: readonly [status: number, words: string, faultClass: FaultClass, code: string][] = [
  [403, 'bot was blocked by the user', 'opted_out', 'bot_blocked'],
  [403, 'user is deactivated', 'invalid_recipient', 'user_deactivated'],
  [403, "can't initiate conversation", 'window', 'not_started'],
  [403, 'bot was kicked', 'opted_out', 'bot_kicked'],
  [403, 'not a member', 'opted_out', 'not_a_member'],
  [400, 'chat not found', 'invalid_recipient', 'chat_not_found'],
  // The chat has another id from now on. A message to that is a new message: who sends it must know the new address.
  [400, 'group chat was upgraded', 'config', 'chat_migrated'],
  [400, 'PEER_ID_INVALID', 'invalid_recipient', 'peer_id_invalid'],
  [400, "can't parse entities", 'content', 'entities_unreadable'],
  [400, 'message is too long', 'content', 'text_too_long'],
  [400, 'message text is empty', 'content', 'text_empty'],
  [400, 'wrong file identifier', 'content', 'file_unknown'],
  [400, 'failed to get HTTP URL content', 'content', 'url_not_fetched'],
  [400, 'BUTTON_', 'content', 'button_invalid'],
  [400, 'have no rights to send', 'blocked', 'no_rights_to_send'],
  [400, 'CHAT_WRITE_FORBIDDEN', 'blocked', 'chat_write_forbidden'],
];

/** What an answer says about itself; `result` only where Telegram calls it a success. */
export function resultOfAnswer({ status, body }: Answer): JsonObject | undefined {
  const answer = readExactly(body) ?? {};
  return status >= 200 && status < 300 && answer['ok'] === true ? answer : undefined;
}

/** The fault that an answer means; `error_code` in the body is the status once more. A status that nobody listed is ambiguous. */
export function faultOfAnswer(
  { status: httpStatus, body }: Answer,
  account: Pick<Account<object>, 'credentials'>,
): Fault {
  const answer = readExactly(body) ?? {};
  const description = textOf(answer, 'description');
  const status = Number(idOf(answer, 'error_code') ?? httpStatus);
  const known = DESCRIPTIONS.find(
    ([forStatus, words]) => forStatus === status && description?.toLowerCase().includes(words.toLowerCase()),
  );
  const unlisted = status === 403 && description !== undefined ? FORBIDDEN : STATUS_CLASSES[status];
  return {
    class: known?.[2] ?? unlisted ?? 'ambiguous',
    code: known?.[3] ?? `http_${status}`,
    message: description === undefined ? `Telegram answered ${status}.` : safeMessage(description, account),
  };
}

/** How long the whole bot has to wait: `parameters.retry_after`, the same in the sentence, or a header of a proxy. */
export function waitOfAnswer({ headers, body }: Answer, now: Date): number | undefined {
  const answer = readExactly(body) ?? {};
  const parameter = idOf(objectOf(answer, 'parameters'), 'retry_after');
  const seconds = parameter ?? /retry after (\d{1,9})\b/i.exec(textOf(answer, 'description') ?? '')?.[1];
  return seconds === undefined ? retryAfterMs(headers, now) : Math.max(0, Number(seconds) * 1000);
}

/** No address of a fault may show: every address that is called has the token in it. */
export function withoutToken<T extends { message: string }>(
  fault: T,
  account: Pick<Account<object>, 'credentials'>,
): T {
  return { ...fault, message: safeMessage(fault.message, account) };
}

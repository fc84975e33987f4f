import type { Telegram } from 'telegraf';
import { faultOfNoAnswer, safeMessage } from '../faults';
import type { JsonObject } from '../json';
import type { Account, Fault, ProviderIo } from '../provider';
import { call } from './client';
import type { TelegramCredentials } from './credentials';
import { faultOfAnswer, resultOfAnswer, withoutToken } from './errors';

/** What Telegram answers to a call that sends nothing, or why it does not. */
export async function ask(
  use: (bot: Telegram) => Promise<unknown>,
  account: Account<TelegramCredentials>,
  io: ProviderIo,
): Promise<{ answer: JsonObject } | { fault: Fault }> {
  const answer = await call(use, account, io).catch((error: Error) => error);
  if (answer instanceof Error)
    return { fault: { class: 'config', code: 'refused_by_sdk', message: safeMessage(answer.message, account) } };
  if (answer.kind !== 'RESPONSE') return { fault: withoutToken(faultOfNoAnswer(answer), account) };
  const read = resultOfAnswer(answer);
  return read ? { answer: read } : { fault: faultOfAnswer(answer, account) };
}

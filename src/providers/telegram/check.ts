import { textOf } from '../json';
import type { Account, CheckResult, ProviderIo } from '../provider';
import { ask } from './ask';
import type { TelegramCredentials } from './credentials';
import { objectOf } from './exact-json';

/** getMe: the token works, and it is that of the bot which the channel says it is. */
export async function check(account: Account<TelegramCredentials>, io: ProviderIo): Promise<CheckResult> {
  const asked = await ask((bot) => bot.getMe(), account, io);
  if ('fault' in asked) return { ok: false, fault: asked.fault };
  const username = textOf(objectOf(asked.answer, 'result'), 'username') ?? '';
  if (`@${username}`.toLowerCase() === account.from.toLowerCase()) return { ok: true };
  const message = `The token is that of @${username.slice(0, 64)}, and the channel sends from ${account.from}.`;
  return { ok: false, fault: { class: 'config', code: 'another_bot', message } };
}

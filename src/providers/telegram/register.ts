import type { Account, CheckResult, ProviderIo } from '../provider';
import { ask } from './ask';
import type { TelegramCredentials } from './credentials';

/** Updates that updates.ts reads. Named, because Telegram keeps the list of the time before when none is given. */
export const ALLOWED_UPDATES = ['message', 'edited_message', 'callback_query', 'my_chat_member'] as const;

/** Telegram's own default; the channel may ask for another number, 1 to 100. */
const MAX_CONNECTIONS = 40;

/** setWebhook. What waits at Telegram for a webhook is kept. A bot has one webhook: the last channel to ask gets the updates. */
export async function register(account: Account<TelegramCredentials>, io: ProviderIo): Promise<CheckResult> {
  const { webhookUrl, webhookSecret, settings } = account;
  if (webhookUrl === undefined || !webhookUrl.startsWith('https://'))
    return refused('webhook_not_https', 'Telegram calls https addresses only; the operator sets one as PUBLIC_URL.');
  if (webhookSecret === '')
    return refused('webhook_without_secret', 'Without a secret nobody could tell who calls the webhook.');

  const asked = await ask(
    (bot) =>
      bot.setWebhook(webhookUrl, {
        secret_token: webhookSecret,
        allowed_updates: [...ALLOWED_UPDATES],
        max_connections: connectionsOf(settings['maxConnections']),
        drop_pending_updates: false,
      }),
    account,
    io,
  );
  return 'fault' in asked ? { ok: false, fault: asked.fault } : { ok: true };
}

function connectionsOf(setting: unknown): number {
  return typeof setting === 'number' && Number.isInteger(setting) && setting >= 1 && setting <= 100
    ? setting
    : MAX_CONNECTIONS;
}

function refused(code: string, message: string): CheckResult {
  return { ok: false, fault: { class: 'config', code, message } };
}

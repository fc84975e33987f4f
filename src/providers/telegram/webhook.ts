import type { Account, ProviderEvent, ProviderWebhook, WebhookReply, WebhookRequest } from '../provider';
import { equalInConstantTime } from '../signature';
import type { TelegramCredentials } from './credentials';
import { idOf, objectOf, readExactly } from './exact-json';
import { textOf } from '../json';
import { eventsOf } from './updates';

const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

/**
 * An update names no bot, so the channel is known by its key in the address. Telegram carries out a method that stands in the
 * answer, so there is none but for a pressed button, which spins until somebody says that it was heard.
 */
export const webhook: ProviderWebhook<TelegramCredentials> = {
  /** Telegram signs nothing. It sends back the secret that register.ts gave it, which no one else knows. */
  verify(request: WebhookRequest, { webhookSecret }: Account<TelegramCredentials>): boolean {
    const secret = request.headers[SECRET_HEADER];
    return Boolean(secret && webhookSecret) && equalInConstantTime(secret ?? '', webhookSecret);
  },

  replyTo({ rawBody }: WebhookRequest): WebhookReply | undefined {
    const id = textOf(objectOf(readExactly(rawBody) ?? {}, 'callback_query'), 'id');
    if (id === undefined) return undefined;
    const body = JSON.stringify({ method: 'answerCallbackQuery', callback_query_id: id });
    return { status: 200, contentType: 'application/json', body };
  },

  parse(
    { rawBody, receivedAt }: WebhookRequest,
    { from }: Pick<Account<TelegramCredentials>, 'from'>,
  ): ProviderEvent[] {
    const update = readExactly(rawBody);
    const id = update && idOf(update, 'update_id');
    if (!update || id === undefined) throw new Error('The body must be an update with its update_id.');
    return eventsOf(update, { id, receivedAt, bot: from });
  },
};

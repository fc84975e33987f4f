import type { CredentialField } from '../provider';

/** From the credentials form of a Telegram channel. */
export type TelegramCredentials = {
  /** From @BotFather: the bot's id, a colon, and the secret. It stands in the path of every address that is called. */
  botToken: string;
};

export const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  { name: 'botToken', label: 'Bot token', pattern: '\\d{6,12}:[A-Za-z0-9_-]{30,64}', secret: true, required: true },
];

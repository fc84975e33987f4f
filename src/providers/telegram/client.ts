import { Telegram } from 'telegraf';
import type { Opts, Telegram as BotApi } from 'telegraf/types';
import type { HttpRequest, HttpResult } from '../http';
import { isJsonObject } from '../json';
import { encodeMultipart, type FormPart } from '../multipart';
import type { Account, ProviderIo } from '../provider';
import type { TelegramCredentials } from './credentials';

/** A file as the SDK takes it, with the media type that it has no word for. */
export interface Upload {
  source: Buffer;
  filename: string;
  contentType: string;
}

/**
 * Has the SDK name the method and its fields, and carries them with the one HTTP client: the SDK's own transport waits up
 * to 500 s, throws the parameters of an answer of 500 away, and keeps the whole message in its errors. A new SDK object
 * per call, which never learns the token. Rejects only when the SDK makes no call.
 */
export async function call(
  use: (bot: Telegram) => Promise<unknown>,
  account: Account<TelegramCredentials>,
  io: ProviderIo,
): Promise<HttpResult> {
  const bot = new EgressTelegram(account, io);
  await use(bot);
  if (!bot.answer) throw new Error('The Telegram SDK made no call.');
  return bot.answer;
}

/** Address below the base URL, with the token in it: for requests only, never for a message or a log. */
export function addressOf({ baseUrl, credentials }: Account<TelegramCredentials>, path: string, root = ''): string {
  return `${baseUrl.replace(/\/+$/, '')}${root}/bot${credentials.botToken}/${path}`;
}

class EgressTelegram extends Telegram {
  answer: HttpResult | undefined;

  constructor(
    private readonly account: Account<TelegramCredentials>,
    private readonly io: ProviderIo,
  ) {
    super('');
  }

  override async callApi<M extends keyof BotApi>(method: M, payload: Opts<M>): Promise<ReturnType<BotApi[M]>> {
    this.answer = await this.io.http(requestOf(addressOf(this.account, method), payload));
    // The SDK only hands this back to our own call above, which reads `answer`.
    return undefined as never;
  }
}

/** JSON; a form only where there is a file to upload. */
function requestOf(url: string, payload: object): HttpRequest {
  const fields = Object.entries(payload).filter(([, value]) => value !== undefined);
  if (!fields.some(([, value]) => isUpload(value))) {
    const headers = { 'content-type': 'application/json' };
    return { method: 'POST', url, headers, body: JSON.stringify(Object.fromEntries(fields)) };
  }
  const { contentType, body } = encodeMultipart(fields.map(([name, value]) => partOf(name, value)));
  return { method: 'POST', url, headers: { 'content-type': contentType }, body };
}

/** In a form, whatever is not text travels as JSON (Bot API, "Making requests"). */
function partOf(name: string, value: unknown): FormPart {
  if (isUpload(value)) return { name, filename: value.filename, contentType: value.contentType, content: value.source };
  return { name, value: typeof value === 'string' ? value : JSON.stringify(value) };
}

function isUpload(value: unknown): value is Upload {
  return isJsonObject(value) && Buffer.isBuffer(value['source']);
}

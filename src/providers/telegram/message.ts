import type { Telegram } from 'telegraf';
import type { Account, Button, Location, OutboundMessage } from '../provider';
import type { Upload } from './client';
import { fileOf, type FileKind, type MessageFile } from './files';
import { wordsOf, type Words } from './words';

type Settings = Account['settings'];
type Common = ReturnType<typeof commonOf>;
type Captioned = Common & { caption?: string; parse_mode?: 'HTML' };
type Use = (bot: Telegram, to: string, file: string | Upload, extra: Captioned) => Promise<unknown>;

const SEND_FILE: Readonly<Record<FileKind, Use>> = {
  photo: (bot, to, file, extra) => bot.sendPhoto(to, file, extra),
  video: (bot, to, file, extra) => bot.sendVideo(to, file, extra),
  audio: (bot, to, file, extra) => bot.sendAudio(to, file, extra),
  voice: (bot, to, file, extra) => bot.sendVoice(to, file, extra),
  document: (bot, to, file, extra) => bot.sendDocument(to, file, extra),
};

/** Lets the SDK make the one call of this message. The chat id stays text, so that no digit of it is lost. */
export function sendWith(bot: Telegram, message: OutboundMessage, settings: Settings): Promise<unknown> {
  const { to, messageType, content } = message;
  const common = commonOf(content.buttons, settings);
  if (messageType === 'LOCATION' && content.location) return sendPlace(bot, to, content.location, common);

  const words = wordsOf(message);
  const file = fileOf(message);
  if (file) return SEND_FILE[file.kind](bot, to, sourceOf(file), { ...common, ...captionOf(words) });
  return bot.sendMessage(to, words?.text ?? '', { ...common, ...parseModeOf(words), ...previewOf(settings) });
}

/** What any message takes: the buttons, one in a row, and what the channel's settings say of all its messages. */
function commonOf(buttons: readonly Button[] = [], settings: Settings) {
  return {
    ...(buttons.length > 0 && { reply_markup: { inline_keyboard: buttons.map((button) => [keyOf(button)]) } }),
    ...(settings['disableNotification'] === true && { disable_notification: true }),
    ...(settings['protectContent'] === true && { protect_content: true }),
  };
}

function keyOf({ title, payload, url }: Button) {
  return url === undefined ? { text: title, callback_data: payload ?? title } : { text: title, url };
}

/** A place with a name or an address is a venue, which needs both: what is missing is said by the coordinates. */
function sendPlace(bot: Telegram, to: string, location: Location, common: Common): Promise<unknown> {
  const { latitude, longitude, name, address } = location;
  const title = name || address;
  if (!title) return bot.sendLocation(to, latitude, longitude, common);
  const place = name && address ? address : `${latitude}, ${longitude}`;
  return bot.sendVenue(to, latitude, longitude, title, place, common);
}

function sourceOf({ url = '', upload }: MessageFile): string | Upload {
  return upload ? { source: upload.content, filename: upload.filename, contentType: upload.contentType } : url;
}

function captionOf(words: Words | undefined): Pick<Captioned, 'caption' | 'parse_mode'> {
  return words && words.length > 0 ? { caption: words.text, ...parseModeOf(words) } : {};
}

/** A text travels without a mode: nothing in it means anything but itself. */
function parseModeOf(words: Words | undefined): { parse_mode?: 'HTML' } {
  return words?.isHtml ? { parse_mode: 'HTML' } : {};
}

function previewOf(settings: Settings) {
  return settings['disableLinkPreview'] === true ? { link_preview_options: { is_disabled: true } } : {};
}

import type { Button, Capabilities } from '../provider';
import { isMedia, refuseByCapabilities, type Judged, type Refusal } from '../refusals';
import { fileOf, type FileKind } from './files';
import { wordsOf } from './words';

const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;
const MAX_CALLBACK_BYTES = 64;
/** "10 MB max size for photos, 50 MB for other files" (Bot API, "Sending files"). */
const MAX_PHOTO_BYTES = 10_000_000;
const MAX_UPLOAD_BYTES = 50_000_000;

export const CAPABILITIES: Capabilities = {
  messageTypes: ['TEXT', 'HTML', 'IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'LOCATION'],
  maxTextLength: MAX_TEXT,
  // Telegram names no limit; this bound is ours.
  maxButtons: 100,
  attachments: true,
  maxAttachmentBytes: MAX_UPLOAD_BYTES,
  providerTemplates: false,
  // There are no events of delivery or reading, and nothing that a send could carry to be echoed.
  receipts: [],
  inbound: true,
  echoWindowMs: 0,
  fromPattern: '@[A-Za-z][A-Za-z0-9_]{3,31}',
};

/** Texts are measured below: Telegram counts code points, and of HTML only what is seen. */
const { maxTextLength: _measuredHere, ...WITHOUT_LENGTH } = CAPABILITIES;

/** Media types of each kind; of documents those that Telegram fetches from an address ("Sending by URL"). */
const CONTENT_TYPES: Readonly<Record<FileKind, readonly string[]>> = {
  photo: ['image/'],
  video: ['video/'],
  audio: ['audio/'],
  voice: ['audio/'],
  document: ['application/pdf', 'application/zip', 'image/gif'],
};

/**
 * What Telegram cannot express. At acceptance the files of `attachments` are not there yet, so `send` asks once more; and
 * a FILE without media is let pass, for it may be one of them.
 */
export function refuse(message: Judged): Refusal[] {
  const general = refuseByCapabilities(message, WITHOUT_LENGTH);
  if (!CAPABILITIES.messageTypes.includes(message.messageType)) return general;
  return [
    ...general.filter(({ pointer }) => pointer !== '/content/media' || !mayBeUpload(message)),
    ...badWords(message),
    ...lostWords(message),
    ...badFile(message),
    ...(message.content.buttons ?? []).flatMap(badButton),
  ];
}

function mayBeUpload({ messageType, content }: Judged): boolean {
  return isMedia(messageType) && !content.media && (messageType === 'FILE' || Boolean(content.attachments?.length));
}

function badWords(message: Judged): Refusal[] {
  const words = wordsOf(message);
  if (!words) return [];
  const hasFile = fileOf(message) !== undefined;
  const max = hasFile ? MAX_CAPTION : MAX_TEXT;
  if (words.length > max) {
    const what = hasFile ? 'beside a file' : 'in a message';
    return [{ pointer: words.pointer, message: `At most ${max} characters ${what}; these are ${words.length}.` }];
  }
  const isEmpty = words.length === 0 && !hasFile;
  return isEmpty ? [{ pointer: words.pointer, message: 'Nothing of this would be seen.' }] : [];
}

/** A caption is the only text of its message, and a place has none at all. */
function lostWords({ messageType, content }: Judged): Refusal[] {
  const lost = (part: 'text' | 'html', message: string) => ({ pointer: `/content/${part}`, message });
  const { text, html, media } = content;
  if (messageType === 'LOCATION') {
    const message = 'A location carries no text on this channel.';
    return [...(text ? [lost('text', message)] : []), ...(html ? [lost('html', message)] : [])];
  }
  if (!isMedia(messageType) || !media?.caption) return [];
  const message = 'This channel carries either a text or a caption with its media.';
  return [...(text && text !== media.caption ? [lost('text', message)] : []), ...(html ? [lost('html', message)] : [])];
}

function badFile(message: Judged): Refusal[] {
  const { attachments = [], media } = message.content;
  const pointer = '/attachments';
  if (attachments.length > 0 && message.messageType === 'LOCATION')
    return [{ pointer, message: 'A location carries no file.' }];
  if (attachments.length > (media ? 0 : 1)) return [{ pointer, message: 'One message carries one file.' }];

  const file = fileOf(message);
  if (!file) return [];
  if (file.kind === 'photo' && (file.upload?.content.length ?? 0) > MAX_PHOTO_BYTES)
    return [{ pointer, message: `A photo may have ${MAX_PHOTO_BYTES} bytes.` }];
  const types = CONTENT_TYPES[file.kind];
  const isFree = file.contentType === undefined || (file.kind === 'document' && file.upload !== undefined);
  if (isFree || types.some((prefix) => file.contentType?.startsWith(prefix))) return [];
  return [{ pointer: file.pointer, message: `As ${message.messageType} this channel carries ${types.join(', ')}.` }];
}

function badButton({ title, payload, url }: Button, index: number): Refusal[] {
  const at = (part: string, message: string) => [{ pointer: `/content/buttons/${index}/${part}`, message }];
  if (title.trim() === '') return at('title', 'A button needs a title.');
  if (url !== undefined && payload !== undefined) return at('payload', 'A button either opens an address or answers.');
  if (url !== undefined) return isAddress(url) ? [] : at('url', 'Must be an absolute http, https or tg address.');
  // Without a payload the title comes back.
  const bytes = Buffer.byteLength(payload ?? title);
  if (bytes > 0 && bytes <= MAX_CALLBACK_BYTES) return [];
  return at('payload', `Needs 1 to ${MAX_CALLBACK_BYTES} bytes of UTF-8; these are ${bytes}.`);
}

function isAddress(url: string): boolean {
  return URL.canParse(url) && /^(?:https?|tg):$/.test(new URL(url).protocol);
}

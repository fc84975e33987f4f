import type { Attachment, Capabilities } from '../provider';
import { refuseByCapabilities, type Judged, type Refusal } from '../refusals';
import { badButtons } from './buttons';
import { fileOf, pointerOfWords, wordsOf } from './file';
import { kindOfLink, kindOfType, KINDS, MEDIA_TYPES } from './kinds';
import { badTemplate } from './template';

const MAX_CAPTION = 1024;

export const CAPABILITIES: Capabilities = {
  messageTypes: ['TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'LOCATION', 'TEMPLATE'],
  maxTextLength: 4096,
  mediaTypes: MEDIA_TYPES,
  maxButtons: 10,
  attachments: true,
  maxAttachmentBytes: KINDS.document.maxBytes,
  providerTemplates: true,
  // A status `read` comes only from people who share it, and without `delivered` when both happened at once.
  receipts: ['DELIVERED', 'READ'],
  inbound: true,
  // The status `sent` follows within seconds.
  echoWindowMs: 120_000,
  replyWindowMs: 24 * 3_600_000,
  fromPattern: '\\+[1-9]\\d{6,14}',
};

/** Everything that WhatsApp cannot express of this message. */
export function refuse(message: Judged): Refusal[] {
  return [
    ...refuseByCapabilities(message, CAPABILITIES).filter((refusal) => !isFileToCome(message, refusal)),
    ...badLink(message),
    ...refuseWithFiles(message),
    ...(message.content.template ? badTemplate(message.content.template) : []),
  ];
}

/** The files of a message are read only when it is sent, so a FILE without a link may still have one. */
function isFileToCome({ messageType, content }: Judged, { pointer }: Refusal): boolean {
  return messageType === 'FILE' && !content.media && pointer === '/content/media';
}

/** The same for what only shows when the attachments are there. */
export function refuseWithFiles(message: Judged): Refusal[] {
  return [...badFiles(message), ...lostWords(message), ...badCaption(message), ...badButtons(message)];
}

function badFiles({ messageType, content }: Judged): Refusal[] {
  const [attachment, ...others] = content.attachments ?? [];
  if (!attachment) return [];
  if (others.length > 0 || content.media) return [about('/attachments', 'One message carries one file.')];
  if (content.template || content.location)
    return [about('/attachments', `A message of type ${messageType} carries no file.`)];
  return badFile(attachment);
}

function badFile({ contentType, content }: Attachment): Refusal[] {
  const kind = kindOfType(contentType);
  if (!kind)
    return [about('/attachments', `WhatsApp takes no files of this type; it takes ${MEDIA_TYPES.join(', ')}.`)];
  const { maxBytes } = KINDS[kind];
  if (content.length <= maxBytes) return [];
  return [about('/attachments', `At most ${maxBytes} bytes as ${kind}; this file has ${content.length}.`)];
}

/** Each kind of message has content types of its own; without one named, Meta looks at the file. */
function badLink({ messageType, content: { media } }: Judged): Refusal[] {
  const kind = kindOfLink(messageType, media?.contentType);
  if (!media?.contentType || !kind || !kindOfType(media.contentType) || kindOfType(media.contentType) === kind)
    return [];
  return [about('/content/media/contentType', `${messageType} carries ${KINDS[kind].contentTypes.join(', ')}.`)];
}

/** Words that would not be shown. */
function lostWords({ content: { text, media, location } }: Judged): Refusal[] {
  if (!text) return [];
  if (location) return [about('/content/text', 'A location carries no text.')];
  if (media?.caption === undefined || media.caption === text) return [];
  return [about('/content/text', 'A file carries either a text or a caption.')];
}

/** With buttons the words are not a caption any more; their limit is told with the buttons. */
function badCaption({ messageType, content }: Judged): Refusal[] {
  const file = fileOf(messageType, content);
  const words = wordsOf(content) ?? '';
  if (!file || content.buttons?.length) return [];
  const limit = KINDS[file.kind].captioned ? MAX_CAPTION : 0;
  if (words.length <= limit) return [];
  return [about(pointerOfWords(content), `At most ${limit} characters with a file of kind ${file.kind}.`)];
}

function about(pointer: string, message: string): Refusal {
  return { pointer, message };
}

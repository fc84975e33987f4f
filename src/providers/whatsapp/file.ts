import type { Content, MessageType } from '../provider';
import { kindOfLink, kindOfType, type Kind } from './kinds';

/** The one file of a message: a link that Meta fetches, or an attachment that must be uploaded first. */
export interface MessageFile {
  kind: Kind;
  link?: string;
  filename?: string;
}

/** The file that this content carries, undefined when it carries none or one of a kind that WhatsApp does not know. */
export function fileOf(messageType: MessageType, { media, attachments }: Content): MessageFile | undefined {
  const [attachment] = attachments ?? [];
  if (media) {
    const kind = kindOfLink(messageType, media.contentType);
    return kind && { kind, link: media.url, ...(media.filename !== undefined && { filename: media.filename }) };
  }
  const kind = attachment && kindOfType(attachment.contentType);
  return kind && { kind, filename: attachment.filename };
}

/** The words that go with a file, or above the buttons. */
export function wordsOf({ media, text }: Content): string | undefined {
  return media?.caption ?? text;
}

/** Where those words stand in the request. */
export function pointerOfWords({ media }: Content): string {
  return media?.caption === undefined ? '/content/text' : '/content/media/caption';
}

/** The file as Meta's messages and headers name it; `mediaId` is what the upload of an attachment gave. */
export function mediaObject({ kind, link, filename }: MessageFile, mediaId: string | undefined): object {
  const source = link === undefined ? { id: mediaId } : { link };
  return { ...source, ...(kind === 'document' && filename !== undefined && { filename }) };
}

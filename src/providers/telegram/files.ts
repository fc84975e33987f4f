import type { Attachment, Content, Media, MessageType } from '../provider';
import type { Judged } from '../refusals';

/** What kind of thing Telegram shows a file as. */
export type FileKind = 'photo' | 'video' | 'audio' | 'voice' | 'document';

/** The one file of a message: where Telegram fetches it, or what is uploaded. */
export interface MessageFile {
  kind: FileKind;
  pointer: string;
  contentType?: string;
  url?: string;
  upload?: Attachment;
}

const KINDS: Readonly<Partial<Record<MessageType, FileKind>>> = { IMAGE: 'photo', VIDEO: 'video', AUDIO: 'audio' };

/** The file of the message: its media, else its first attachment; undefined when there is none. */
export function fileOf({ messageType, content }: Pick<Judged, 'messageType' | 'content'>): MessageFile | undefined {
  const file = fromMedia(content.media) ?? fromAttachment(content);
  return file && { kind: kindOf(messageType, file.contentType), ...file };
}

function fromMedia(media: Media | undefined): Omit<MessageFile, 'kind'> | undefined {
  if (!media) return undefined;
  const { url, contentType } = media;
  return { pointer: '/content/media/contentType', url, ...(contentType !== undefined && { contentType }) };
}

function fromAttachment({ attachments: [upload] = [] }: Content): Omit<MessageFile, 'kind'> | undefined {
  return upload && { pointer: '/attachments', upload, contentType: upload.contentType };
}

/** Ogg is what voice messages are made of; sendAudio takes MP3 and M4A. */
function kindOf(messageType: MessageType, contentType: string | undefined): FileKind {
  const kind = KINDS[messageType] ?? 'document';
  return kind === 'audio' && contentType !== undefined && /^audio\/(?:ogg|opus)\b/.test(contentType) ? 'voice' : kind;
}

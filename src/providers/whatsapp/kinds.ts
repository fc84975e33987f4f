import type { MessageType } from '../provider';

/** Meta's message types for files. */
export type Kind = 'image' | 'sticker' | 'video' | 'audio' | 'document';

export interface KindFacts {
  contentTypes: readonly string[];
  maxBytes: number;
  /** Whether words can go with it. */
  captioned: boolean;
}

const KB = 1024;
const MB = 1024 * KB;

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media, "Supported media types". */
export const KINDS: Readonly<Record<Kind, KindFacts>> = {
  image: { contentTypes: ['image/jpeg', 'image/png'], maxBytes: 5 * MB, captioned: true },
  // 100 KB when it does not move, which cannot be told from its type.
  sticker: { contentTypes: ['image/webp'], maxBytes: 500 * KB, captioned: false },
  video: { contentTypes: ['video/mp4', 'video/3gpp', 'video/3gp'], maxBytes: 16 * MB, captioned: true },
  audio: {
    contentTypes: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
    maxBytes: 16 * MB,
    captioned: false,
  },
  document: {
    contentTypes: [
      'text/plain',
      'application/pdf',
      'application/msword',
      'application/vnd.ms-excel',
      'application/vnd.ms-powerpoint',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    ],
    maxBytes: 100 * MB,
    captioned: true,
  },
};

const KIND_NAMES = Object.keys(KINDS) as Kind[];

const KIND_OF_MESSAGE: Readonly<Partial<Record<MessageType, Kind>>> = {
  IMAGE: 'image',
  VIDEO: 'video',
  AUDIO: 'audio',
  FILE: 'document',
};

/** Every content type that one kind or another takes. */
export const MEDIA_TYPES: readonly string[] = KIND_NAMES.flatMap((kind) => KINDS[kind].contentTypes);

/** The kind that takes this content type; parameters of the type do not matter. */
export function kindOfType(contentType: string): Kind | undefined {
  const bare = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  return KIND_NAMES.find((kind) => KINDS[kind].contentTypes.includes(bare));
}

/** The kind of a linked file: that of the message, but an image in WebP is a sticker. */
export function kindOfLink(messageType: MessageType, contentType: string | undefined): Kind | undefined {
  const kind = KIND_OF_MESSAGE[messageType];
  return kind === 'image' && contentType && kindOfType(contentType) === 'sticker' ? 'sticker' : kind;
}

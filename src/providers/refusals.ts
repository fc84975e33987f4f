import type { Capabilities, Content, MessageType, OutboundMessage } from './provider';

/** What is to be said about one field of a message, by JSON pointer. */
export interface Refusal {
  pointer: string;
  message: string;
}

/** A message that is to be accepted, and the settings of its channel, which may choose another API. */
export type Judged = Pick<OutboundMessage, 'channelType' | 'messageType' | 'to' | 'content'> & {
  settings?: Readonly<Record<string, unknown>>;
};

const MEDIA_TYPES: readonly MessageType[] = ['IMAGE', 'VIDEO', 'AUDIO', 'FILE'];

/** True for the types whose payload is `content.media`. */
export function isMedia(messageType: MessageType): boolean {
  return MEDIA_TYPES.includes(messageType);
}

/** What any provider with these capabilities must refuse: missing parts, parts that would be lost, and too much of something. */
export function refuseByCapabilities(message: Judged, capabilities: Capabilities): Refusal[] {
  if (!capabilities.messageTypes.includes(message.messageType)) {
    return [{ pointer: '/messageType', message: `${message.messageType} cannot be sent on this channel.` }];
  }
  return [
    ...missingParts(message),
    ...lostParts(message, capabilities),
    ...textTooLong(message.content, capabilities),
    ...badMedia(message.content, capabilities),
    ...badLocation(message.content),
  ];
}

function missingParts({ messageType, content }: Judged): Refusal[] {
  if (messageType === 'TEXT') return needed(content.text, '/content/text', messageType);
  if (messageType === 'HTML') return needed(content.html, '/content/html', messageType);
  if (messageType === 'LOCATION') return needed(content.location, '/content/location', messageType);
  if (messageType === 'TEMPLATE')
    return needed(content.template ?? content.text ?? content.html, '/content/template', messageType);
  return needed(content.media, '/content/media', messageType);
}

function needed(part: unknown, pointer: string, messageType: MessageType): Refusal[] {
  return part === undefined || part === ''
    ? [{ pointer, message: `A message of type ${messageType} needs this.` }]
    : [];
}

/** A part that would vanish without a word. A subject and headers are of use to e-mail only, and may vanish elsewhere. */
function lostParts(message: Judged, capabilities: Capabilities): Refusal[] {
  const { content } = message;
  const { maxButtons } = capabilities;
  const forbidden: [isLost: boolean, pointer: string, message: string][] = [
    [Boolean(content.media) && !isMedia(message.messageType), '/content/media', 'This message type carries no media.'],
    [
      Boolean(content.location) && message.messageType !== 'LOCATION',
      '/content/location',
      'Only LOCATION carries a location.',
    ],
    [
      Boolean(content.template) && message.messageType !== 'TEMPLATE',
      '/content/template',
      'Only TEMPLATE carries a template.',
    ],
    [
      Boolean(content.template) && !capabilities.providerTemplates,
      '/content/template',
      'This provider keeps no templates.',
    ],
    [
      Boolean(content.html) && !capabilities.messageTypes.includes('HTML'),
      '/content/html',
      'This channel carries no HTML.',
    ],
    [
      (content.buttons?.length ?? 0) > maxButtons,
      '/content/buttons',
      `At most ${maxButtons} buttons outside a template.`,
    ],
  ];
  const lost = forbidden.filter(([isLost]) => isLost).map(([, pointer, text]) => ({ pointer, message: text }));
  return [...lost, ...badAttachments(content, capabilities)];
}

function badAttachments(
  { attachments = [] }: Content,
  { attachments: allowed, maxAttachmentBytes }: Capabilities,
): Refusal[] {
  const pointer = '/attachments';
  if (attachments.length > 0 && !allowed) return [{ pointer, message: 'This channel carries no attachments.' }];
  const bytes = attachments.reduce((sum, { content }) => sum + content.length, 0);
  if (maxAttachmentBytes === undefined || bytes <= maxAttachmentBytes) return [];
  return [{ pointer, message: `At most ${maxAttachmentBytes} bytes together; these have ${bytes}.` }];
}

function textTooLong(content: Content, { maxTextLength }: Capabilities): Refusal[] {
  if (maxTextLength === undefined) return [];
  const parts = [
    { pointer: '/content/text', text: content.text },
    { pointer: '/content/media/caption', text: content.media?.caption },
  ];
  return parts
    .filter(({ text }) => (text?.length ?? 0) > maxTextLength)
    .map(({ pointer }) => ({ pointer, message: `At most ${maxTextLength} characters.` }));
}

function badMedia({ media }: Content, { mediaTypes }: Capabilities): Refusal[] {
  if (!media) return [];
  if (!URL.canParse(media.url) || !/^https?:$/.test(new URL(media.url).protocol)) {
    return [{ pointer: '/content/media/url', message: 'Must be an absolute http or https address.' }];
  }
  const { contentType } = media;
  if (!contentType || !mediaTypes || mediaTypes.some((prefix) => contentType.startsWith(prefix))) return [];
  return [{ pointer: '/content/media/contentType', message: `This channel carries ${mediaTypes.join(', ')}.` }];
}

function badLocation({ location }: Content): Refusal[] {
  if (!location) return [];
  const refusals: Refusal[] = [];
  if (!(Math.abs(location.latitude) <= 90))
    refusals.push({ pointer: '/content/location/latitude', message: 'Must be between -90 and 90.' });
  if (!(Math.abs(location.longitude) <= 180))
    refusals.push({ pointer: '/content/location/longitude', message: 'Must be between -180 and 180.' });
  return refusals;
}

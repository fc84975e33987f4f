import type { Button, Capabilities, MessageType } from '../provider';
import { isMedia, refuseByCapabilities, type Judged, type Refusal } from '../refusals';

const DAY_MS = 24 * 3_600_000;

const SHARED = { attachments: false, inbound: true } satisfies Partial<Capabilities>;

export const CAPABILITIES: { SMS: Capabilities; WHATSAPP: Capabilities } = {
  SMS: {
    ...SHARED,
    messageTypes: ['TEXT', 'TEMPLATE'],
    // Of the SMS API; see MAX_TEXT_OF_MESSAGES_API.
    maxTextLength: 3200,
    maxButtons: 0,
    providerTemplates: false,
    receipts: ['DELIVERED'],
    // The SMS API tells nothing before the carrier does.
    echoWindowMs: 600_000,
    // A number, a short code, or an alphanumeric sender id.
    fromPattern: '\\+?[1-9]\\d{6,14}|\\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}',
  },
  WHATSAPP: {
    ...SHARED,
    messageTypes: ['TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'LOCATION', 'TEMPLATE'],
    maxTextLength: 4096,
    maxButtons: 3,
    providerTemplates: true,
    receipts: ['DELIVERED', 'READ'],
    echoWindowMs: 120_000,
    replyWindowMs: DAY_MS,
    fromPattern: '\\+?[1-9]\\d{6,14}',
  },
};

/** The Messages API takes fewer characters of an SMS and answers 422 beyond (messages.openapi.json). */
const MAX_TEXT_OF_MESSAGES_API = 1000;

/** What WhatsApp plays or shows; a file may be of any type. */
const MEDIA_TYPES: Readonly<Partial<Record<MessageType, readonly string[]>>> = {
  IMAGE: ['image/jpeg', 'image/png'],
  VIDEO: ['video/mp4', 'video/3gpp'],
  AUDIO: ['audio/aac', 'audio/mp4', 'audio/x-m4a', 'audio/amr', 'audio/mpeg', 'audio/ogg', 'audio/opus'],
};

/** Limits of WhatsApp itself, which Vonage passes on. */
const MAX_CAPTION = 1024;
const MAX_TEXT_WITH_BUTTONS = 1024;
const MAX_BUTTON_TITLE = 20;
const MAX_BUTTON_PAYLOAD = 256;

export function refuse(message: Judged): Refusal[] {
  if (message.channelType !== 'SMS' && message.channelType !== 'WHATSAPP') {
    return [{ pointer: '/channelType', message: `Vonage does not carry ${message.channelType}.` }];
  }
  const capabilities = CAPABILITIES[message.channelType];
  const isShorter = message.channelType === 'SMS' && message.settings?.['api'] === 'messages';
  const refusals = refuseByCapabilities(
    message,
    isShorter ? { ...capabilities, maxTextLength: MAX_TEXT_OF_MESSAGES_API } : capabilities,
  );
  if (message.channelType === 'SMS' || refusals.length > 0) return refusals;
  return [...badMedia(message), ...lostText(message), ...badTemplate(message), ...badButtons(message)];
}

function badMedia({ messageType, content: { media } }: Judged): Refusal[] {
  if (!media) return [];
  const allowed = MEDIA_TYPES[messageType];
  const bareType = media.contentType?.split(';')[0]?.trim();
  const refusals: Refusal[] = [];
  if (allowed && bareType !== undefined && !allowed.includes(bareType)) {
    refusals.push({ pointer: '/content/media/contentType', message: `WhatsApp carries ${allowed.join(', ')}.` });
  }
  if ((media.caption?.length ?? 0) > MAX_CAPTION) {
    refusals.push({ pointer: '/content/media/caption', message: `At most ${MAX_CAPTION} characters.` });
  }
  return refusals;
}

/** One message says one thing: a text beside a caption, a location or a sound would not be sent. */
function lostText({ messageType, content }: Judged): Refusal[] {
  const { text, media, template } = content;
  if (messageType === 'AUDIO' && media?.caption) {
    return [{ pointer: '/content/media/caption', message: 'WhatsApp carries no caption with a sound.' }];
  }
  if (!text) return [];
  const isLost =
    messageType === 'AUDIO' ||
    messageType === 'LOCATION' ||
    template !== undefined ||
    (media?.caption !== undefined && media.caption !== text);
  if (isLost) return [{ pointer: '/content/text', message: 'WhatsApp carries no text beside this.' }];
  return isMedia(messageType) && text.length > MAX_CAPTION
    ? [{ pointer: '/content/text', message: `At most ${MAX_CAPTION} characters as a caption.` }]
    : [];
}

/** Vonage takes the values in order: the first is `{{1}}`. */
function badTemplate({ content: { template } }: Judged): Refusal[] {
  if (!template) return [];
  const names = Object.keys(template.variables);
  const missing = names.map((_, index) => String(index + 1)).filter((name) => !names.includes(name));
  return missing.length === 0
    ? []
    : [{ pointer: '/content/template/variables', message: 'Must be named 1, 2, 3 and so on, without a gap.' }];
}

function badButtons({ messageType, content: { buttons = [], text = '', template } }: Judged): Refusal[] {
  if (buttons.length === 0) return [];
  if (isMedia(messageType) || messageType === 'LOCATION' || template) {
    return [{ pointer: '/content/buttons', message: 'WhatsApp carries buttons with a text only.' }];
  }
  const tooLong = text.length > MAX_TEXT_WITH_BUTTONS;
  return [
    ...(tooLong ? [{ pointer: '/content/text', message: `At most ${MAX_TEXT_WITH_BUTTONS} with buttons.` }] : []),
    ...mixedButtons(buttons),
    ...buttons.flatMap(badButton),
  ];
}

/** Either up to three answers, or one address to open. */
function mixedButtons(buttons: readonly Button[]): Refusal[] {
  if (buttons.length > 1 && buttons.some(({ url }) => url !== undefined)) {
    return [{ pointer: '/content/buttons', message: 'A button with an address must be the only one.' }];
  }
  const isRepeated = (part: (button: Button) => string) => new Set(buttons.map(part)).size < buttons.length;
  return isRepeated(({ title }) => title) || isRepeated(payloadOf)
    ? [{ pointer: '/content/buttons', message: 'Titles and payloads must differ.' }]
    : [];
}

function badButton(button: Button, index: number): Refusal[] {
  const pointer = `/content/buttons/${index}`;
  const refusals: Refusal[] = [];
  if (button.title.length === 0 || button.title.length > MAX_BUTTON_TITLE) {
    refusals.push({ pointer: `${pointer}/title`, message: `Must have 1 to ${MAX_BUTTON_TITLE} characters.` });
  }
  if (payloadOf(button).length > MAX_BUTTON_PAYLOAD) {
    refusals.push({ pointer: `${pointer}/payload`, message: `At most ${MAX_BUTTON_PAYLOAD} characters.` });
  }
  return refusals;
}

/** What comes back when the button is pressed: its title, unless it says something else. */
export function payloadOf({ title, payload }: Button): string {
  return payload ?? title;
}

import type { Capabilities } from '../provider';
import { isMedia, refuseByCapabilities, type Judged, type Refusal } from '../refusals';

const SHARED = {
  maxTextLength: 1600,
  mediaTypes: ['image/', 'video/', 'audio/', 'application/pdf', 'text/vcard', 'text/x-vcard'],
  // Buttons exist only inside Content templates.
  maxButtons: 0,
  attachments: false,
  providerTemplates: true,
  inbound: true,
  echoWindowMs: 120_000,
} satisfies Partial<Capabilities>;

export const CAPABILITIES: { SMS: Capabilities; WHATSAPP: Capabilities } = {
  SMS: {
    ...SHARED,
    messageTypes: ['TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'TEMPLATE'],
    receipts: ['DELIVERED'],
    // E.164, a short code, or an alphanumeric sender id.
    fromPattern: '\\+[1-9]\\d{6,14}|\\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}',
  },
  WHATSAPP: {
    ...SHARED,
    messageTypes: ['TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'LOCATION', 'TEMPLATE'],
    receipts: ['DELIVERED', 'READ'],
    // WhatsApp's rule, and Twilio's code 63016.
    replyWindowMs: 24 * 3_600_000,
    fromPattern: '\\+[1-9]\\d{6,14}',
  },
};

const CONTENT_SID = /^HX[0-9a-fA-F]{32}$/;

/** The label of a location ends up in an argument whose parts are separated by a bar. */
const LABEL_SEPARATOR = '|';

export function refuse(message: Judged): Refusal[] {
  if (message.channelType !== 'SMS' && message.channelType !== 'WHATSAPP') {
    return [{ pointer: '/channelType', message: `Twilio does not carry ${message.channelType}.` }];
  }
  return [
    ...refuseByCapabilities(message, CAPABILITIES[message.channelType]),
    ...badTemplate(message),
    ...badLabel(message),
    ...unsentText(message),
  ];
}

function badTemplate({ content }: Judged): Refusal[] {
  if (!content.template || CONTENT_SID.test(content.template.name)) return [];
  return [
    {
      pointer: '/content/template/name',
      message: 'Must be the SID of a Content template (HX and 32 hexadecimal digits).',
    },
  ];
}

function badLabel({ content }: Judged): Refusal[] {
  return (['name', 'address'] as const)
    .filter((part) => content.location?.[part]?.includes(LABEL_SEPARATOR))
    .map((part) => ({ pointer: `/content/location/${part}`, message: 'Must not hold a vertical bar.' }));
}

/** One message has one body: text beside a caption would not be sent. */
function unsentText({ messageType, content }: Judged): Refusal[] {
  if (!isMedia(messageType) || !content.text || !content.media?.caption || content.text === content.media.caption)
    return [];
  return [{ pointer: '/content/text', message: 'This channel carries either a text or a caption with its media.' }];
}

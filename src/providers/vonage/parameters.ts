import { isMedia } from '../refusals';
import type { Account, Button, Location, Media, MessageType, OutboundMessage, ProviderTemplate } from '../provider';
import type { MessageParameters } from './client';
import type { VonageCredentials } from './credentials';
import { withoutPlus } from './numbers';
import { payloadOf } from './refuse';

/** Of the SMS API's description; that of the Messages API names no bounds. */
const MIN_TTL_SECONDS = 20;
const MAX_TTL_SECONDS = 604_800;

/** What the SDK takes for one message; new on every call. */
export function parametersOf(
  message: OutboundMessage,
  account: Account<VonageCredentials>,
  now: Date,
): MessageParameters {
  const common = {
    channel: message.channelType === 'SMS' ? 'sms' : 'whatsapp',
    to: withoutPlus(message.to),
    from: withoutPlus(account.from),
    clientRef: message.ref,
    // Whatever version the account is set to: the one that is parsed here.
    ...(account.webhookUrl !== undefined && { webhookUrl: account.webhookUrl, webhookVersion: 'v1' as const }),
  };
  if (message.channelType === 'SMS') return { ...common, ...smsBody(message, now) };
  return { ...common, ...whatsAppBody(message) };
}

function smsBody({ content: { text = '' }, expiresAt }: OutboundMessage, now: Date) {
  return { messageType: 'text', text, ...(expiresAt && { ttl: secondsUntil(expiresAt, now) }) };
}

function whatsAppBody({ messageType, content }: OutboundMessage) {
  const { template, location, media, buttons = [], text = '' } = content;
  if (messageType === 'TEMPLATE' && template) return templateBody(template);
  if (messageType === 'LOCATION' && location) return { messageType: 'custom', custom: customLocation(location) };
  if (isMedia(messageType) && media) return mediaBody(messageType, media, content.text);
  if (buttons.length > 0) return { messageType: 'custom', custom: customButtons(text, buttons) };
  return { messageType: 'text', text };
}

/** The SDK lists the languages that it knows; WhatsApp knows more. */
type Locale = Extract<MessageParameters, { whatsapp: { locale: unknown } }>['whatsapp']['locale'];

/** The values stand in the order of their numbers. */
function templateBody({ name, language, variables }: ProviderTemplate) {
  const parameters = Object.keys(variables).map((_, index) => variables[String(index + 1)] ?? '');
  return {
    messageType: 'template',
    template: { name, parameters },
    whatsapp: { policy: 'deterministic' as const, locale: language as Locale },
  };
}

function mediaBody(messageType: MessageType, media: Media, text: string | undefined) {
  const { url, filename } = media;
  const caption = media.caption ?? text;
  const captioned = { url, ...(caption && { caption }) };
  if (messageType === 'IMAGE') return { messageType: 'image', image: captioned };
  if (messageType === 'VIDEO') return { messageType: 'video', video: captioned };
  if (messageType === 'AUDIO') return { messageType: 'audio', audio: { url } };
  return { messageType: 'file', file: { ...captioned, ...(filename && { name: filename }) } };
}

/** Custom objects go to WhatsApp as they are; these are of its Cloud API. */
function customLocation({ latitude, longitude, name, address }: Location) {
  return { type: 'location', location: { latitude, longitude, ...(name && { name }), ...(address && { address }) } };
}

function customButtons(text: string, buttons: readonly Button[]) {
  const link = buttons.find(({ url }) => url !== undefined);
  const body = { text };
  if (link) {
    const parameters = { display_text: link.title, url: link.url };
    return { type: 'interactive', interactive: { type: 'cta_url', body, action: { name: 'cta_url', parameters } } };
  }
  const replies = buttons.map((button) => ({ type: 'reply', reply: { id: payloadOf(button), title: button.title } }));
  return { type: 'interactive', interactive: { type: 'button', body, action: { buttons: replies } } };
}

function secondsUntil(expiresAt: Date, now: Date): number {
  const seconds = Math.floor((expiresAt.getTime() - now.getTime()) / 1000);
  return Math.min(MAX_TTL_SECONDS, Math.max(MIN_TTL_SECONDS, seconds));
}

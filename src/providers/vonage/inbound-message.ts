import { isJsonObject, textOf, type JsonObject } from '../json';
import type { Content, InboundEvent, MessageType, ProviderEvent } from '../provider';
import { consentOfMessage } from './consent';
import { isMediaAddress } from './media';
import { withPlus } from './numbers';
import { timeOf } from './times';

type Said = Pick<InboundEvent, 'messageType' | 'content'>;

/** What each `message_type` is for us; its own member has the same name. */
const READERS: Readonly<Record<string, (message: JsonObject) => Said | undefined>> = {
  text: (message) => {
    const text = textOf(message, 'text');
    return { messageType: 'TEXT', content: { ...(text && { text }) } };
  },
  image: media('image', 'IMAGE'),
  audio: media('audio', 'AUDIO'),
  video: media('video', 'VIDEO'),
  file: media('file', 'FILE'),
  sticker: media('sticker', 'IMAGE'),
  vcard: media('vcard', 'FILE'),
  location: (message) => location(memberOf(message, 'location')),
  reply: (message) => pressed(memberOf(message, 'reply'), 'title', 'id'),
  button: (message) => pressed(memberOf(message, 'button'), 'text', 'payload'),
};

/** A message to us through the Messages API, which joins the parts of a long SMS itself. */
export function parseInboundMessage(message: JsonObject, receivedAt: Date): ProviderEvent[] {
  const uuid = (textOf(message, 'message_uuid') ?? '').slice(0, 150);
  const [from, to] = [textOf(message, 'from'), textOf(message, 'to')];
  if (!from || !to) throw new Error('The request names no sender or no recipient.');

  const base = { eventKey: `${uuid}:received`, at: timeOf(textOf(message, 'timestamp'), receivedAt) };
  // An SMS names no type.
  const type = textOf(message, 'message_type') ?? 'text';
  const said = Object.hasOwn(READERS, type) ? READERS[type]?.(message) : undefined;
  if (!said) return [{ ...base, kind: 'unknown', providerType: `inbound:${type}`.slice(0, 100) }];

  const profileName = textOf(memberOf(message, 'profile'), 'name');
  const inReplyTo = textOf(memberOf(message, 'context'), 'message_uuid');
  const event: InboundEvent = {
    ...base,
    kind: 'inbound',
    providerMessageId: uuid,
    from: withPlus(from),
    to: withPlus(to),
    ...(profileName && { profileName }),
    ...said,
    ...(inReplyTo && { inReplyTo }),
  };
  return [event, ...consentOfMessage(event)];
}

/** Kept by Vonage for 48 hours, under an address that nobody can guess. */
function media(name: string, messageType: MessageType) {
  return (message: JsonObject): Said | undefined => {
    const file = memberOf(message, name);
    const [url, filename, caption] = [textOf(file, 'url'), textOf(file, 'name'), textOf(file, 'caption')];
    if (url === undefined) return undefined;
    const found = { url, ...(isMediaAddress(url) && { ref: url }) };
    return {
      messageType,
      content: { media: { ...found, ...(filename && { filename }), ...(caption && { caption }) } },
    };
  };
}

function location({ lat, long, ...place }: JsonObject): Said | undefined {
  if (typeof lat !== 'number' || typeof long !== 'number') return undefined;
  const [name, address] = [textOf(place, 'name'), textOf(place, 'address')];
  const found: Content['location'] = {
    latitude: lat,
    longitude: long,
    ...(name && { name }),
    ...(address && { address }),
  };
  return { messageType: 'LOCATION', content: { location: found } };
}

/** An answer of a list or a button: what the person read, and what we had put behind it. */
function pressed(answer: JsonObject, titleName: string, payloadName: string): Said | undefined {
  const payload = textOf(answer, payloadName);
  const title = textOf(answer, titleName) ?? payload;
  if (title === undefined) return undefined;
  return { messageType: 'TEXT', content: { text: title, ...(payload && { buttons: [{ title, payload }] }) } };
}

function memberOf(object: JsonObject, name: string): JsonObject {
  const member = Object.hasOwn(object, name) ? object[name] : undefined;
  return isJsonObject(member) ? member : {};
}

import { isJsonObject, textOf, type JsonObject } from '../json';
import type { InboundEvent, Location, MessageType } from '../provider';
import { objectOf } from './exact-json';

type Said = Pick<InboundEvent, 'messageType' | 'content'>;

/** Members that are one file each, and what it is where Telegram does not say. An animation comes as a document as well. */
const FILES: readonly [member: string, messageType: MessageType, contentType?: string][] = [
  ['animation', 'VIDEO', 'video/mp4'],
  ['video', 'VIDEO', 'video/mp4'],
  ['video_note', 'VIDEO', 'video/mp4'],
  ['audio', 'AUDIO'],
  ['voice', 'AUDIO', 'audio/ogg'],
  ['document', 'FILE'],
];

/** What a message says in our words, undefined when it has no content that we know. */
export function contentOf(message: JsonObject): Said | undefined {
  const text = textOf(message, 'text');
  if (text !== undefined) return { messageType: 'TEXT', content: { text } };
  return photoOf(message) ?? fileOf(message) ?? stickerOf(message) ?? placeOf(message) ?? contactOf(message);
}

/** Telegram sends a photo in several sizes; the largest is the photo. */
function photoOf(message: JsonObject): Said | undefined {
  const sizes: unknown[] = Array.isArray(message['photo']) ? message['photo'] : [];
  const area = ({ width, height }: JsonObject) => Number(width) * Number(height) || 0;
  const [largest] = sizes.filter(isJsonObject).sort((a, b) => area(b) - area(a));
  return largest && mediaOf(largest, message, ['IMAGE', 'image/jpeg']);
}

function fileOf(message: JsonObject): Said | undefined {
  const found = FILES.find(([member]) => isJsonObject(message[member]));
  if (!found) return undefined;
  const [member, ...usual] = found;
  return mediaOf(objectOf(message, member), message, usual);
}

function mediaOf(
  file: JsonObject,
  message: JsonObject,
  [messageType, usualType]: [MessageType, string?],
): Said | undefined {
  const ref = textOf(file, 'file_id');
  if (ref === undefined) return undefined;
  const [contentType, filename] = [textOf(file, 'mime_type') ?? usualType, textOf(file, 'file_name')];
  const caption = textOf(message, 'caption');
  const media = { url: '', ref, ...(contentType && { contentType }), ...(filename && { filename }) };
  return { messageType, content: { media: { ...media, ...(caption && { caption }) } } };
}

/** A still picture, a video, or a drawing that moves in a format of Telegram's own; the emoji that it stands for is its text. */
function stickerOf(message: JsonObject): Said | undefined {
  const sticker = objectOf(message, 'sticker');
  const emoji = textOf(sticker, 'emoji');
  const said = mediaOf(sticker, message, kindOfSticker(sticker));
  return said && { ...said, content: { ...said.content, ...(emoji && { text: emoji }) } };
}

function kindOfSticker(sticker: JsonObject): [MessageType, string] {
  if (sticker['is_video'] === true) return ['VIDEO', 'video/webm'];
  return sticker['is_animated'] === true ? ['FILE', 'application/x-tgsticker'] : ['IMAGE', 'image/webp'];
}

/** A venue comes as a location as well. */
function placeOf(message: JsonObject): Said | undefined {
  const venue = objectOf(message, 'venue');
  const { latitude, longitude } = objectOf(message, 'location');
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return undefined;
  const [name, address] = [textOf(venue, 'title'), textOf(venue, 'address')];
  const location: Location = { latitude, longitude, ...(name && { name }), ...(address && { address }) };
  return { messageType: 'LOCATION', content: { location } };
}

function contactOf(message: JsonObject): Said | undefined {
  const contact = objectOf(message, 'contact');
  const phone = textOf(contact, 'phone_number');
  const name = [textOf(contact, 'first_name'), textOf(contact, 'last_name')].filter(Boolean).join(' ');
  return phone === undefined ? undefined : { messageType: 'TEXT', content: { text: `${name}\n${phone}`.trim() } };
}

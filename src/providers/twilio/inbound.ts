import { field, type Form } from '../form';
import { consentOf } from '../keywords';
import type {
  ConsentEvent,
  Content,
  InboundEvent,
  Media,
  MessageType,
  ProviderEvent,
  WebhookRequest,
} from '../provider';
import { isMediaAddress } from './media';

type OptOut = { action: ConsentEvent['action']; source: string };

/** Media of one message: Twilio's own limit. */
const MAX_MEDIA = 10;

/** Twilio's word when Advanced Opt-Out understood the message; HELP changes nothing. */
const OPT_OUT_TYPES: Readonly<Record<string, ConsentEvent['action']>> = { STOP: 'OPTED_OUT', START: 'OPTED_IN' };

/** A message to us; further media become messages of their own, and a keyword gives a consent event beside it. */
export function parseInbound({ form, sid }: { form: Form; sid: string }, request: WebhookRequest): ProviderEvent[] {
  const [from, to] = [field(form, 'From'), field(form, 'To')];
  if (!from || !to) throw new Error('The request names no sender or no recipient.');

  const { receivedAt: at } = request;
  const people = { from: bareAddress(from), to: bareAddress(to), ...senderOf(form) };
  const [media, ...furtherMedia] = mediaOf(form);
  const content = contentOf(form, media);
  const first: InboundEvent = {
    kind: 'inbound',
    eventKey: `${sid}:received`,
    at,
    providerMessageId: sid,
    ...people,
    messageType: typeOf(content),
    content,
  };
  const further = furtherMedia.map((each, index): InboundEvent => {
    const id = `${sid}.${index + 1}`;
    return {
      ...first,
      eventKey: `${id}:received`,
      providerMessageId: id,
      messageType: typeOf({ media: each }),
      content: { media: each },
    };
  });
  return [first, ...further, ...consentEvents(form, first)];
}

/** `whatsapp:+15005550006` -> `+15005550006`. */
export function bareAddress(address: string): string {
  return address.replace(/^whatsapp:/, '');
}

function senderOf(form: Form): Pick<InboundEvent, 'profileName' | 'inReplyTo'> {
  const [profileName, inReplyTo] = [field(form, 'ProfileName'), field(form, 'OriginalRepliedMessageSid')];
  return { ...(profileName && { profileName }), ...(inReplyTo && { inReplyTo }) };
}

function contentOf(form: Form, media: Media | undefined): Content {
  const text = field(form, 'ButtonText') ?? field(form, 'Body');
  const payload = field(form, 'ButtonPayload');
  const location = locationOf(form);
  return {
    ...(text && { text }),
    ...(media && { media }),
    ...(location && { location }),
    ...(payload && { buttons: [{ title: text ?? payload, payload }] }),
  };
}

function mediaOf(form: Form): Media[] {
  const count = Math.min(MAX_MEDIA, Number(field(form, 'NumMedia') ?? 0) || 0);
  return Array.from({ length: count }, (_, index): Media[] => {
    const [url, contentType] = [field(form, `MediaUrl${index}`), field(form, `MediaContentType${index}`)];
    if (!url) return [];
    return [{ url, ...(isMediaAddress(url) && { ref: url }), ...(contentType && { contentType }) }];
  }).flat();
}

function locationOf(form: Form): Content['location'] {
  const [latitude, longitude] = [field(form, 'Latitude'), field(form, 'Longitude')];
  if (!latitude || !longitude || !Number.isFinite(Number(latitude)) || !Number.isFinite(Number(longitude)))
    return undefined;
  const [name, address] = [field(form, 'Label'), field(form, 'Address')];
  return {
    latitude: Number(latitude),
    longitude: Number(longitude),
    ...(name && { name }),
    ...(address && { address }),
  };
}

function typeOf({ media, location }: Content): MessageType {
  if (location) return 'LOCATION';
  if (!media) return 'TEXT';
  const kinds: Readonly<Record<string, MessageType>> = { image: 'IMAGE', video: 'VIDEO', audio: 'AUDIO' };
  return kinds[media.contentType?.split('/')[0] ?? ''] ?? 'FILE';
}

function consentEvents(form: Form, { at, providerMessageId, from }: InboundEvent): ConsentEvent[] {
  const optOut = optOutOf(form);
  if (!optOut) return [];
  return [{ kind: 'consent', eventKey: `${providerMessageId}:consent`, at, address: from, ...optOut }];
}

/** Without Advanced Opt-Out, and always on WhatsApp, Twilio sends no word of its own: then the message itself is read. */
function optOutOf(form: Form): OptOut | undefined {
  const type = field(form, 'OptOutType');
  if (type) {
    const action = Object.hasOwn(OPT_OUT_TYPES, type) ? OPT_OUT_TYPES[type] : undefined;
    return action && { action, source: type };
  }
  const consent = consentOf(field(form, 'Body') ?? '');
  return consent && { action: consent.action, source: consent.keyword };
}

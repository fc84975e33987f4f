import { textOf, type JsonObject } from '../json';
import { consentOf } from '../keywords';
import type { ConsentEvent, Content, InboundEvent, MessageType, ProviderEvent } from '../provider';
import { keyOf, timeOf, type Context } from './context';
import { contactLines, mediaOf, locationOf, orderLines, textContent } from './inbound-content';
import { objectOf, objectsOf } from './members';
import { addressIn } from './people';

interface Read {
  messageType: MessageType;
  content: Content;
  /** What the person wrote or pressed, where it can be a wish to stop. */
  said?: { text: string } | { pressed: readonly (string | undefined)[] };
  /** Where it is not in `context`. */
  inReplyTo?: string | undefined;
}

type Reader = (message: JsonObject) => Read | undefined;

/** By Meta's type. What the person did not say themselves (`system`, `request_welcome`) is not among them. */
const READERS: Readonly<Record<string, Reader>> = {
  text: readText,
  image: (message) => ({ messageType: 'IMAGE', content: mediaOf(message, 'image') }),
  sticker: (message) => ({ messageType: 'IMAGE', content: mediaOf(message, 'sticker') }),
  video: (message) => ({ messageType: 'VIDEO', content: mediaOf(message, 'video') }),
  audio: (message) => ({ messageType: 'AUDIO', content: mediaOf(message, 'audio') }),
  document: (message) => ({ messageType: 'FILE', content: mediaOf(message, 'document') }),
  location: readLocation,
  contacts: (message) => ({ messageType: 'TEXT', content: textContent(contactLines(message)) }),
  reaction: readReaction,
  button: readButton,
  interactive: readInteractive,
  order: (message) => ({ messageType: 'TEXT', content: textContent(orderLines(objectOf(message, 'order'))) }),
  // The person wrote something that Meta does not hand over: it opens the 24 hours all the same.
  unsupported: () => ({ messageType: 'TEXT', content: {} }),
};

/**
 * One element of `messages`; undefined for types that we do not know, and for groups, which are no conversation with one
 * person. The sender is a number or, when they hide it, a business-scoped user id.
 */
export function parseMessage(
  message: JsonObject,
  value: JsonObject,
  { account, receivedAt }: Context,
): ProviderEvent[] | undefined {
  const [id, type] = [textOf(message, 'id'), textOf(message, 'type') ?? ''];
  const contact = senderOf(message, value);
  const from =
    addressIn(message, 'from', 'from_user_id') ?? addressIn(contact, 'wa_id', 'user_id', 'parent_user_id', 'from');
  const read = Object.hasOwn(READERS, type) ? READERS[type]?.(message) : undefined;
  if (id === undefined || from === undefined || !read || textOf(message, 'group_id') !== undefined) return undefined;

  const profile = objectOf(contact, 'profile');
  const profileName = textOf(profile, 'name') ?? textOf(profile, 'username');
  const inReplyTo = read.inReplyTo ?? textOf(objectOf(message, 'context'), 'id');
  const event: InboundEvent = {
    kind: 'inbound',
    eventKey: keyOf(id, 'received'),
    at: timeOf(message, receivedAt),
    providerMessageId: id,
    from,
    to: account.from,
    ...(profileName !== undefined && { profileName }),
    messageType: read.messageType,
    content: read.content,
    ...(inReplyTo !== undefined && { inReplyTo }),
  };
  return [event, ...consentEvents(event, read)];
}

/** The contact that belongs to the message: the one with its ids, or the only one. */
function senderOf(message: JsonObject, value: JsonObject): JsonObject {
  const contacts = objectsOf(value, 'contacts');
  const [from, userId] = [textOf(message, 'from'), textOf(message, 'from_user_id')];
  const own = contacts.find(
    (contact) =>
      (from !== undefined && textOf(contact, 'wa_id') === from) ||
      (userId !== undefined && textOf(contact, 'user_id') === userId),
  );
  return own ?? (contacts.length === 1 ? contacts[0] : undefined) ?? {};
}

function readText(message: JsonObject): Read {
  const text = textOf(objectOf(message, 'text'), 'body') ?? '';
  return { messageType: 'TEXT', content: textContent(text), said: { text } };
}

function readLocation(message: JsonObject): Read | undefined {
  const location = locationOf(objectOf(message, 'location'));
  return location && { messageType: 'LOCATION', content: { location } };
}

/** A reaction that was taken back has no emoji, and says nothing that could be shown. */
function readReaction(message: JsonObject): Read | undefined {
  const reaction = objectOf(message, 'reaction');
  const emoji = textOf(reaction, 'emoji');
  const inReplyTo = textOf(reaction, 'message_id');
  return emoji === undefined ? undefined : { messageType: 'TEXT', content: { text: emoji }, inReplyTo };
}

/** A quick reply of a template. */
function readButton(message: JsonObject): Read {
  const button = objectOf(message, 'button');
  return pressed(textOf(button, 'text'), textOf(button, 'payload'));
}

/** A reply button or a row of a list, or a form (flow) that was filled in. */
function readInteractive(message: JsonObject): Read | undefined {
  const interactive = objectOf(message, 'interactive');
  const type = textOf(interactive, 'type') ?? '';
  const reply = objectOf(interactive, type);
  if (type === 'button_reply' || type === 'list_reply') return pressed(textOf(reply, 'title'), textOf(reply, 'id'));
  if (type !== 'nfm_reply') return undefined;
  const { said: _form, ...read } = pressed(textOf(reply, 'body'), textOf(reply, 'response_json'));
  return read;
}

function pressed(title: string | undefined, payload: string | undefined): Read {
  const text = title ?? payload ?? '';
  const buttons = payload === undefined ? undefined : [{ title: text, payload }];
  const content = { ...textContent(text), ...(buttons && { buttons }) };
  return { messageType: 'TEXT', content, said: { pressed: [payload, title] } };
}

/**
 * What says "no more messages" on a button. Other keywords are answers there: the business itself wrote "Cancel" or "Yes"
 * on it. "Stop promotions" is what Meta's own opt-out button says.
 */
const STOP_BUTTONS = ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'OPTOUT', 'OPT-OUT', 'OPT OUT', 'STOP PROMOTIONS'];

/** Meta acts on no keyword, so the words are read here. */
function consentEvents({ providerMessageId: id, at, from }: InboundEvent, { said }: Read): ConsentEvent[] {
  const consent = said && ('text' in said ? consentOf(said.text) : stopOf(said.pressed));
  if (!consent) return [];
  const { action, keyword: source } = consent;
  return [{ kind: 'consent', eventKey: keyOf(id, 'consent'), at, address: from, action, source }];
}

function stopOf(words: readonly (string | undefined)[]): ReturnType<typeof consentOf> {
  const keyword = words.map((word) => word?.trim().toUpperCase() ?? '').find((word) => STOP_BUTTONS.includes(word));
  return keyword === undefined ? undefined : { action: 'OPTED_OUT', keyword };
}

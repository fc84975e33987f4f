import { textOf, type JsonObject } from '../json';
import type { ConsentEvent, ProviderEvent } from '../provider';
import { callbackOf, inboundOf, type Envelope } from './inbound';
import { idOf, objectOf } from './exact-json';
import { wishOf, type Wish } from './wish';

type Reader = (member: JsonObject, envelope: Envelope) => ProviderEvent[];

/**
 * The updates that register.ts asks for. Not asked for, and unknown when they come: posts of channels, which nobody writes
 * to us, and whatever Telegram adds.
 */
const READERS: Readonly<Record<string, Reader>> = {
  message: readMessage,
  edited_message: readEdit,
  callback_query: readCallback,
  my_chat_member: readMembership,
};

/** What one update tells; of kind `unknown` where it holds nothing that we know. */
export function eventsOf(
  update: JsonObject,
  { id, receivedAt, bot }: { id: string; receivedAt: Date; bot: string },
): ProviderEvent[] {
  const type = Object.keys(update).find((name) => name !== 'update_id') ?? 'empty';
  const member = objectOf(update, type);
  const envelope = { eventKey: keyOf(id, member), at: timeOf(member) ?? receivedAt, bot };
  const events = Object.hasOwn(READERS, type) ? READERS[type]?.(member, envelope) : undefined;
  if (events?.length) return events;
  return [{ kind: 'unknown', eventKey: envelope.eventKey, at: envelope.at, providerType: type.slice(0, 100) }];
}

/** After a week without updates Telegram goes on from a random number, so the date, or the id of a pressed button, stands with it. */
function keyOf(updateId: string, member: JsonObject): string {
  return [updateId, idOf(member, 'date') ?? textOf(member, 'id')].filter(Boolean).join(':').slice(0, 190);
}

function timeOf(member: JsonObject): Date | undefined {
  const at = new Date(Number(idOf(member, 'edit_date') ?? idOf(member, 'date') ?? NaN) * 1000);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** Private chats and groups alike: `from` is the chat, for that is where an answer goes. */
function readMessage(message: JsonObject, envelope: Envelope): ProviderEvent[] {
  const inbound = inboundOf(message, envelope);
  return inbound ? [inbound, ...consentEvents(message, wishOf(textOf(message, 'text'), envelope.bot), envelope)] : [];
}

/**
 * An edit says nothing new of what was already read, so it is no second message. A "STOP" that was mistyped at first is
 * heard all the same; no START is, since Telegram may repeat an old message as edited for reasons of its own.
 */
function readEdit(message: JsonObject, envelope: Envelope): ProviderEvent[] {
  return consentEvents(message, onlyOptOut(wishOf(textOf(message, 'text'), envelope.bot)), envelope);
}

/** A pressed button answers the message that it stands under. Its "yes" is the answer to a question, no consent. */
function readCallback(callback: JsonObject, envelope: Envelope): ProviderEvent[] {
  const inbound = callbackOf(callback, envelope);
  if (!inbound) return [];
  const wish = onlyOptOut(wishOf(inbound.content.text, envelope.bot));
  return [inbound, ...consentEvents(objectOf(callback, 'message'), wish, envelope)];
}

function onlyOptOut(wish: Wish | undefined): Wish | undefined {
  return wish?.action === 'OPTED_OUT' ? wish : undefined;
}

/** What one member of a group writes does not speak for the group. */
function consentEvents(message: JsonObject, wish: Wish | undefined, { eventKey, at }: Envelope): ConsentEvent[] {
  const chat = objectOf(message, 'chat');
  const address = idOf(chat, 'id');
  if (!wish || address === undefined || chat['type'] !== 'private') return [];
  return [{ kind: 'consent', eventKey: `${eventKey}:consent`, at, address, ...wish }];
}

/** Whether the bot is in the chat, by the word for its membership; `restricted` says so itself. */
const IS_IN: Readonly<Record<string, boolean>> = {
  creator: true,
  administrator: true,
  member: true,
  left: false,
  kicked: false,
};

/** In a private chat: the person blocked the bot, or unblocked it. In a group: the bot was put out, or let in. */
function readMembership(change: JsonObject, { eventKey, at }: Envelope): ProviderEvent[] {
  const [before, now] = [objectOf(change, 'old_chat_member'), objectOf(change, 'new_chat_member')];
  const address = idOf(objectOf(change, 'chat'), 'id');
  const [wasIn, isIn] = [isMember(before), isMember(now)];
  if (address === undefined || isIn === undefined || wasIn === isIn) return [];
  const action = isIn ? 'OPTED_IN' : 'OPTED_OUT';
  const source = `my_chat_member ${textOf(now, 'status') ?? ''}`;
  return [{ kind: 'consent', eventKey, at, address, action, source }];
}

function isMember(member: JsonObject): boolean | undefined {
  const status = textOf(member, 'status') ?? '';
  if (status === 'restricted') return member['is_member'] === true;
  return Object.hasOwn(IS_IN, status) ? IS_IN[status] : undefined;
}

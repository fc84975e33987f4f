import { isJsonObject, textOf, type JsonObject } from '../json';
import type { InboundEvent } from '../provider';
import { contentOf } from './content-of';
import { idOf, objectOf } from './exact-json';

/** What is known of an update beside its one member. */
export interface Envelope {
  eventKey: string;
  at: Date;
  /** The channel's sender, `@username`. */
  bot: string;
}

/** The message as an event; undefined for service messages ("Ada joined") and kinds that we have no word for (polls, dice). */
export function inboundOf(message: JsonObject, envelope: Envelope): InboundEvent | undefined {
  const [id, from] = [messageIdOf(message), idOf(objectOf(message, 'chat'), 'id')];
  const said = contentOf(message);
  if (id === undefined || from === undefined || !said) return undefined;
  const inReplyTo = messageIdOf(objectOf(message, 'reply_to_message'));
  return {
    ...baseOf(envelope),
    providerMessageId: id,
    from,
    ...profileOf(objectOf(message, 'from')),
    ...said,
    ...(inReplyTo !== undefined && { inReplyTo }),
  };
}

/** The button's data is the text; its title is told with it, where the message with the buttons is. */
export function callbackOf(callback: JsonObject, envelope: Envelope): InboundEvent | undefined {
  const message = objectOf(callback, 'message');
  const [id, data] = [textOf(callback, 'id'), textOf(callback, 'data')];
  const from = idOf(objectOf(message, 'chat'), 'id') ?? idOf(objectOf(callback, 'from'), 'id');
  if (id === undefined || data === undefined || from === undefined) return undefined;
  const inReplyTo = messageIdOf(message);
  return {
    ...baseOf(envelope),
    providerMessageId: `callback:${id}`,
    from,
    ...profileOf(objectOf(callback, 'from')),
    messageType: 'TEXT',
    content: { text: data, buttons: [{ title: titleOf(data, message) ?? data, payload: data }] },
    ...(inReplyTo !== undefined && { inReplyTo }),
  };
}

/** As `send` names what it sent: message ids count within their chat only. */
function messageIdOf(message: JsonObject): string | undefined {
  const [chatId, id] = [idOf(objectOf(message, 'chat'), 'id'), idOf(message, 'message_id')];
  return chatId === undefined || id === undefined ? undefined : `${chatId}:${id}`;
}

function baseOf({ eventKey, at, bot }: Envelope): Pick<InboundEvent, 'kind' | 'eventKey' | 'at' | 'to'> {
  return { kind: 'inbound', eventKey, at, to: bot };
}

function profileOf(user: JsonObject): { profileName?: string } {
  const profileName = [textOf(user, 'first_name'), textOf(user, 'last_name')].filter(Boolean).join(' ');
  return profileName === '' ? {} : { profileName };
}

function titleOf(data: string, message: JsonObject): string | undefined {
  const rows: unknown = objectOf(message, 'reply_markup')['inline_keyboard'];
  const keys: unknown[] = Array.isArray(rows) ? rows.flat() : [];
  const pressed = keys.filter(isJsonObject).find((key) => key['callback_data'] === data);
  return pressed && textOf(pressed, 'text');
}

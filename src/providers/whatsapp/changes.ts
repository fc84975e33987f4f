import { isJsonObject, textOf, type JsonObject } from '../json';
import type { ConsentEvent, ProviderEvent, UnknownEvent } from '../provider';
import { sha256Hex } from '../signature';
import { timeOf, type Context } from './context';
import { parseMessage } from './inbound';
import { elementsOf, numberOf, objectOf } from './members';
import { addressIn } from './people';
import { parseStatus } from './statuses';

/** Reads one element of a list; undefined for one that is not understood. */
type Reader = (element: JsonObject, value: JsonObject, context: Context) => ProviderEvent[] | undefined;

/** The lists that changes hold, by field. `errors` are about the number as a whole and mean nothing for one message. */
const LISTS: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
  messages: { statuses: parseStatus, messages: parseMessage, errors: () => undefined },
  user_preferences: { user_preferences: parsePreference },
};

/** The events of one change. What is not understood becomes an unknown event, and does not cost us the rest. */
export function parseChange(change: unknown, entry: JsonObject, context: Context): ProviderEvent[] {
  const field = isJsonObject(change) ? (textOf(change, 'field') ?? '') : '';
  const value = objectOf(isJsonObject(change) ? change : {}, 'value');
  const lists = Object.hasOwn(LISTS, field) ? Object.entries(LISTS[field] ?? {}) : [];
  const events = lists.flatMap(([list, read]) =>
    elementsOf(value, list).flatMap(
      (element) =>
        (isJsonObject(element) ? read(element, value, context) : undefined) ?? [
          unknown(element, `${list}.${typeOf(element)}`, context),
        ],
    ),
  );
  if (lists.some(([list]) => elementsOf(value, list).length > 0)) return events;
  // The same news may come again about another day, so the time of the entry belongs to it.
  return [unknown([entry['id'], entry['time'], change], field, context)];
}

/** The person's choice about marketing in WhatsApp itself; https://developers.facebook.com/…/webhooks/reference/user_preferences. */
function parsePreference(preference: JsonObject, _value: JsonObject, context: Context): ProviderEvent[] | undefined {
  const address = addressIn(preference, 'wa_id', 'user_id', 'parent_user_id');
  const choice = textOf(preference, 'value') ?? '';
  const action = Object.hasOwn(CHOICES, choice) ? CHOICES[choice] : undefined;
  if (!action || address === undefined) return undefined;
  const category = textOf(preference, 'category') ?? 'user_preferences';
  return [
    {
      kind: 'consent',
      eventKey: `preference:${sha256Hex(JSON.stringify(preference))}`,
      at: timeOf(preference, context.receivedAt),
      address,
      action,
      source: `${category}:${choice}`.slice(0, 100),
    },
  ];
}

const CHOICES: Readonly<Record<string, ConsentEvent['action']>> = { stop: 'OPTED_OUT', resume: 'OPTED_IN' };

/** Meta's word for what an element is. */
function typeOf(element: unknown): string {
  if (!isJsonObject(element)) return '';
  return textOf(element, 'type') ?? textOf(element, 'status') ?? textOf(element, 'value') ?? codeOf(element);
}

function codeOf(element: JsonObject): string {
  return String(numberOf(element, 'code') ?? '');
}

function unknown(element: unknown, providerType: string, { receivedAt }: Context): UnknownEvent {
  return {
    kind: 'unknown',
    eventKey: sha256Hex(JSON.stringify([providerType, element])),
    at: isJsonObject(element) ? timeOf(element, receivedAt) : receivedAt,
    providerType: providerType.slice(0, 100),
  };
}

import { createHash } from 'node:crypto';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { misplacedLists } from '../../platform/http/misplaced-lists';
import { Problem } from '../../platform/http/problem';
import { parseStrictJson } from '../../platform/http/strict-json';
import { CreateEventDto, EVENT_NAME } from '../event.dto';
import { isTenantsOwn } from '../event-types';

/** A message as a source gave it. */
export interface Arrived {
  body: string;
  /** The source's own id of it, the same when it comes again. */
  sourceId: string;
}

/**
 * What a message says. NOTIFICATION: somebody is to be told something (notificationType). EVENT: what POST /events takes.
 * UNREADABLE: nothing can be done with it, now or later; `reason` is for the tenant and holds nothing of the message.
 */
export type SourceMessage =
  | { kind: 'NOTIFICATION'; type: string; eventId: string; data: Record<string, unknown>; at: Date | null }
  | { kind: 'EVENT'; input: CreateEventDto; eventId: string; at: Date | null }
  | { kind: 'UNREADABLE'; reason: string };

export const LARGEST_MESSAGE_BYTES = 65_536;
const DEEPEST = 20;
const LONGEST_ID = 200;
/** Who is to be told: one of these at least. */
const PERSON = ['userId', 'recipientEmail', 'recipientPhone', 'contactId'] as const;

/** Reads a message, with or without the envelope that SNS puts around what it passes on to a queue. Pure; never throws. */
export function readSourceMessage({ body, sourceId }: Arrived): SourceMessage {
  const outer = objectOf(body);
  if ('reason' in outer) return unreadable(outer.reason);
  const wrapped = unwrapped(outer.value);
  if (!wrapped) return read(outer.value, sourceId, null);
  const inner = objectOf(wrapped.message);
  if ('reason' in inner) return unreadable(inner.reason);
  return read(inner.value, `sns:${wrapped.messageId}`.slice(0, LONGEST_ID), wrapped.at);
}

type JsonObject = Record<string, unknown>;

function read(message: JsonObject, sourceId: string, at: Date | null): SourceMessage {
  if (message['notificationType'] !== undefined) return readNotification(message, sourceId, at);
  if (message['name'] !== undefined) return readEvent(message, sourceId, at);
  return unreadable('missing_field: notificationType, or name');
}

function readNotification(message: JsonObject, sourceId: string, at: Date | null): SourceMessage {
  const fault = personFault(message) ?? orderFault(message);
  if (fault !== undefined) return unreadable(fault);
  const { notificationType, eventId: ownId, orderData: order } = message;
  const type = String(notificationType);
  const eventId = isText(ownId) ? ownId : isObject(order) ? businessKey(type, message, order) : sourceId;
  return { kind: 'NOTIFICATION', type, eventId, data: message, at };
}

/** What is wrong with what it is and whom it is for. */
function personFault(message: JsonObject): string | undefined {
  const { notificationType: type, eventId } = message;
  if (typeof type !== 'string' || !EVENT_NAME.test(type) || !isTenantsOwn(type))
    return 'invalid_field: notificationType';
  const wrong = PERSON.find((name) => message[name] != null && !isText(message[name]));
  if (wrong) return `invalid_field: ${wrong}`;
  if (PERSON.every((name) => message[name] == null)) return `missing_field: ${PERSON.join(', or ')}`;
  return eventId == null || isText(eventId) ? undefined : 'invalid_field: eventId';
}

/** What is wrong with the order, where it is about one. */
function orderFault({ notificationType: type, orderData: order }: JsonObject): string | undefined {
  if (order == null) return String(type).startsWith('order_') ? 'missing_field: orderData' : undefined;
  if (!isObject(order)) return 'invalid_field: orderData';
  const isNamed = typeof order['orderId'] === 'string' || typeof order['orderId'] === 'number';
  return isNamed ? undefined : 'missing_field: orderData.orderId';
}

function readEvent(message: JsonObject, sourceId: string, at: Date | null): SourceMessage {
  const input: CreateEventDto = plainToInstance(CreateEventDto, message, { enableImplicitConversion: false });
  const [fault] = validateSync(input, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  if (fault) return unreadable(`invalid_field: ${fault.property.slice(0, 100)}`);
  const [misplaced] = misplacedLists(input);
  if (misplaced) return unreadable(`invalid_field: ${misplaced.join('/').slice(0, 100)}`);
  if (!isTenantsOwn(input.name)) return unreadable('invalid_field: name');
  if (input.contactId != null && input.contact != null) return unreadable('invalid_field: contact');
  return { kind: 'EVENT', input, eventId: input.eventId?.normalize() ?? sourceId, at };
}

/**
 * What makes an order message the same one: told twice by two messages, it is still one event. A hash, because a user's id in it
 * would outlive the user.
 */
function businessKey(type: string, message: JsonObject, order: JsonObject): string {
  const parts = [type, message['userId'], message['recipientEmail'], message['recipientPhone']];
  const person = message['userId'] == null ? parts : parts.slice(0, 2);
  const key = JSON.stringify([...person, String(order['orderId']), order['status'] ?? null]);
  return `order:${createHash('sha256').update(key).digest('base64url')}`;
}

/** What SNS passes on, where the subscription has no raw message delivery. */
function unwrapped(value: JsonObject): { message: string; messageId: string; at: Date | null } | undefined {
  const { Type, MessageId, Message, Timestamp } = value;
  if (Type !== 'Notification' || typeof MessageId !== 'string' || typeof Message !== 'string') return undefined;
  const at = new Date(typeof Timestamp === 'string' ? Timestamp : '');
  return { message: Message, messageId: MessageId, at: Number.isNaN(at.getTime()) ? null : at };
}

function objectOf(text: string): { value: JsonObject } | { reason: string } {
  const bytes = Buffer.from(text);
  if (bytes.length > LARGEST_MESSAGE_BYTES) return { reason: `too_large: more than ${LARGEST_MESSAGE_BYTES} bytes` };
  try {
    return { value: parseStrictJson(bytes, { maxDepth: DEEPEST }) as JsonObject };
  } catch (error) {
    if (error instanceof Problem) return { reason: 'invalid_json' };
    throw error;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_ID;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(reason: string): SourceMessage {
  return { kind: 'UNREADABLE', reason };
}

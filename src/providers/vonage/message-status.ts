import { isJsonObject, textOf, type JsonObject } from '../json';
import type { EventStatus, Money, ProviderEvent, StatusEvent } from '../provider';
import { consentOfFailure } from './consent';
import { ALREADY_SENT, faultOfCode, MESSAGES_CLASSES, problemCode } from './errors';
import { withPlus } from './numbers';
import { timeOf } from './times';

const STATUSES: Readonly<Record<string, EventStatus>> = {
  submitted: 'SENT',
  delivered: 'DELIVERED',
  read: 'READ',
  rejected: 'FAILED',
  undeliverable: 'FAILED',
};

/** A status of the Messages API; it has no event id, so the message, the status and the time are the key. */
export function parseMessageStatus(message: JsonObject, receivedAt: Date): ProviderEvent[] {
  const [uuid = '', status = ''] = [textOf(message, 'message_uuid'), textOf(message, 'status')];
  const time = textOf(message, 'timestamp');
  const base = { eventKey: [uuid, status, time ?? []].flat().join(':').slice(0, 190), at: timeOf(time, receivedAt) };
  const code = problemCode(memberOf(message, 'error')) ?? status;
  const known = code === ALREADY_SENT ? 'SENT' : statusOf(status);
  if (!known) return [{ ...base, kind: 'unknown', providerType: status.slice(0, 100) }];

  const ref = textOf(message, 'client_ref');
  const event: StatusEvent = {
    ...base,
    ...(ref && { ref }),
    kind: 'status',
    providerMessageId: uuid,
    status: known,
    ...costOf(message),
    ...partsOf(message),
  };
  if (known !== 'FAILED') return [event];

  const failed = { ...event, fault: faultOfCode(MESSAGES_CLASSES, code) };
  return [failed, ...consentOfFailure(failed, withPlus(textOf(message, 'to') ?? ''))];
}

function statusOf(word: string): EventStatus | undefined {
  return Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
}

/** WhatsApp messages that Meta prices one by one show "0", which is not what they cost. */
function costOf(message: JsonObject): { cost?: Money } {
  const usage = memberOf(message, 'usage');
  const [amount, currency] = [textOf(usage, 'price'), textOf(usage, 'currency')];
  if (amount === undefined || currency === undefined || !/^\d+(\.\d+)?$/.test(amount)) return {};
  return textOf(message, 'channel') === 'whatsapp' && Number(amount) === 0 ? {} : { cost: { amount, currency } };
}

function partsOf(message: JsonObject): { parts?: number } {
  const parts = Number(textOf(memberOf(message, 'sms'), 'count_total'));
  return Number.isInteger(parts) && parts > 0 ? { parts } : {};
}

function memberOf(object: JsonObject, name: string): JsonObject {
  const member = Object.hasOwn(object, name) ? object[name] : undefined;
  return isJsonObject(member) ? member : {};
}

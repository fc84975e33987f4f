import { isJsonObject, textOf, type JsonObject } from '../json';
import type { ConsentEvent, EngagementEvent, ProviderEvent, StatusEvent } from '../provider';
import { safeMessage } from '../faults';
import { sha256Hex } from '../signature';
import { consentActionOf, faultOf, type Failure } from './failures';
import { REF_VARIABLE } from './mail';
import { providerIdOf } from './message-id';

type Base = Pick<StatusEvent, 'eventKey' | 'at' | 'ref' | 'providerMessageId'>;
type Reader = (event: JsonObject, base: Base) => ProviderEvent[];

const READERS: Readonly<Record<string, Reader>> = {
  // Taken over for delivery: what settles an attempt whose answer never came.
  accepted: (_event, base) => [{ ...base, kind: 'status', status: 'SENT' }],
  delivered: (_event, base) => [{ ...base, kind: 'status', status: 'DELIVERED' }],
  failed,
  rejected,
  opened: (event, base) => [engagement(event, base, 'OPENED')],
  clicked: (event, base) => [engagement(event, base, 'CLICKED')],
  unsubscribed: (event, base) => [consent(event, base, 'OPTED_OUT')],
  complained: (event, base) => [consent(event, base, 'COMPLAINED')],
};

/** One event, as a webhook brings it (`event-data`) or the events API lists it: the same keys either way. */
export function parseEvent(event: JsonObject, receivedAt: Date): ProviderEvent[] {
  const type = textOf(event, 'event') ?? '';
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  const base = baseOf(event, type, receivedAt);
  // What a route forwards is a mail to us, not one of ours.
  if (read && partOf(event, 'flags')['is-routed'] !== true) return read(event, base);
  return [{ kind: 'unknown', eventKey: base.eventKey, at: base.at, providerType: type.slice(0, 100) }];
}

/** The ref that we sent along, if Mailgun filled it in. */
export function refOf(event: JsonObject): string | undefined {
  const ref = textOf(partOf(event, 'user-variables'), REF_VARIABLE);
  return ref?.startsWith('%') ? undefined : ref;
}

function baseOf(event: JsonObject, type: string, receivedAt: Date): Base {
  const at = timeOf(event) ?? receivedAt;
  const ref = refOf(event);
  const providerMessageId = providerIdOf(
    textOf(partOf(partOf(event, 'message'), 'headers'), 'message-id'),
    recipientOf(event),
  );
  return {
    eventKey: `${idOf(event, at)}:${type.slice(0, 40)}`,
    at,
    ...(ref && { ref }),
    ...(providerMessageId && { providerMessageId }),
  };
}

/** Mailgun promises an id to be unique within a day only. */
function idOf(event: JsonObject, at: Date): string {
  const id = textOf(event, 'id');
  return id === undefined ? sha256Hex(JSON.stringify(event)) : `${id.slice(0, 100)}:${at.toISOString().slice(0, 10)}`;
}

/** Seconds with a fraction, whatever the description says. */
function timeOf(event: JsonObject): Date | undefined {
  const { timestamp } = event;
  const isTime = typeof timestamp === 'number' && timestamp > 0 && timestamp < 1e11;
  return isTime ? new Date(Math.round(timestamp * 1000)) : undefined;
}

/** `rejected` names the recipient only in the header. */
function recipientOf(event: JsonObject): string | undefined {
  const header = textOf(partOf(partOf(event, 'message'), 'headers'), 'to');
  return textOf(event, 'recipient') ?? /^(?:[^<>]*<)?([^\s<>,@]+@[^\s<>,@]+)>?$/.exec(header ?? '')?.[1];
}

/** `temporary`: Mailgun goes on by itself, so the mail has not failed. */
function failed(event: JsonObject, base: Base): ProviderEvent[] {
  if (textOf(event, 'severity') === 'temporary') return [engagement(event, base, 'DEFERRED')];

  const failure = failureOf(event);
  const fault = faultOf(failure);
  const action = consentActionOf(failure.reason, fault.class);
  const besides = { ...base, eventKey: `${base.eventKey}:consent` };
  return [
    { ...base, kind: 'status', status: 'FAILED', fault },
    ...(action ? [consent(event, besides, action, failure.reason)] : []),
  ];
}

function failureOf(event: JsonObject): Failure {
  const status = partOf(event, 'delivery-status');
  const { code } = status;
  return {
    reason: textOf(event, 'reason') ?? '',
    code: textOf(status, 'enhanced-code') ?? (typeof code === 'number' ? String(code) : undefined),
    text: textOf(status, 'message') ?? textOf(status, 'description'),
  };
}

/** Refused by Mailgun before any attempt; there is no webhook for it, only the events API tells. */
function rejected(event: JsonObject, base: Base): ProviderEvent[] {
  const reject = partOf(event, 'reject');
  const text = textOf(reject, 'reason') ?? textOf(reject, 'description') ?? 'Mailgun gave no reason.';
  const fault = { class: 'blocked' as const, code: 'rejected', message: safeMessage(text, { credentials: {} }) };
  return [{ ...base, kind: 'status', status: 'FAILED', fault }];
}

/** `client-info.bot` names the machine that did it: a proxy for images, a scanner of links. */
function engagement(event: JsonObject, base: Base, action: EngagementEvent['action']): EngagementEvent {
  if (action === 'DEFERRED') return { ...base, kind: 'engagement', action };
  const machine = textOf(partOf(event, 'client-info'), 'bot') !== undefined;
  const url = action === 'CLICKED' ? textOf(event, 'url') : undefined;
  return { ...base, kind: 'engagement', action, machine, ...(url !== undefined && { url }) };
}

function consent(
  event: JsonObject,
  base: Base,
  action: ConsentEvent['action'],
  source = textOf(event, 'event') ?? '',
): ConsentEvent {
  return { ...base, kind: 'consent', address: recipientOf(event) ?? '', action, source };
}

/** The member when it is an object, else an empty one. */
function partOf(object: JsonObject, name: string): JsonObject {
  const part = object[name];
  return isJsonObject(part) ? part : {};
}

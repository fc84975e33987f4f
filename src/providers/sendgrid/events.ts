import { isJsonObject, textOf, type JsonObject } from '../json';
import type { ConsentEvent, EngagementEvent, Fault, ProviderEvent, StatusEvent } from '../provider';
import { safeMessage } from '../faults';
import { sha256Hex } from '../signature';
import { BOUNCE_CLASSES, DROPPED_CLASSES } from './errors';
import { REF_ARG } from './mail';

type Base = Pick<StatusEvent, 'eventKey' | 'at' | 'ref' | 'providerMessageId'>;
type Reader = (event: JsonObject, base: Base) => ProviderEvent[];

/** One batch; elements that cannot be read become unknown events, so that they do not cost us the others. */
export function parseEvents(events: readonly unknown[], receivedAt: Date): ProviderEvent[] {
  return events.flatMap((event) => parseOne(event, receivedAt));
}

const READERS: Readonly<Record<string, Reader>> = {
  // Taken over for delivery: what settles an attempt whose answer never came.
  processed: (_event, base) => [status(base, 'SENT')],
  deferred: (_event, base) => [engagement(base, { action: 'DEFERRED' })],
  delivered: (_event, base) => [status(base, 'DELIVERED')],
  bounce: bounced,
  dropped,
  open: (event, base) => [engagement(base, { action: 'OPENED', machine: event['sg_machine_open'] === true })],
  click: (event, base) => [engagement(base, { action: 'CLICKED', url: textOf(event, 'url') })],
  spamreport: (event, base) => [consent(event, base, 'COMPLAINED')],
  unsubscribe: (event, base) => [consent(event, base, 'OPTED_OUT')],
  group_unsubscribe: (event, base) => [consent(event, base, 'OPTED_OUT')],
  resubscribe: (event, base) => [consent(event, base, 'OPTED_IN')],
  group_resubscribe: (event, base) => [consent(event, base, 'OPTED_IN')],
};

/** What a `dropped` event tells about the person, by its reason: SendGrid keeps lists of its own that ours should know. */
const DROPPED_CONSENT: Readonly<Record<string, ConsentEvent['action']>> = {
  'Bounced Address': 'HARD_BOUNCED',
  Invalid: 'HARD_BOUNCED',
  'Unsubscribed Address': 'OPTED_OUT',
  'Spam Reporting Address': 'COMPLAINED',
};

function parseOne(event: unknown, receivedAt: Date): ProviderEvent[] {
  const type = isJsonObject(event) ? (textOf(event, 'event') ?? '') : '';
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (isJsonObject(event) && read) return read(event, baseOf(event, type, receivedAt));
  return [
    {
      kind: 'unknown',
      eventKey: sha256Hex(JSON.stringify(event)),
      at: timeOf(event, receivedAt),
      providerType: type.slice(0, 100),
    },
  ];
}

/** sg_event_id is the same in every copy of an event; the few events without one are told apart by their bytes. */
function baseOf(event: JsonObject, type: string, receivedAt: Date): Base {
  const id = textOf(event, 'sg_event_id')?.slice(0, 150) ?? sha256Hex(JSON.stringify(event));
  const ref = textOf(event, REF_ARG);
  const providerMessageId = messageIdOf(event);
  return {
    eventKey: `${id}:${type}`,
    at: timeOf(event, receivedAt),
    ...(ref && { ref }),
    ...(providerMessageId && { providerMessageId }),
  };
}

/** sg_message_id is the X-Message-Id of the answer, which may hold dots, followed by the name of the machine. */
function messageIdOf(event: JsonObject): string | undefined {
  return textOf(event, 'sg_message_id')?.replace(/\.(filter|recvd-).*$/s, '');
}

function timeOf(event: unknown, receivedAt: Date): Date {
  const seconds = isJsonObject(event) ? event['timestamp'] : undefined;
  return typeof seconds === 'number' && seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000) : receivedAt;
}

function bounced(event: JsonObject, base: Base): ProviderEvent[] {
  const type = textOf(event, 'type') ?? typeByStatus(event);
  const fault: Fault = {
    class: BOUNCE_CLASSES[type] ?? 'unreachable',
    code: textOf(event, 'status')?.slice(0, 32) ?? type,
    message: reasonOf(event),
  };
  const failed = { ...status(base, 'FAILED'), fault };
  return type === 'bounce' ? [failed, consent(event, besides(base), 'HARD_BOUNCED')] : [failed];
}

/** Bounces that come later as a mail lack the type: a full mailbox (5.2.2), a policy (5.7) and anything temporary (4) may work again. */
function typeByStatus(event: JsonObject): string {
  return /^(4\.|5\.2\.2|5\.7\.)/.test(textOf(event, 'status') ?? '') ? 'blocked' : 'bounce';
}

function dropped(event: JsonObject, base: Base): ProviderEvent[] {
  const reason = textOf(event, 'reason') ?? '';
  const faultClass = Object.hasOwn(DROPPED_CLASSES, reason) ? DROPPED_CLASSES[reason] : undefined;
  const failed = {
    ...status(base, 'FAILED'),
    fault: { class: faultClass ?? 'unreachable', code: 'dropped', message: reasonOf(event) },
  };
  const action = Object.hasOwn(DROPPED_CONSENT, reason) ? DROPPED_CONSENT[reason] : undefined;
  return action ? [failed, consent(event, besides(base), action)] : [failed];
}

function status(base: Base, value: StatusEvent['status']): StatusEvent {
  return { ...base, kind: 'status', status: value };
}

function engagement(
  base: Base,
  details: { action: EngagementEvent['action']; machine?: boolean; url?: string | undefined },
): EngagementEvent {
  const { url, ...rest } = details;
  return { ...base, kind: 'engagement', ...rest, ...(url !== undefined && { url }) };
}

function consent(event: JsonObject, base: Base, action: ConsentEvent['action']): ConsentEvent {
  return {
    ...base,
    kind: 'consent',
    address: textOf(event, 'email') ?? '',
    action,
    source: textOf(event, 'event') ?? '',
  };
}

/** The key of the second event that one element of the batch gives. */
function besides(base: Base): Base {
  return { ...base, eventKey: `${base.eventKey}:consent` };
}

function reasonOf(event: JsonObject): string {
  return safeMessage(textOf(event, 'reason') ?? 'SendGrid gave no reason.', { credentials: {} });
}

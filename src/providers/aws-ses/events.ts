import { safeMessage } from '../faults';
import { isJsonObject, textOf, type JsonObject } from '../json';
import type { ConsentEvent, EngagementEvent, Fault, FaultClass, ProviderEvent, StatusEvent } from '../provider';
import { sha256Hex } from '../signature';
import { BOUNCE_CLASSES } from './errors';
import { refOf } from './reference';
import { subscriptionAction } from './subscription';

/** What the message of the topic says about itself. */
interface Told {
  /** `eventType` of a configuration set, `notificationType` of an identity; the words are the same. */
  word: string;
  /** SNS's id of the message, the same when it is delivered again. */
  messageId: string;
  at: Date;
}

type Base = Pick<StatusEvent, 'eventKey' | 'at' | 'ref' | 'providerMessageId'>;
/** `detail` is the member of the event that says more: `bounce`, `open`, and so on. */
type Reader = (detail: JsonObject, base: Base, mail: JsonObject) => ProviderEvent[];

/** By word: the name of the member with the details, and what is made of it ("Event data that Amazon SES publishes"). */
const READERS: Readonly<Record<string, readonly [member: string, read: Reader]>> = {
  // Taken over for delivery: what settles an attempt whose answer never came.
  Send: ['send', (_detail, base) => [status(base, 'SENT')]],
  Delivery: ['delivery', (_detail, base) => [status(base, 'DELIVERED')]],
  Bounce: ['bounce', bounced],
  Complaint: ['complaint', complained],
  Reject: ['reject', (detail, base) => [failed(base, 'content', { code: 'Reject', text: textOf(detail, 'reason') })]],
  'Rendering Failure': [
    'failure',
    (detail, base) => [failed(base, 'template', { code: 'Rendering Failure', text: textOf(detail, 'errorMessage') })],
  ],
  DeliveryDelay: ['deliveryDelay', (_detail, base) => [engagement(base, { action: 'DEFERRED' })]],
  Open: ['open', (_detail, base) => [engagement(base, { action: 'OPENED' })]],
  Click: ['click', (detail, base) => [engagement(base, { action: 'CLICKED', url: textOf(detail, 'link') })]],
  Subscription: ['subscription', subscribed],
};

/** The events of one message of the topic; none for a word that we do not know. */
export function parseEvent(message: JsonObject, told: Told): ProviderEvent[] {
  const reader = Object.hasOwn(READERS, told.word) ? READERS[told.word] : undefined;
  const mail = message['mail'];
  if (!reader || !isJsonObject(mail)) return [];
  const [member, read] = reader;
  const detail = message[member];
  const details = isJsonObject(detail) ? detail : {};
  return read(details, baseOf(mail, details, told), mail);
}

/** The time is that of the details; a Send and a Reject have none but that of the mail. */
function baseOf(mail: JsonObject, detail: JsonObject, { messageId, at }: Told): Base {
  const time = new Date(textOf(detail, 'timestamp') ?? textOf(mail, 'timestamp') ?? '');
  const [ref, providerMessageId] = [refOf(mail), textOf(mail, 'messageId')];
  return {
    eventKey: messageId,
    at: Number.isNaN(time.getTime()) ? at : time,
    ...(ref && { ref }),
    ...(providerMessageId && { providerMessageId }),
  };
}

function bounced(detail: JsonObject, base: Base): ProviderEvent[] {
  const recipients = recipientsOf(detail, 'bouncedRecipients');
  const type = textOf(detail, 'bounceType') ?? '';
  const [first] = recipients;
  const subType = textOf(detail, 'bounceSubType');
  const failure = failed(base, (Object.hasOwn(BOUNCE_CLASSES, type) && BOUNCE_CLASSES[type]) || 'unreachable', {
    code: (first && textOf(first, 'status')) ?? (type || 'Bounce'),
    text: (first && textOf(first, 'diagnosticCode')) ?? [type, subType].filter(Boolean).join(': '),
  });
  return [failure, ...(type === 'Permanent' ? consents(base, recipients, ['HARD_BOUNCED', 'Bounce']) : [])];
}

/** A complaint comes after delivery, but for one about an address that is on SES's own list: that mail never left. */
function complained(detail: JsonObject, base: Base): ProviderEvent[] {
  // The person says that it is no spam.
  if (textOf(detail, 'complaintFeedbackType') === 'not-spam') return [];
  const isListed = textOf(detail, 'complaintSubType') === 'OnAccountSuppressionList';
  const text = 'The address is on the suppression list of the account after a complaint.';
  return [
    ...(isListed ? [failed(base, 'opted_out', { code: 'OnAccountSuppressionList', text })] : []),
    ...consents(base, recipientsOf(detail, 'complainedRecipients'), ['COMPLAINED', 'Complaint']),
  ];
}

function subscribed(detail: JsonObject, base: Base, mail: JsonObject): ProviderEvent[] {
  const action = subscriptionAction(detail);
  const destinations: unknown[] = Array.isArray(mail['destination']) ? mail['destination'] : [];
  const recipients = destinations.map((emailAddress) => ({ emailAddress }));
  return action ? consents(base, recipients, [action, textOf(detail, 'source') ?? 'Subscription']) : [];
}

function recipientsOf(detail: JsonObject, member: string): JsonObject[] {
  const recipients: unknown = detail[member];
  return Array.isArray(recipients) ? recipients.filter(isJsonObject) : [];
}

/** One for each address; the keys do not depend on the order of the addresses. */
function consents(
  base: Base,
  recipients: readonly JsonObject[],
  [action, source]: [ConsentEvent['action'], string],
): ConsentEvent[] {
  const addresses = new Set(recipients.flatMap((recipient) => textOf(recipient, 'emailAddress') ?? []));
  return [...addresses].map((address) => ({
    ...base,
    kind: 'consent',
    eventKey: `${base.eventKey}:${sha256Hex(address).slice(0, 32)}`,
    address,
    action,
    source,
  }));
}

function status(base: Base, value: StatusEvent['status']): StatusEvent {
  return { ...base, kind: 'status', status: value };
}

function failed(base: Base, faultClass: FaultClass, told: { code: string; text: string | undefined }): StatusEvent {
  const message = safeMessage(told.text || 'Amazon SES gave no reason.', { credentials: {} });
  const fault: Fault = { class: faultClass, code: told.code.slice(0, 32), message };
  return { ...status(base, 'FAILED'), fault };
}

function engagement(
  base: Base,
  { action, url }: { action: EngagementEvent['action']; url?: string | undefined },
): EngagementEvent {
  return { ...base, kind: 'engagement', action, ...(url !== undefined && { url }) };
}

import { safeMessage } from '../faults';
import { isJsonObject, textOf, type JsonObject } from '../json';
import type { ConsentEvent, EventStatus, FaultClass, ProviderEvent, StatusEvent } from '../provider';
import { PROVIDER_RESPONSES } from './errors';
import { CONSENT_OF, dollars, partsOf, timeOf, type Told } from './told';

/** Our reference in the `Context` of a message that was sent through End User Messaging; Publish takes none along. */
export const REF_KEY = 'carillon_ref';

/** Events of AWS End User Messaging SMS that say how far a message came ("SMS, MMS and voice events"). */
const STATUSES: Readonly<Record<string, EventStatus>> = {
  TEXT_QUEUED: 'SENT',
  TEXT_PENDING: 'SENT',
  TEXT_SENT: 'SENT',
  TEXT_SUCCESSFUL: 'DELIVERED',
  TEXT_DELIVERED: 'DELIVERED',
  // After 72 hours without a word of the carrier: there will be no other, and it may well have arrived.
  TEXT_UNKNOWN: 'SENT',
};

/** Events that say that a message did not arrive. */
export const FAILURES: Readonly<Record<string, FaultClass>> = {
  TEXT_INVALID: 'invalid_recipient',
  TEXT_INVALID_MESSAGE: 'content',
  TEXT_UNREACHABLE: 'unreachable',
  TEXT_CARRIER_UNREACHABLE: 'unreachable',
  TEXT_TTL_EXPIRED: 'unreachable',
  TEXT_BLOCKED: 'blocked',
  TEXT_CARRIER_BLOCKED: 'blocked',
  TEXT_SPAM: 'blocked',
  TEXT_PROTECT_BLOCKED: 'blocked',
};

/** One event of End User Messaging; none for a word that is in no table, such as those of calls and of pictures. */
export function parseStatus({ messageId, at, message }: Told): ProviderEvent[] {
  const type = textOf(message, 'eventType') ?? '';
  const base = { eventKey: messageId, at: timeOf(message['eventTimestamp']) ?? at, ...aboutOf(message) };
  const failure = Object.hasOwn(FAILURES, type) ? FAILURES[type] : undefined;
  const isFinal = message['isFinal'] !== false;
  if (failure && !isFinal) return [{ ...base, kind: 'engagement', action: 'DEFERRED' }];
  if (failure) return failed(base, { type, failure, message });

  const status = Object.hasOwn(STATUSES, type) ? STATUSES[type] : undefined;
  if (!status) return [];
  // The carrier has taken it; whether the phone has it comes later.
  const reached = type === 'TEXT_SUCCESSFUL' && !isFinal ? 'SENT' : status;
  return [{ ...base, kind: 'status', status: reached, ...chargeOf(message) }];
}

type Base = Pick<StatusEvent, 'eventKey' | 'at' | 'ref' | 'providerMessageId'>;

function aboutOf(message: JsonObject): Pick<StatusEvent, 'ref' | 'providerMessageId'> {
  const { context } = message;
  const ref = isJsonObject(context) ? textOf(context, REF_KEY) : undefined;
  const providerMessageId = textOf(message, 'messageId');
  return { ...(ref && { ref }), ...(providerMessageId && { providerMessageId }) };
}

/** The description says more than the event where it is one of the sentences of the delivery log. */
function failed(
  base: Base,
  { type, failure, message }: { type: string; failure: FaultClass; message: JsonObject },
): ProviderEvent[] {
  const description = textOf(message, 'messageStatusDescription') ?? `AWS reports ${type}.`;
  const described = Object.hasOwn(PROVIDER_RESPONSES, description) ? PROVIDER_RESPONSES[description] : undefined;
  const faultClass = described ?? failure;
  const fault = { class: faultClass, code: type, message: safeMessage(description, { credentials: {} }) };
  const address = textOf(message, 'destinationPhoneNumber');
  return [
    { ...base, kind: 'status', status: 'FAILED', fault, ...chargeOf(message) },
    ...consentOf(base, { faultClass, address, source: type }),
  ];
}

/** The consent event that goes with a failure of this class. */
export function consentOf(
  base: Base,
  { faultClass, address, source }: { faultClass: FaultClass; address: string | undefined; source: string },
): ConsentEvent[] {
  const action = CONSENT_OF[faultClass];
  if (!action || address === undefined) return [];
  return [{ ...base, kind: 'consent', eventKey: `${base.eventKey}:consent`, address, action, source }];
}

function chargeOf(message: JsonObject): Pick<StatusEvent, 'cost' | 'parts'> {
  const [cost, parts] = [dollars(message['totalMessagePrice']), partsOf(message['totalMessageParts'])];
  return { ...(cost && { cost }), ...(parts && { parts }) };
}

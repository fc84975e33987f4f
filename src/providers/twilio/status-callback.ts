import { field, type Form } from '../form';
import type { ConsentEvent, FaultClass, ProviderEvent, StatusEvent, WebhookRequest } from '../provider';
import { faultOfCode } from './errors';
import { bareAddress } from './inbound';
import { statusOf } from './statuses';

/** What a failure tells about the address beyond this message. */
const CONSENT_OF: Readonly<Partial<Record<FaultClass, ConsentEvent['action']>>> = {
  opted_out: 'OPTED_OUT',
  invalid_recipient: 'HARD_BOUNCED',
};

/** Twilio names no time in a callback, so it is that of its arrival; a repetition has the same sid and status. */
export function parseStatus(
  { form, sid, status }: { form: Form; sid: string; status: string },
  request: WebhookRequest,
): ProviderEvent[] {
  const base = { eventKey: `${sid}:${status}`.slice(0, 190), at: request.receivedAt };
  const known = statusOf(status);
  if (!known) return [{ ...base, kind: 'unknown', providerType: status.slice(0, 100) }];

  const { r: ref } = request.query;
  const event: StatusEvent = { ...base, kind: 'status', providerMessageId: sid, status: known, ...(ref && { ref }) };
  if (known !== 'FAILED') return [event];

  const fault = faultOfCode(field(form, 'ErrorCode') ?? status);
  return [{ ...event, fault }, ...consentOf(event, fault.class, form)];
}

function consentOf(
  { ref, at, eventKey, providerMessageId }: StatusEvent,
  faultClass: FaultClass,
  form: Form,
): ConsentEvent[] {
  const action = CONSENT_OF[faultClass];
  const to = field(form, 'To');
  if (!action || !to) return [];
  return [
    {
      kind: 'consent',
      eventKey: `${eventKey}:consent`,
      at,
      ...(ref && { ref }),
      ...(providerMessageId && { providerMessageId }),
      address: bareAddress(to),
      action,
      source: field(form, 'ErrorCode') ?? 'undelivered',
    },
  ];
}

import { textOf, type JsonObject } from '../json';
import type { ConsentEvent, EventStatus, FaultClass, ProviderEvent, StatusEvent } from '../provider';
import { keyOf, timeOf, type Context } from './context';
import { faultOfFailure } from './errors';
import { objectsOf } from './members';
import { addressIn } from './people';

/** `delivered` may be missing when a message was read at once, and `played` is what a voice message has for it. */
const STATUSES: Readonly<Record<string, EventStatus>> = {
  sent: 'SENT',
  delivered: 'DELIVERED',
  read: 'READ',
  played: 'READ',
  failed: 'FAILED',
};

/** What a failure tells about the person beyond this message. */
const CONSENT_OF: Readonly<Partial<Record<FaultClass, ConsentEvent['action']>>> = {
  opted_out: 'OPTED_OUT',
  invalid_recipient: 'HARD_BOUNCED',
};

/**
 * One element of `statuses`; undefined for a word that we do not know and for groups, to which nothing is sent. Its pricing
 * names a category and no amount.
 */
export function parseStatus(
  element: JsonObject,
  _value: JsonObject,
  { account, receivedAt }: Context,
): ProviderEvent[] | undefined {
  const [id, word] = [textOf(element, 'id'), textOf(element, 'status') ?? ''];
  const status = Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
  if (id === undefined || !status || textOf(element, 'recipient_type') === 'group') return undefined;

  const ref = textOf(element, 'biz_opaque_callback_data');
  const base = { at: timeOf(element, receivedAt), providerMessageId: id, ...(ref !== undefined && { ref }) };
  const event: StatusEvent = { kind: 'status', eventKey: keyOf(id, word), ...base, status };
  if (status !== 'FAILED') return [event];

  const fault = faultOfFailure(objectsOf(element, 'errors')[0] ?? {}, account);
  const action = CONSENT_OF[fault.class];
  const address = addressIn(element, 'recipient_id', 'recipient_user_id', 'recipient_parent_user_id');
  if (!action || address === undefined) return [{ ...event, fault }];
  const consent = { kind: 'consent', eventKey: keyOf(id, 'failed:consent'), ...base, address, action } as const;
  return [
    { ...event, fault },
    { ...consent, source: fault.code },
  ];
}

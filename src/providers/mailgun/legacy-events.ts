import { field, type Form } from '../form';
import type { ConsentEvent, EngagementEvent, ProviderEvent, StatusEvent } from '../provider';
import { consentActionOf, faultOf, type Failure } from './failures';
import { REF_VARIABLE } from './mail';
import { providerIdOf } from './message-id';
import type { Signed } from './request-fields';

type Base = Pick<StatusEvent, 'eventKey' | 'at' | 'ref' | 'providerMessageId'>;
type Reader = (form: Form, base: Base) => ProviderEvent[];

/** Events of webhooks that were set up before 2018; Mailgun posts them as forms, with our variables among the fields. */
const READERS: Readonly<Record<string, Reader>> = {
  delivered: (_form, base) => [{ ...base, kind: 'status', status: 'DELIVERED' }],
  bounced: (form, base) => failed(form, base, 'bounce'),
  dropped: (form, base) => failed(form, base, droppedReasonOf(form)),
  opened: (_form, base) => [engagement(base, { action: 'OPENED' })],
  clicked: (form, base) => [engagement(base, { action: 'CLICKED', url: field(form, 'url') })],
  unsubscribed: (form, base) => consent(form, base, 'OPTED_OUT', 'unsubscribed'),
  complained: (form, base) => consent(form, base, 'COMPLAINED', 'complained'),
};

/** `hardfail` says that the address is on a list of Mailgun's; which one stands in the text or in a code of Mailgun's own. */
const LISTS: readonly (readonly [code: string, text: RegExp, reason: string])[] = [
  ['605', /previously bounced/i, 'suppress-bounce'],
  ['606', /unsubscribed/i, 'suppress-unsubscribe'],
  ['607', /complain|spam/i, 'suppress-complaint'],
];

/** There is no id of the event: the token, which is signed and works once, takes its place. */
export function parseLegacy(form: Form, { token, timestamp }: Signed): ProviderEvent[] {
  const type = field(form, 'event') ?? '';
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  const base = baseOf(form, `token:${token}`, new Date(Number(timestamp) * 1000));
  if (read) return read(form, base);
  return [{ kind: 'unknown', eventKey: base.eventKey, at: base.at, providerType: type.slice(0, 100) }];
}

function baseOf(form: Form, eventKey: string, at: Date): Base {
  const ref = field(form, REF_VARIABLE);
  const messageId = field(form, 'Message-Id') ?? field(form, 'message-id');
  const providerMessageId = providerIdOf(messageId, field(form, 'recipient'));
  return {
    eventKey,
    at,
    ...(ref && !ref.startsWith('%') && { ref }),
    ...(providerMessageId && { providerMessageId }),
  };
}

function droppedReasonOf(form: Form): string {
  const [code, text] = [field(form, 'code') ?? '', field(form, 'description') ?? ''];
  const list = LISTS.find(([ofList, pattern]) => code === ofList || pattern.test(text));
  return list?.[2] ?? field(form, 'reason') ?? '';
}

function failed(form: Form, base: Base, reason: string): ProviderEvent[] {
  const text = field(form, 'error') ?? field(form, 'notification') ?? field(form, 'description');
  const failure: Failure = { reason, code: field(form, 'code'), text };
  const fault = faultOf(failure);
  const action = consentActionOf(reason, fault.class);
  const besides = { ...base, eventKey: `${base.eventKey}:consent` };
  return [
    { ...base, kind: 'status', status: 'FAILED', fault },
    ...(action ? consent(form, besides, action, reason) : []),
  ];
}

function engagement(
  base: Base,
  { action, url }: { action: EngagementEvent['action']; url?: string | undefined },
): EngagementEvent {
  return { ...base, kind: 'engagement', action, ...(url !== undefined && { url }) };
}

function consent(form: Form, base: Base, action: ConsentEvent['action'], source: string): ConsentEvent[] {
  return [{ ...base, kind: 'consent', address: field(form, 'recipient') ?? '', action, source }];
}

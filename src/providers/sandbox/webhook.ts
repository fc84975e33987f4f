import { isJsonObject, readJsonObject, textOf, type JsonObject } from '../json';
import type { Account, ProviderEvent, ProviderWebhook, WebhookRequest } from '../provider';
import { equalInConstantTime, hmacSha256Hex, sha256Hex } from '../signature';

type Reader = (body: JsonObject, base: { at: Date; eventKey: string }) => ProviderEvent[];

const MIN_SECRET_LENGTH = 16;

export const webhook: ProviderWebhook<Readonly<Record<string, string>>> = {
  verify(request: WebhookRequest, account: Account): boolean {
    const { webhookSecret: secret } = account;
    const signature = request.headers['x-sandbox-signature'];
    if (secret.length < MIN_SECRET_LENGTH || !signature) return false;
    return equalInConstantTime(signature, hmacSha256Hex(secret, request.rawBody));
  },

  /** Body: `{ "events": [{ id, type, at, ref, messageId, to, from, text?, subject? }] }`. */
  parse(request: WebhookRequest): ProviderEvent[] {
    const events = readJsonObject(request.rawBody)?.['events'];
    if (!Array.isArray(events)) throw new Error('The body must be {"events": […]}.');
    return events.flatMap((event: unknown) => parseOne(event, request.receivedAt));
  },
};

const READERS: Readonly<Record<string, Reader>> = {
  delivered: (body, base) => [{ ...base, ...about(body), kind: 'status', status: 'DELIVERED' }],
  read: (body, base) => [{ ...base, ...about(body), kind: 'status', status: 'READ' }],
  bounced: (body, base) => [
    { ...base, ...about(body), kind: 'status', status: 'FAILED', fault: BOUNCE },
    {
      ...consentBase(base),
      ...about(body),
      kind: 'consent',
      address: text(body, 'to'),
      action: 'HARD_BOUNCED',
      source: 'bounced',
    },
  ],
  complained: (body, base) => [
    { ...base, ...about(body), kind: 'consent', address: text(body, 'to'), action: 'COMPLAINED', source: 'complained' },
  ],
  reply: (body, base) => [
    {
      ...base,
      kind: 'inbound',
      providerMessageId: `${text(body, 'messageId')}:reply`,
      // The one who was written to answers.
      from: text(body, 'to'),
      to: text(body, 'from'),
      messageType: 'TEXT',
      content: { text: text(body, 'text'), ...(typeof body['subject'] === 'string' && { subject: body['subject'] }) },
      inReplyTo: text(body, 'messageId'),
    },
  ],
};

const BOUNCE = {
  class: 'invalid_recipient',
  code: 'bounced',
  message: 'The sandbox bounces messages to this recipient.',
} as const;

function parseOne(event: unknown, receivedAt: Date): ProviderEvent[] {
  const type = isJsonObject(event) ? text(event, 'type') : '';
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (!isJsonObject(event) || !read) {
    return [{ kind: 'unknown', eventKey: sha256Hex(JSON.stringify(event)), at: receivedAt, providerType: type }];
  }
  const at = new Date(text(event, 'at'));
  return read(event, { eventKey: text(event, 'id'), at: Number.isNaN(at.getTime()) ? receivedAt : at });
}

function about(body: JsonObject): { ref?: string; providerMessageId?: string } {
  const [ref, providerMessageId] = [textOf(body, 'ref'), textOf(body, 'messageId')];
  return { ...(ref && { ref }), ...(providerMessageId && { providerMessageId }) };
}

function consentBase(base: { at: Date; eventKey: string }): { at: Date; eventKey: string } {
  return { ...base, eventKey: `${base.eventKey}:consent` };
}

function text(body: JsonObject, name: string): string {
  return textOf(body, name) ?? '';
}

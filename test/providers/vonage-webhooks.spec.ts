import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderEvent, WebhookRequest } from '../../src/providers/provider';
import { vonage } from '../../src/providers/vonage';
import { timeOf } from '../../src/providers/vonage/times';
import { accountOf } from './accounts';

const samples = JSON.parse(readFileSync(join(__dirname, 'vectors/vonage-webhooks.json'), 'utf8'));
const receivedAt = new Date('2026-11-21T10:00:00Z');

function parse(body: object | string): ProviderEvent[] {
  const rawBody = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const request: WebhookRequest = { method: 'POST', url: 'https://x', headers: {}, query: {}, rawBody, receivedAt };
  return vonage.webhook?.parse(request, accountOf('vonage', 'SMS') as never) ?? [];
}

describe("Vonage's published webhooks", () => {
  it('of the Messages API', () => {
    const [delivered, rejected, undeliverable] = (samples.messageStatus as object[]).flatMap(parse);
    const cost = { amount: '0.0333', currency: 'EUR' };
    // Their time is an empty object, so it is that of the arrival.
    const common = { kind: 'status', at: receivedAt, ref: 'string', parts: 2, cost };
    expect(delivered).toMatchObject({ ...common, status: 'DELIVERED' });
    expect(rejected).toMatchObject({ ...common, status: 'FAILED', fault: { class: 'throttled', code: '1000' } });
    expect(undeliverable).toMatchObject({ ...common, status: 'FAILED', fault: { class: 'unreachable', code: '1260' } });
    expect(parse(samples.messagesInbound)).toMatchObject([
      { kind: 'inbound', content: { text: 'Hello From Vonage!' } },
    ]);
  });

  it('of the SMS API, as JSON and as a form', () => {
    for (const write of [(body: object) => body, (body: object) => new URLSearchParams({ ...body }).toString()]) {
      expect(parse(write(samples.smsDeliveryReceipt))).toEqual([
        {
          kind: 'status',
          eventKey: '0B00000127FDBC63:delivered:0',
          at: new Date('2018-10-25T12:10:29Z'),
          providerMessageId: '0B00000127FDBC63',
          status: 'DELIVERED',
        },
      ]);
      expect(parse(write(samples.smsInbound))).toMatchObject([
        { kind: 'inbound', from: '+447700900001', to: '+447700900000', content: { text: 'Hello world' } },
      ]);
      const parts = (samples.smsInboundConcat as object[]).flatMap((each) => parse(write(each)));
      expect(parts.map((each) => ('part' in each ? each.part : undefined))).toEqual([
        { reference: '108', index: 1, total: 2 },
        { reference: '108', index: 2, total: 2 },
      ]);
    }
  });
});

describe('a receipt tells the same event again', () => {
  const receipt = samples.smsDeliveryReceipt;
  const keyOf = (changes: object) => parse({ ...receipt, ...changes })[0]?.eventKey;

  it('when only the time of the call is another, and another one when anything happened', () => {
    expect(keyOf({ 'message-timestamp': '2018-10-25 13:10:29', nonce: 'x' })).toBe(keyOf({}));
    const others = [keyOf({}), keyOf({ status: 'failed' }), keyOf({ 'err-code': '1' }), keyOf({ messageId: 'other' })];
    expect(new Set(others).size).toBe(4);
  });
});

describe('what is no webhook of Vonage', () => {
  it.each([
    '',
    '[]',
    '{}',
    'hello',
    'status=delivered',
    '{"messageId":7}',
    '{"messageId":"a"}',
    'messageId=a&msisdn=1',
  ])('throws: %s', (body) => {
    expect(() => parse(body)).toThrow(Error);
  });

  it('and a member of another kind than documented is left out', () => {
    const message = { message_uuid: 'a', from: '447700900001', to: '447700900000', message_type: 'image' };
    for (const image of [undefined, 'x', [], {}, { url: 7 }])
      expect(parse({ ...message, image })).toMatchObject([{ kind: 'unknown', providerType: 'inbound:image' }]);
    expect(parse({ ...message, message_type: 'toString' })).toMatchObject([{ kind: 'unknown' }]);
    expect(parse({ ...message, message_type: 'location', location: { lat: '1', long: 2 } })).toMatchObject([
      { kind: 'unknown' },
    ]);
    expect(
      parse({ ...message, message_type: 'button', button: { payload: { flow_token: 'x' }, text: 'sent' } }),
    ).toMatchObject([{ kind: 'inbound', content: { text: 'sent' } }]);
  });
});

describe('the time of an event', () => {
  it.each([
    ['2025-02-03T12:14:25Z', '2025-02-03T12:14:25.000Z'],
    ['2025-02-03T12:14:25.123+01:00', '2025-02-03T11:14:25.123Z'],
    ['2025-02-03 12:14:25 +0000', '2025-02-03T12:14:25.000Z'],
    ['2025-02-03 12:14:25', '2025-02-03T12:14:25.000Z'],
    ['2025-13-03 12:14:25', receivedAt.toISOString()],
    ['1578787200', receivedAt.toISOString()],
    [undefined, receivedAt.toISOString()],
  ])('%s is %s', (text, expected) => {
    expect(timeOf(text, receivedAt).toISOString()).toBe(expected);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpResult } from '../../src/providers/http';
import type { Account, ChannelType, FaultClass, OutboundMessage, SendResult } from '../../src/providers/provider';
import { vonage } from '../../src/providers/vonage';
import type { VonageCredentials } from '../../src/providers/vonage/credentials';
import {
  MESSAGES_CLASSES,
  RECEIPT_CLASSES,
  REFUSAL_CLASSES,
  SMS_STATUS_CLASSES,
  STATUS_CLASSES,
} from '../../src/providers/vonage/errors';
import { accountOf } from './accounts';
import { behavioursOf, COMMON, doubt, NOW, permanent, retry, type Expected } from './answers';
import { recorder } from './recorder';

const message: OutboundMessage = {
  messageId: '0197a000-0000-7000-8000-000000000001',
  ref: '0197a000-0000-7000-8000-000000000001.1',
  channelType: 'SMS',
  messageType: 'TEXT',
  to: '+14155552671',
  content: { text: 'Hello Ada' },
  purpose: 'TRANSACTIONAL',
};

function accountFor(channelType: ChannelType): Account<VonageCredentials> {
  return accountOf('vonage', channelType) as unknown as Account<VonageCredentials>;
}

function response(status: number, body: object | string, headers: Record<string, string> = {}): HttpResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'RESPONSE', status, headers, body: Buffer.from(text) };
}

function send(answer: HttpResult, channelType: ChannelType = 'SMS'): Promise<SendResult> {
  const { io } = recorder(NOW, () => answer);
  return vonage.send({ ...message, channelType }, accountFor(channelType), io);
}

const part = (id: string, changes: object = {}) => ({
  to: '14155552671',
  'message-id': id,
  status: '0',
  'message-price': '0.03330000',
  network: '23410',
  'client-ref': message.ref,
  ...changes,
});
const refusedPart = (status: string, text = 'refused') => ({ status, 'error-text': text });
const answerOfParts = (...messages: object[]) => response(200, { 'message-count': String(messages.length), messages });

describe('the parts of a text', () => {
  it('that were all taken: the id of the first, and what they cost together, to the last digit', async () => {
    expect(await send(answerOfParts(part('0C01'), part('0C02'), part('0C03')))).toEqual({
      outcome: 'ACCEPTED',
      providerMessageId: '0C01',
      parts: 3,
      cost: { amount: '0.09990000', currency: 'EUR' },
    });
    const prices = ['0.1', '0.20', '12'].map((price, index) => part(`0C0${index}`, { 'message-price': price }));
    expect(await send(answerOfParts(...prices))).toMatchObject({ cost: { amount: '12.30', currency: 'EUR' } });
  });

  it('without a price, or with one that is no number, have no cost', async () => {
    for (const price of [undefined, 'free', '', '-1'])
      expect(await send(answerOfParts(part('0C01'), part('0C02', { 'message-price': price })))).toEqual({
        outcome: 'ACCEPTED',
        providerMessageId: '0C01',
        parts: 2,
      });
  });

  it.each([
    ['the second', [part('0C01'), refusedPart('1', 'Throughput Rate Exceeded')]],
    ['the first', [refusedPart('1', 'Throughput Rate Exceeded'), part('0C02')]],
  ])('of which %s was refused are in doubt, and say so', async (_which, parts) => {
    expect(await send(answerOfParts(...parts))).toEqual({
      outcome: 'IN_DOUBT',
      fault: {
        class: 'ambiguous',
        code: 'partly_sent',
        message: 'Vonage took 1 of 2 parts and refused another: Throughput Rate Exceeded',
      },
    });
  });

  it('that were all refused are refused for the first reason', async () => {
    expect(await send(answerOfParts(refusedPart('9'), refusedPart('1')))).toMatchObject({
      outcome: 'REJECTED_RETRY',
      fault: { class: 'quota', code: '9', message: 'refused' },
    });
  });

  it.each([
    ['none', { 'message-count': '0', messages: [] }],
    ['one without an id', { 'message-count': '1', messages: [{ status: '0' }] }],
    ['one without a status', { 'message-count': '1', messages: [{ 'message-id': '0C01' }] }],
    ['no list', { 'message-count': '1', messages: { status: '0' } }],
  ])('of which there are %s leave the message in doubt', async (_case, body) => {
    expect(await send(response(200, body))).toMatchObject({
      outcome: 'IN_DOUBT',
      fault: { code: 'unreadable_answer' },
    });
  });
});

describe('too fast', () => {
  it.each([
    ['Throughput Rate Exceeded - please wait [ 250 ] and retry', {}, 250],
    ['Throughput Rate Exceeded - please wait [993] and retry', {}, 993],
    ['Throughput Rate Exceeded - please wait [ 250 ] and retry', { 'retry-after': '3' }, 3_000],
    ['Throttled', {}, undefined],
  ])('"%s" with %j waits %s ms', async (text, headers, retryAfterMs) => {
    const result = await send(response(200, { 'message-count': '1', messages: [refusedPart('1', text)] }, headers));
    expect(result).toMatchObject({ outcome: 'THROTTLED', fault: { class: 'throttled', code: '1' } });
    expect('retryAfterMs' in result ? result.retryAfterMs : undefined).toBe(retryAfterMs);
  });
});

describe('the classes of errors', () => {
  const read = (file: string) => JSON.parse(readFileSync(join(__dirname, 'vectors', file), 'utf8'));
  const classes = read('vonage-error-classes.json');
  type Codes = Record<string, [FaultClass | 'ok', string]>;

  it.each([
    ['of the SMS API', SMS_STATUS_CLASSES, classes.vonage_sms.codes as Codes],
    ['of receipts', RECEIPT_CLASSES, classes.vonage_dlr.codes as Codes],
    ['of the Messages API', MESSAGES_CLASSES, classes.vonage_messages.codes as Codes],
  ])('%s are those of the list, no more and no less', (_name, table, codes) => {
    const failures = Object.entries(codes).filter(([, [faultClass]]) => faultClass !== 'ok');
    expect(table).toEqual(Object.fromEntries(failures.map(([code, [faultClass]]) => [code, faultClass])));
    expect(failures.length).toBeGreaterThan(18);
  });

  it.each(Object.entries(classes.vonage_messages.http as Record<string, string>).filter(([, text]) => text !== 'ok'))(
    'HTTP %s: %s',
    (status, text) => {
      // A 422 is decided by its number; with none that is known, our request is at fault.
      expect(STATUS_CLASSES[Number(status)]).toBe(text === 'by code' ? 'config' : text);
    },
  );

  const OUTCOMES: Readonly<Partial<Record<FaultClass, string>>> = {
    throttled: 'THROTTLED',
    transient: 'REJECTED_RETRY',
    auth: 'REJECTED_RETRY',
    quota: 'REJECTED_RETRY',
    ambiguous: 'IN_DOUBT',
  };
  const outcomeOf = (faultClass: FaultClass) => OUTCOMES[faultClass] ?? 'REJECTED_PERMANENT';

  it.each(Object.entries(SMS_STATUS_CLASSES))('status %s of an SMS is %s', async (code, faultClass) => {
    const result = await send(answerOfParts(refusedPart(code)));
    expect(result).toMatchObject({ outcome: outcomeOf(faultClass), fault: { class: faultClass, code } });
  });

  it('a status of an SMS that nobody listed fails the message and keeps the address', async () => {
    expect(await send(answerOfParts(refusedPart('77')))).toMatchObject({
      outcome: 'REJECTED_PERMANENT',
      fault: { class: 'unreachable', code: '77' },
    });
  });

  const problem = (code: string) => ({
    type: `https://developer.vonage.com/api-errors/messages#${code}`,
    title: 'Invalid params',
    detail: 'The value of one or more parameters is invalid.',
    instance: 'bf0ca0bf927b3b52e3cb03217e1a1ddf',
  });

  it.each(Object.entries({ ...MESSAGES_CLASSES, ...REFUSAL_CLASSES }))(
    'a 422 with #%s is %s',
    async (code, faultClass) => {
      expect(await send(response(422, problem(code)), 'WHATSAPP')).toMatchObject({
        outcome: outcomeOf(faultClass),
        fault: { class: faultClass, code, message: 'The value of one or more parameters is invalid.' },
      });
    },
  );

  it('a number decides nothing but a 422: 1000 is too fast in a 429, and a fault of theirs in a 500', async () => {
    expect(await send(response(429, problem('1000')), 'WHATSAPP')).toMatchObject({ outcome: 'THROTTLED' });
    expect(await send(response(500, problem('1000')), 'WHATSAPP')).toMatchObject({ outcome: 'IN_DOUBT' });
    expect(await send(response(402, problem('1000')), 'WHATSAPP')).toMatchObject({ fault: { class: 'quota' } });
  });
});

describe('the Messages API', () => {
  const expected: Readonly<Record<string, Expected>> = {
    ...COMMON,
    '400': permanent('config'),
    '409': doubt,
    '503': retry('transient'),
  };
  const statuses = behavioursOf(() => () => undefined)
    .map(({ name }) => name)
    .filter((name) => /^[45]\d\d$/.test(name));

  it.each(statuses)('answers %s', async (status) => {
    const [outcome, faultClass] = expected[status] ?? [];
    const detail = 'refused for +14155552671 with Abcdef0123456789';
    const result = await send(response(Number(status), { title: 'No', detail }, { 'retry-after': '7' }), 'WHATSAPP');
    expect(result).toMatchObject({
      outcome,
      fault: { class: faultClass, message: 'refused for [number] with [credential]' },
    });
    const waits = outcome === 'THROTTLED' || outcome === 'REJECTED_RETRY';
    expect('retryAfterMs' in result ? result.retryAfterMs : undefined).toBe(waits ? 7_000 : undefined);
  });

  it.each(['', '{}', '[]', '<html>', '{"message_uuid":7}'])('is in doubt after a 202 with %s', async (body) => {
    expect(await send(response(202, body), 'WHATSAPP')).toMatchObject({
      outcome: 'IN_DOUBT',
      fault: { code: 'unreadable_answer' },
    });
  });

  it('takes a message, and counts the parts of an SMS as we do', async () => {
    const answer = response(202, { message_uuid: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab' });
    const taken = { outcome: 'ACCEPTED', providerMessageId: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab' };
    expect(await send(answer, 'WHATSAPP')).toEqual(taken);
    const { io } = recorder(NOW, () => answer);
    const account = { ...accountFor('SMS'), settings: { api: 'messages' } };
    const long = { ...message, content: { text: 'я'.repeat(71) } };
    expect(await vonage.send(long, account, io)).toEqual({ ...taken, parts: 2 });
  });

  it.each([
    { kind: 'NOT_SENT', code: 'ECONNREFUSED', message: 'refused' },
    { kind: 'IN_DOUBT', code: 'timeout', message: 'no answer' },
  ] as const)('that gives no answer: $kind', async (answer) => {
    expect(await send(answer, 'WHATSAPP')).toMatchObject({ outcome: answer.kind, fault: { code: answer.code } });
  });
});

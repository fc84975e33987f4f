import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpRequest, HttpResult } from '../../src/providers/http';
import type { Account, WebhookRequest } from '../../src/providers/provider';
import { findProvider } from '../../src/providers/registry';
import { accountOf } from './accounts';
import { recorder } from './recorder';
import {
  bodyOf,
  CERTIFICATE_PATH,
  CERTIFICATE_URL,
  outside,
  REGION,
  signEnvelope,
  TEST_KEY,
  TOPIC_ARN,
} from './sns-topic';

const NOW = new Date('2026-11-21T10:00:00Z');
const SNS_ORIGIN = `https://sns.${REGION}.amazonaws.com`;
const OPERATORS_BASE = 'http://proxy.acme.example/aws';
const NOTIFICATION = {
  Type: 'Notification',
  MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
  TopicArn: TOPIC_ARN,
  Message: '{}',
  Timestamp: NOW.toISOString(),
  SignatureVersion: '2',
  SigningCertURL: CERTIFICATE_URL,
};
const { webhook } = findProvider('aws-sns')!;
let number = 0;

/** An address that no test has asked for before, so that no certificate is kept for it. */
function freshAddress(origin = SNS_ORIGIN): string {
  number += 1;
  return `${origin}/SimpleNotificationService-${number.toString(16).padStart(32, '0')}.pem`;
}

function requestOf(envelope: Record<string, string>): WebhookRequest {
  const url = 'https://hooks.acme.example/x';
  return { method: 'POST', url, headers: {}, query: {}, rawBody: bodyOf(envelope), receivedAt: NOW };
}

const answering = (body: string, status = 200): HttpResult => ({
  kind: 'RESPONSE',
  status,
  headers: {},
  body: Buffer.from(body),
});

async function verify(
  envelope: Record<string, string>,
  {
    answer = () => answering(TEST_KEY.certificate),
    account = accountOf('aws-sns', 'SMS'),
    now = NOW,
  }: {
    answer?: (request: HttpRequest) => HttpResult;
    account?: Account;
    now?: Date;
  } = {},
) {
  const { io, recorded } = recorder(now, answer);
  const believed = await webhook!.verify(requestOf(envelope), account, io);
  return { believed, fetched: recorded.http.map(({ method, url }) => `${method} ${url}`) };
}

describe('messages that AWS has really signed', () => {
  const { messages, certificate } = JSON.parse(
    readFileSync(join(__dirname, 'vectors/sns-signatures.json'), 'utf8'),
  ) as { messages: Record<string, string>[]; certificate: string };
  const answer = () => answering(certificate);

  it.each(messages)('are believed: SignatureVersion $SignatureVersion', async (message) => {
    const { TopicArn: topicArn = '', Timestamp: timestamp = '' } = message;
    const account = accountOf('aws-sns', 'SMS');
    account.credentials = { ...account.credentials, topicArn };
    const now = new Date(timestamp);
    const of = async (changed: Record<string, string>, at = now) =>
      (await verify({ ...changed, SigningCertURL: freshAddress() }, { answer, account, now: at })).believed;

    expect(await of(message)).toBe(true);
    expect(await of({ ...message, Message: 'Hello World' })).toBe(false);
    expect(await of({ ...message, Subject: 'Hello' })).toBe(false);
    expect(await of({ ...message, MessageId: '792cda85-518f-5dd3-9163-81d851212f3b' })).toBe(false);
    expect(await of({ ...message, SignatureVersion: message['SignatureVersion'] === '1' ? '2' : '1' })).toBe(false);
    // Its certificate has run out since, and the message is old.
    expect(await of(message, NOW)).toBe(false);
  });
});

describe('the certificate of a message', () => {
  it('is fetched once from SNS itself, and again when it was dropped for many others', async () => {
    const account = { ...accountOf('aws-sns', 'SMS'), baseUrl: SNS_ORIGIN };
    const address = freshAddress();
    const envelope = signEnvelope({ ...NOTIFICATION, SigningCertURL: address });

    expect(await verify(envelope, { account })).toEqual({ believed: true, fetched: [`GET ${address}`] });
    expect(await verify(envelope, { account })).toEqual({ believed: true, fetched: [] });
    for (let others = 0; others < 50; others += 1) {
      await verify(signEnvelope({ ...NOTIFICATION, SigningCertURL: freshAddress() }), { account });
    }
    expect((await verify(envelope, { account })).fetched).toEqual([`GET ${address}`]);
  });

  it.each(['aws-sns', 'aws-ses'])("of %s comes from the operator's base URL, where he has set one", async (type) => {
    const account = { ...accountOf(type, type === 'aws-ses' ? 'EMAIL' : 'SMS'), baseUrl: `${OPERATORS_BASE}/` };
    const address = freshAddress();
    const envelope = signEnvelope({ ...NOTIFICATION, SigningCertURL: address });
    const { io, recorded } = recorder(NOW, () => answering(TEST_KEY.certificate));
    expect(await findProvider(type)?.webhook?.verify(requestOf(envelope), account, io)).toBe(true);
    expect(recorded.http.map(({ url }) => url)).toEqual([address.replace(SNS_ORIGIN, OPERATORS_BASE)]);
  });

  it('of aws-ses comes from the SNS host of its region otherwise', async () => {
    const account = { ...accountOf('aws-ses', 'EMAIL'), baseUrl: `https://email.${REGION}.amazonaws.com` };
    const address = freshAddress();
    const { io, recorded } = recorder(NOW, () => answering(TEST_KEY.certificate));
    const envelope = signEnvelope({ ...NOTIFICATION, SigningCertURL: address });
    expect(await findProvider('aws-ses')?.webhook?.verify(requestOf(envelope), account, io)).toBe(true);
    expect(recorded.http.map(({ url }) => url)).toEqual([address]);
  });

  it('comes from the domain of China there', async () => {
    const account = accountOf('aws-sns', 'SMS');
    const topicArn = 'arn:aws-cn:sns:cn-north-1:000000000000:carillon-events';
    account.credentials = { ...account.credentials, region: 'cn-north-1', topicArn };
    account.baseUrl = 'https://sns.cn-north-1.amazonaws.com.cn';
    const SigningCertURL = freshAddress(account.baseUrl);
    const envelope = signEnvelope({ ...NOTIFICATION, TopicArn: topicArn, SigningCertURL });
    expect(await verify(envelope, { account })).toEqual({ believed: true, fetched: [`GET ${SigningCertURL}`] });
  });

  it.each([
    `http://sns.${REGION}.amazonaws.com${CERTIFICATE_PATH}`,
    `https://sns.eu-west-1.amazonaws.com${CERTIFICATE_PATH}`,
    `https://sns.${REGION}.amazonaws.com.evil.example${CERTIFICATE_PATH}`,
    `https://sns.${REGION}.amazonaws.com@evil.example${CERTIFICATE_PATH}`,
    `https://sns.${REGION}.amazonaws.com:8443${CERTIFICATE_PATH}`,
    `https://user@sns.${REGION}.amazonaws.com${CERTIFICATE_PATH}`,
    `https://evil.example/sns.${REGION}.amazonaws.com${CERTIFICATE_PATH}`,
    `https://sns.${REGION}.amazonaws.com\\@evil.example${CERTIFICATE_PATH}`,
    `${SNS_ORIGIN}/SimpleNotificationService`,
    `${SNS_ORIGIN}/a.pem.txt`,
    `${SNS_ORIGIN}/?Action=Publish&x=.pem`,
    `${SNS_ORIGIN}/a.txt#.pem`,
    `${SNS_ORIGIN}`,
    'a.pem',
    '',
  ])('is not fetched from %s', async (address) => {
    const envelope = signEnvelope({ ...NOTIFICATION, SigningCertURL: address });
    for (const baseUrl of [SNS_ORIGIN, OPERATORS_BASE]) {
      const account = { ...accountOf('aws-sns', 'SMS'), baseUrl };
      expect(await verify(envelope, { account })).toEqual({ believed: false, fetched: [] });
    }
  });

  it.each([
    ['has run out', TEST_KEY.expiredCertificate],
    ['has another name', TEST_KEY.certificateOfAnotherName],
    ['is none', 'hello'],
    ['is empty', ''],
  ])('is of no use when it %s', async (_case, certificate) => {
    const envelope = signEnvelope({ ...NOTIFICATION, SigningCertURL: freshAddress() });
    expect((await verify(envelope, { answer: () => answering(certificate) })).believed).toBe(false);
    // Nor was it kept.
    expect((await verify(envelope)).believed).toBe(true);
  });

  it('is of no use any more when it has run out since it was fetched', async () => {
    const envelope = (now: Date) =>
      signEnvelope({ ...NOTIFICATION, Timestamp: now.toISOString(), SigningCertURL: address });
    const address = freshAddress();
    const before = new Date('2024-12-31T00:00:00Z');
    const after = new Date('2025-01-02T00:00:00Z');
    const answer = () => answering(TEST_KEY.expiredCertificate);
    expect((await verify(envelope(before), { answer, now: before })).believed).toBe(true);
    expect((await verify(envelope(after), { answer, now: after })).believed).toBe(false);
  });

  it('is asked for twice when SNS is not well, because a refused message does not come again', async () => {
    const envelope = signEnvelope({ ...NOTIFICATION, SigningCertURL: freshAddress() });
    const answers: HttpResult[] = [{ kind: 'NOT_SENT', code: 'x', message: 'x' }, answering(TEST_KEY.certificate)];
    expect((await verify(envelope, { answer: () => answers.shift()! })).believed).toBe(true);

    const other = signEnvelope({ ...NOTIFICATION, SigningCertURL: freshAddress() });
    const down = await verify(other, { answer: () => answering('', 503) });
    expect([down.believed, down.fetched.length]).toEqual([false, 2]);
    expect((await verify(other, { answer: () => answering(TEST_KEY.certificate, 404) })).fetched).toHaveLength(1);
  });
});

it('believes no message that came without its envelope, as with raw message delivery', async () => {
  const { io } = recorder(NOW, outside);
  const headers = { 'x-amz-sns-rawdelivery': 'true', 'x-amz-sns-topic-arn': TOPIC_ARN };
  const raw = { ...requestOf({}), headers, rawBody: Buffer.from('{"eventType":"Delivery","mail":{}}') };
  expect(await webhook!.verify(raw, accountOf('aws-sns', 'SMS'), io)).toBe(false);
});

it('does not name its account to callers without a channel key: an ARN is no secret', () => {
  expect([webhook?.accountKeys, webhook?.accountKeyOf]).toEqual([undefined, undefined]);
});

describe('the confirmation of a subscription', () => {
  const SUBSCRIBE = `${SNS_ORIGIN}/?Action=ConfirmSubscription&TopicArn=${TOPIC_ARN}&Token=2336412f37`;
  const confirmation = (changes: Record<string, string> = {}) =>
    requestOf({ ...NOTIFICATION, Type: 'SubscriptionConfirmation', SubscribeURL: SUBSCRIBE, ...changes });

  async function handshake(request: WebhookRequest, answer = answering(''), baseUrl = SNS_ORIGIN) {
    const { io, recorded } = recorder(NOW, () => answer);
    const reply = await webhook!.handshake!(request, { ...accountOf('aws-sns', 'SMS'), baseUrl }, io);
    return { reply, called: recorded.http.map(({ method, url }) => `${method} ${url}`) };
  }

  it('calls the address that SNS names, or the same at the base URL of the operator', async () => {
    expect(await handshake(confirmation())).toEqual({ reply: { status: 200 }, called: [`GET ${SUBSCRIBE}`] });
    expect((await handshake(confirmation(), answering(''), OPERATORS_BASE)).called).toEqual([
      `GET ${SUBSCRIBE.replace(SNS_ORIGIN, OPERATORS_BASE)}`,
    ]);
  });

  it.each([
    'https://evil.example/?Action=ConfirmSubscription',
    `https://169.254.169.254/latest/?Action=ConfirmSubscription&TopicArn=${TOPIC_ARN}`,
    SUBSCRIBE.replace('https:', 'http:'),
    SUBSCRIBE.replace(REGION, 'eu-west-1'),
    SUBSCRIBE.replace('Action=ConfirmSubscription', 'Action=DeleteTopic'),
    SUBSCRIBE.replace('carillon-events', 'somebody-elses'),
    '',
  ])('calls nobody at %s', async (address) => {
    expect(await handshake(confirmation({ SubscribeURL: address }))).toEqual({ reply: { status: 400 }, called: [] });
  });

  it.each<HttpResult>([answering('', 403), { kind: 'IN_DOUBT', code: 'timeout', message: 'x' }])(
    'asks SNS to come again after %j',
    async (answer) => {
      expect((await handshake(confirmation(), answer)).reply).toEqual({ status: 502 });
    },
  );

  it('is answered for nothing else, not even for the end of a subscription', async () => {
    for (const Type of ['Notification', 'UnsubscribeConfirmation'])
      expect(await handshake(confirmation({ Type }))).toEqual({ reply: undefined, called: [] });
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { answerToSubscriber, bodyOf, CERTIFICATE_URL, REGION, signEnvelope, TOPIC_ARN } from '../providers/sns-topic';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { startOrderQueue, type OrderQueue } from '../support/fauxqs';
import { describeWithKafka, startKafka, type KafkaBroker } from '../support/kafka';

let app: TestApp;
let tenant: TestTenant;
let sns: Server;
/** What was asked of SNS. */
const asked: string[] = [];

type Body = Record<string, unknown>;

beforeAll(async () => {
  sns = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sns');
    asked.push(pathname);
    const query = Object.fromEntries(searchParams);
    const { status, body } = answerToSubscriber({ method: 'GET', path: pathname, query }) ?? { status: 404, body: '' };
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => {
    sns.listen(0, '127.0.0.1', resolve);
  });
  const { port } = sns.address() as AddressInfo;
  app = await startApp({
    PROVIDER_URL_AWS_SNS: `http://127.0.0.1:${port}`,
    PUBLIC_URL: 'https://carillon.example',
    EVENT_SOURCE_ALLOWED_HOSTS: '127.0.0.1',
  });
  tenant = await app.tenant();
});
afterAll(async () => {
  await app.close();
  sns.closeAllConnections();
  await new Promise((resolve) => {
    sns.close(resolve);
  });
});

const connect = async (source: object, api = tenant.api): Promise<Body> => {
  const answer = await api.post('/event-sources', source);
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.body;
};
const stateOf = (id: unknown, wanted: (source: Body) => boolean) =>
  tenant.api.until(`/event-sources/${String(id)}`, ({ body }) => wanted(body), 20_000);
const events = async (query: string, wanted: (found: Body[]) => boolean, api = tenant.api) =>
  (await api.until(`/events?limit=100&${query}`, ({ body }) => wanted(body['data'] as Body[]), 20_000)).body[
    'data'
  ] as Body[];
const notice = (orderId: string) => ({ userId: 'user-1', notificationType: 'parcel_packed', orderData: { orderId } });

const SQS = {
  kind: 'sqs',
  settings: { queueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/orders', region: 'eu-central-1' },
  credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret-that-nobody-may-see' },
};
const KAFKA = {
  kind: 'kafka',
  settings: { brokers: ['kafka.example.com:9093'], topic: 'orders', groupId: 'carillon' },
};

describe('an event source', () => {
  it('is kept with its credentials sealed, shown without them, changed and removed', async () => {
    const { api, tenantId } = await app.tenant({ bare: true });
    const { id, ...source } = await connect({ name: 'orders', ...SQS }, api);
    expect(source).toMatchObject({
      name: 'orders',
      kind: 'sqs',
      status: 'ACTIVE',
      settings: SQS.settings,
      credentials: ['accessKeyId', 'secretAccessKey'],
      subscribeUrl: null,
    });
    const rows = await app.sql(`SELECT * FROM event_source WHERE tenant_id = $1`, [tenantId]);
    expect(JSON.stringify([source, rows])).not.toContain(SQS.credentials.secretAccessKey);

    expect((await api.post('/event-sources', { name: 'orders', ...KAFKA })).body['code']).toBe('duplicate_name');
    const paused = await api.patch(`/event-sources/${String(id)}`, { status: 'PAUSED', name: 'old orders' });
    expect(paused.body).toMatchObject({ name: 'old orders', status: 'PAUSED', settings: SQS.settings });
    expect((await api.get('/event-sources')).body['data']).toHaveLength(1);
    expect((await tenant.api.get(`/event-sources/${String(id)}`)).status).toBe(404);
    expect((await api.delete(`/event-sources/${String(id)}`)).status).toBe(204);
    expect((await api.get(`/event-sources/${String(id)}`)).status).toBe(404);
  });

  it.each([
    ['/settings/queueUrl', { ...SQS, settings: { region: 'eu-central-1' } }],
    ['/settings/topic', { ...SQS, settings: { ...SQS.settings, topic: 'x' } }],
    ['/settings/queueUrl', { ...SQS, settings: { ...SQS.settings, queueUrl: 'http://sqs.example.com/1/a' } }],
    ['/settings/endpoint', { ...SQS, settings: { ...SQS.settings, endpoint: 'ftp://sqs.example.com' } }],
    ['/settings/endpoint', { ...SQS, settings: { ...SQS.settings, endpoint: 'http://localhost:4566' } }],
    ['/credentials/secretAccessKey', { ...SQS, credentials: { accessKeyId: 'A' } }],
    ['/credentials/accessKeyId', { ...SQS, credentials: { ...SQS.credentials, accessKeyId: 7 } }],
    ['/settings/brokers', { kind: 'kafka', settings: { topic: 'orders', groupId: 'carillon' } }],
    ['/settings/brokers', { ...KAFKA, settings: { ...KAFKA.settings, brokers: ['kafka'] } }],
    ['/settings/tls', { ...KAFKA, settings: { ...KAFKA.settings, tls: false } }],
    ['/settings/saslMechanism', { ...KAFKA, credentials: { username: 'u', password: 'p' } }],
    ['/credentials/username', { ...KAFKA, settings: { ...KAFKA.settings, saslMechanism: 'plain' } }],
    ['/settings/topicArn', { kind: 'sns', settings: { topicArn: 'arn:aws:sqs:us-east-2:000000000000:orders' } }],
    ['/kind', { kind: 'rabbit', settings: {} }],
  ])('is refused for its %s where %j', async (pointer, source) => {
    const { status, body } = await tenant.api.post('/event-sources', { name: 'bad', ...source });
    expect([status, (body['errors'] as Body[])[0]?.['pointer']]).toEqual([422, pointer]);
  });

  it.each([
    ['an address inside', { ...SQS, settings: { ...SQS.settings, endpoint: 'https://169.254.169.254/' } }],
    ['an address inside in other digits', { ...SQS, settings: { ...SQS.settings, endpoint: 'https://2130706434/' } }],
    ['a name that leads inside', { ...SQS, settings: { ...SQS.settings, endpoint: 'https://localhost:4566' } }],
    ['a broker inside', { ...KAFKA, settings: { ...KAFKA.settings, brokers: ['10.0.0.1:9092'] } }],
  ])('is not connected to %s', async (name, source) => {
    const { id } = await connect({ name, ...source });
    const { body } = await stateOf(id, ({ lastError }) => lastError !== null);
    expect(body['lastError']).toMatch(/not_allowed|^KafkaJS/);
    await tenant.api.delete(`/event-sources/${String(id)}`);
  });
});

describe('a topic of SNS', () => {
  let address: string;
  let id: unknown;
  let told = 0;

  beforeAll(async () => {
    const source = await connect({ name: 'topic', kind: 'sns', settings: { topicArn: TOPIC_ARN } });
    ({ id } = source);
    expect(source['subscribeUrl']).toMatch(/^https:\/\/carillon\.example\/api\/v1\/communication\/event-sources\//);
    address = String(source['subscribeUrl']).replace('https://carillon.example', app.url);
  });

  const envelope = (message: unknown, more: Record<string, string> = {}): Record<string, string> => ({
    Type: 'Notification',
    MessageId: `165545c9-2a5c-472c-8df2-${String((told += 1)).padStart(12, '0')}`,
    TopicArn: TOPIC_ARN,
    Message: typeof message === 'string' ? message : JSON.stringify(message),
    Timestamp: new Date().toISOString(),
    SignatureVersion: '1',
    SigningCertURL: CERTIFICATE_URL,
    ...more,
  });
  const post = async (body: Buffer, to = address) => {
    const headers = { 'content-type': 'text/plain; charset=UTF-8' };
    return (await fetch(to, { method: 'POST', headers, body: new Uint8Array(body) })).status;
  };
  const publish = (message: unknown, more?: Record<string, string>) =>
    post(bodyOf(signEnvelope(envelope(message, more))));

  it('is confirmed when it is the one that the tenant named, and no other', async () => {
    const confirmation = (topic: string) => ({
      Type: 'SubscriptionConfirmation',
      Token: 'token',
      TopicArn: topic,
      SubscribeURL: `https://sns.${REGION}.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=token`,
    });
    expect(await publish('', confirmation(TOPIC_ARN.replace('carillon', 'somebody')))).toBe(401);
    expect(asked).not.toContain('/');
    expect(await publish('', confirmation(TOPIC_ARN))).toBe(200);
    expect(asked.filter((path) => path === '/')).toHaveLength(1);
  });

  it.each(['1', '2'])('tells events with a signature of version %s', async (SignatureVersion) => {
    expect(await publish(notice(`sns-${SignatureVersion}`), { SignatureVersion })).toBe(200);
    await events('name=parcel_packed', (found) => found.length === Number(SignatureVersion));
  });

  it('is not believed where the signature is wrong, or somebody else’s, or old, or the key unknown', async () => {
    const good = signEnvelope(envelope(notice('forged')));
    const old = new Date(Date.now() - 3 * 3_600_000).toISOString();
    const answers = [
      await post(bodyOf({ ...good, Message: JSON.stringify(notice('another')) })),
      await post(bodyOf(signEnvelope(envelope(notice('forged')), 'stranger'))),
      await post(bodyOf(signEnvelope(envelope(notice('forged'), { Timestamp: old })))),
      await post(bodyOf(good), address.slice(0, -1)),
      await post(Buffer.from(JSON.stringify(notice('raw')))),
      await post(Buffer.from('')),
    ];
    expect(answers).toEqual([401, 401, 401, 401, 401, 401]);
    expect(await events('name=parcel_packed', () => true)).toHaveLength(2);
  });

  it('has no second effect when a message comes again', async () => {
    const again = bodyOf(signEnvelope(envelope({ name: 'parcel.lost', payload: { parcel: 1 } })));
    expect([await post(again), await post(again)]).toEqual([200, 200]);
    await publish({ name: 'parcel.found' });
    await events('name=parcel.found', (found) => found[0]?.['status'] === 'HANDLED');
    expect(await events('name=parcel.lost', () => true)).toHaveLength(1);
  });

  it('puts aside what cannot be read, and acknowledges it', async () => {
    expect(await publish('no json')).toBe(200);
    const [failed] = await events('status=FAILED', (found) => found.length > 0);
    expect(failed).toMatchObject({ source: 'sns', failure: 'invalid_json' });
  });

  it('is asked to come again while the source is paused', async () => {
    await tenant.api.patch(`/event-sources/${String(id)}`, { status: 'PAUSED' });
    expect(await publish(notice('late'))).toBe(503);
    await tenant.api.patch(`/event-sources/${String(id)}`, { status: 'ACTIVE' });
    expect(await publish(notice('late'))).toBe(200);
  });
});

describe('a queue of SQS', () => {
  let orders: OrderQueue;

  beforeAll(async () => {
    orders = await startOrderQueue({ raw: true });
  });
  afterAll(() => orders.stop());

  it('tells events of raw messages too, takes whom they are about, and says when something came last', async () => {
    const { api } = await app.tenant({ bare: true });
    const { id } = await connect({ name: 'raw', ...orders.source }, api);
    orders.publish({ name: 'cart.left', contact: { externalId: 'shopper-1' }, payload: { items: 2 } });
    orders.publish({ name: 'cart.left', contactId: '01890000-0000-7000-8000-000000000000' });

    const [event] = await events('name=cart.left', (found) => found[0]?.['status'] === 'HANDLED', api);
    const shopper = await api.get('/contacts/ext:shopper-1');
    expect(event).toMatchObject({ source: 'sqs', contactId: shopper.body['id'] });
    const [failed] = await events('status=FAILED', (found) => found.length > 0, api);
    expect(failed).toMatchObject({ failure: 'not_found' });
    const source = await api.get(`/event-sources/${String(id)}`);
    expect(source.body).toMatchObject({ lastMessageAt: expect.any(String), lastError: null });
    await api.delete(`/event-sources/${String(id)}`);
  });

  it('says by name what is wrong with it', async () => {
    const settings = { ...orders.source.settings, queueUrl: 'http://127.0.0.1/000000000000/nothing' };
    const { id } = await connect({ name: 'nothing', ...orders.source, settings });
    const { body } = await stateOf(id, ({ lastError }) => lastError !== null);
    expect(body['lastError']).toMatch(/QueueDoesNotExist/);
    await tenant.api.delete(`/event-sources/${String(id)}`);
  });
});

describeWithKafka('a topic of Kafka', () => {
  let broker: KafkaBroker;
  let kafka: Kafka;

  beforeAll(async () => {
    broker = await startKafka();
    kafka = new Kafka({ brokers: [broker.brokers], logLevel: logLevel.NOTHING });
  });
  afterAll(() => broker.stop());

  const produce = async (...messages: (string | null)[]) => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: 'orders', messages: messages.map((value) => ({ key: 'k', value })) });
    await producer.disconnect();
  };

  it('tells each message once, puts aside what cannot be read, and moves its group behind what is stored', async () => {
    const settings = { brokers: [broker.brokers], topic: 'orders', groupId: 'carillon', tls: false };
    const { api } = await app.tenant({ bare: true });
    await produce(JSON.stringify(notice('k-1')), null, 'no json', JSON.stringify({ name: 'parcel.lost' }));
    const { id } = await connect({ name: 'kafka', kind: 'kafka', settings }, api);

    await events('name=parcel.lost', (found) => found.length === 1, api);
    const [failed] = await events('status=FAILED', (found) => found.length > 0, api);
    expect(failed).toMatchObject({ source: 'kafka', failure: 'invalid_json' });
    expect(await events('name=parcel_packed', () => true, api)).toHaveLength(1);

    await produce(JSON.stringify({ name: 'parcel.found' }));
    await events('name=parcel.found', (found) => found.length === 1, api);
    const admin = kafka.admin();
    const stored = async () => (await admin.fetchOffsets({ groupId: 'carillon', topics: ['orders'] }))[0]?.partitions;
    const behindAll = async () => (await stored())?.some(({ offset }) => offset === '5');
    while (!(await behindAll())) await new Promise((resolve) => setImmediate(resolve));
    await admin.disconnect();
    const all = await events('', () => true, api);
    expect(all.map(({ name }) => String(name)).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'carillon.unreadable_message',
      'parcel.found',
      'parcel.lost',
      'parcel_packed',
    ]);
    await api.delete(`/event-sources/${String(id)}`);
  });
});

import { setTimeout as pause } from 'node:timers/promises';
import { EventStreams } from '../../src/event-streams/event-streams';
import { endedInterests, wantForAnHour } from '../../src/event-streams/stream-interest';
import { tellEvents } from '../../src/events/tell';
import { TenantDb } from '../../src/platform/db/tenant-db';
import { WorkerDb } from '../../src/platform/db/worker-db';
import { Api } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { hasKafka, startKafka, type KafkaBroker } from '../support/kafka';
import { readEvents, type EventReader, type Frame } from './event-reader';
import { describeKafka } from './kafka-events';

type Body = Record<string, unknown>;

let app: TestApp;
let tenant: TestTenant;
const open: EventReader[] = [];

/** Undefined where there is none on this machine: its tests are skipped then, and it is off. */
let broker: KafkaBroker | undefined;

beforeAll(async () => {
  broker = hasKafka ? await startKafka() : undefined;
  app = await startApp(broker ? { KAFKA_BROKERS: broker.brokers, KAFKA_EVENTS_TOPIC: 'shop.events' } : {});
});
beforeEach(async () => {
  tenant = await app.tenant();
});
afterEach(async () => {
  for (const reader of open.splice(0)) reader.leave();
  await untilCount(0);
});
afterAll(async () => {
  await app.close();
  await broker?.stop();
});

async function read(options: { query?: string; lastEventId?: string; key?: string } = {}): Promise<EventReader> {
  const reader = await readEvents(app.url, options.key ?? tenant.key, options);
  open.push(reader);
  return reader;
}

const streams = () => app.runtime.app.get(EventStreams);

async function untilCount(count: number): Promise<void> {
  while (streams().count !== count) await pause(10);
}

const MAIL = { channelType: 'EMAIL', to: 'ada@example.com', content: { subject: 'Hi', text: 'Hello' } };
const send = async (message: Body = MAIL) => String((await tenant.api.post('/messages', message)).body['id']);
const types = (frames: readonly Frame[]) => frames.map(({ event }) => event);
const rows = (body: Body) => body['data'] as Body[];

/** So many events that were handled already, each with its number and some weight, in one commit. */
const tell = (from: number, count: number, weight = 10) =>
  app.sql(
    `INSERT INTO tenant_event (tenant_id, id, type, source, data, status, handled_at, seq)
     SELECT $1, new_event_id(), 'contact.updated', 'carillon', jsonb_build_object('n', n, 'words', repeat('x', $4)), 'HANDLED',
       now(), nextval('tenant_event_seq')
     FROM generate_series($2::int, $2::int + $3::int - 1) AS n`,
    [tenant.tenantId, from, count, weight],
  );
const numbers = (frames: readonly Frame[]) => frames.map(({ data }) => Number((data['data'] as Body)['n']));
const NUMBERED = { query: '?types=contact.updated' };

describe('a stream', () => {
  it('tells what happens as it happens, as CloudEvents with ids', async () => {
    const reader = await read();
    expect([reader.status, reader.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(reader.headers['cache-control']).toBe('no-store');
    const id = await send();
    const frames = await reader.until((all) => types(all).includes('message.delivered'));
    expect(types(frames)).toEqual(expect.arrayContaining(['message.queued', 'session.opened', 'message.delivered']));
    const delivered = frames.find(({ event }) => event === 'message.delivered');
    expect(delivered?.data).toMatchObject({
      specversion: '1.0',
      id: delivered?.id,
      subject: id,
      data: { messageId: id, status: 'DELIVERED' },
    });
  });

  it('tells the types that were asked for, and nothing of another tenant', async () => {
    const reader = await read({ query: '?types=contact.created,message.delivered' });
    const stranger = await app.tenant();
    await stranger.api.post('/contacts', { name: 'Somebody else' });
    const contact = await tenant.api.post('/contacts', { name: 'Ada' });
    await send({ ...MAIL, to: 'bob@example.com' });
    const frames = await reader.until((all) => types(all).includes('message.delivered'));
    expect([...new Set(frames.map(({ event = '' }) => event))].toSorted()).toEqual([
      'contact.created',
      'message.delivered',
    ]);
    expect(frames[0]?.data).toMatchObject({ source: `urn:carillon:${tenant.tenantId}`, subject: contact.body['id'] });
    for (const query of ['?types=order.paid', '?types=', '?types=message', '?types=message.*;x'])
      expect((await tenant.api.get(`/event-stream${query}`)).body['errors']).toEqual([
        expect.objectContaining({ pointer: '/query/types' }),
      ]);
  });

  it('goes on behind the event that the reader had last, and says so when that is not kept any more', async () => {
    const first = await read(NUMBERED);
    await tell(0, 5);
    await first.until((all) => all.length === 5);
    first.leave();
    await tell(5, 1_100);
    const second = await read({ ...NUMBERED, lastEventId: first.frames[2]!.id! });
    expect(numbers(await second.until((all) => all.length === 1_102))).toEqual(
      Array.from({ length: 1_102 }, (_, n) => n + 3),
    );
    const lost = await read({ ...NUMBERED, lastEventId: '00000000-0000-7000-8000-000000000000' });
    const [reset] = await lost.until((all) => all.length === 1);
    expect(reset?.event).toBe('stream.reset');
    expect((await readEvents(app.url, tenant.key, { lastEventId: 'nonsense' })).status).toBe(400);
  });

  it('that was left before anything came goes on where it was opened', async () => {
    await read(NUMBERED);
    await tell(0, 3);
    const reader = await read(NUMBERED);
    await reader.until(() => reader.lastId() !== undefined);
    reader.leave();
    await tell(3, 2);
    const again = await read({ ...NUMBERED, lastEventId: reader.lastId()! });
    const told = numbers(await again.until((all) => all.length >= 2));
    expect(told.slice(-2)).toEqual([3, 4]);
  });

  it('misses no event and tells none twice, whatever the order of commits, with readers that come and go', async () => {
    const [WRITERS, EACH] = [8, 40];
    const steady = await read(NUMBERED);
    const db = app.runtime.app.get(TenantDb);
    /** One that leaves after each few events and comes back. */
    const seen: number[] = [];
    const restless = (async () => {
      let lastEventId = '';
      while (seen.length < WRITERS * EACH) {
        const reader = await read({ ...NUMBERED, lastEventId });
        await reader.until((all) => all.length >= 1);
        const frames = reader.frames.slice(0, 1 + Math.floor(Math.random() * reader.frames.length));
        reader.leave();
        lastEventId = frames.at(-1)?.id ?? lastEventId;
        seen.push(...numbers(frames));
      }
    })();
    await untilCount(2);
    const writer = async (n: number): Promise<void> => {
      for (let k = 0; k < EACH; k++)
        await db.run(tenant.tenantId, async (tx) => {
          const event = { type: 'contact.updated', source: 'carillon' as const, data: { n: n * EACH + k } };
          await tellEvents(tx, [event]);
          // Committed in another order than begun.
          await tx.query(`SELECT pg_sleep(random() * 0.01)`);
        });
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, n) => writer(n)));
    const all = Array.from({ length: WRITERS * EACH }, (_, n) => n);
    const byNumber = (list: readonly number[]) => list.toSorted((a, b) => a - b);
    expect(byNumber(numbers(await steady.until((frames) => frames.length >= all.length)))).toEqual(all);
    await restless;
    expect(byNumber(seen)).toEqual(all);
  });

  it('keeps nothing in memory for a client that does not read, and has all for it when it does', async () => {
    const reader = await read(NUMBERED);
    await reader.until(() => reader.lastId() !== undefined);
    reader.pause();
    const before = process.memoryUsage().arrayBuffers;
    const COUNT = 1_500;
    await tell(0, COUNT, 8_000); // 12 MB, more than sockets hold
    const other = await read(NUMBERED);
    await tell(COUNT, 1);
    await other.until((all) => all.length === 1); // the others go on meanwhile
    expect(reader.frames.length).toBeLessThan(COUNT / 2);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000);
    reader.resume();
    expect(numbers(await reader.until((all) => all.length > COUNT))).toEqual(
      Array.from({ length: COUNT + 1 }, (_, n) => n),
    );
  });

  it('of a client that is gone is forgotten, and a tenant has no more than twenty', async () => {
    const readers = await Promise.all(Array.from({ length: 20 }, () => read()));
    await untilCount(20);
    const refused = await readEvents(app.url, tenant.key);
    expect(refused.status).toBe(429);
    expect((await read({ key: (await app.tenant()).key })).status).toBe(200);
    readers[0]!.leave();
    await untilCount(20);
    expect((await read()).status).toBe(200);
  });

  it('has Carillon tell of what is read for an hour or two, and no longer', async () => {
    await read({ query: '?types=message.read' });
    const told = () =>
      app.sql<{ type: string }>(`SELECT type FROM event_interest WHERE tenant_id = $1 AND consumer LIKE 'streams%'`, [
        tenant.tenantId,
      ]);
    expect((await told()).map(({ type }) => type)).toEqual(['message.read']);
    const db = app.runtime.app.get(TenantDb);
    const worker = app.runtime.app.get(WorkerDb).sql;
    const old = new Date(Date.now() - 3 * 3_600_000);
    await db.run(tenant.tenantId, (tx) => wantForAnHour(tx, ['contact.created'], old));
    const of = (list: { tenantId: string }[]) => list.filter(({ tenantId }) => tenantId === tenant.tenantId);
    expect(of(await endedInterests(worker))).toHaveLength(1);
    expect(of(await endedInterests(worker, new Date(Date.now() + 3_600_000 - 1_000)))).toHaveLength(1);
    expect(of(await endedInterests(worker, new Date(Date.now() + 2 * 3_600_000)))).toHaveLength(2);
  });
});

describe('rights', () => {
  it('hold in a stream as they do elsewhere: channel types, contacts, personal data', async () => {
    const user = await tenant.api.post('/users', { subject: 'sms-only' });
    await tenant.api.put(`/users/${String(user.body['id'])}/permissions`, {
      permissions: [{ channelType: 'SMS', actions: ['messages:read'] }],
    });
    const made = await tenant.api.post('/api-keys', { name: 'k', scopes: ['*'], userId: user.body['id'] });
    const key = String(made.body['key']);
    const sms = await read({ key });
    const all = await read();
    await send({ ...MAIL, clientReference: 'ref.of.ada@example.com' });
    await send({
      channelType: 'SMS',
      to: '+14155550123',
      content: { text: 'Hi' },
      clientReference: 'ref.sms@example.com',
    });
    const isDelivered = ({ event }: Frame) => event === 'message.delivered';
    await all.until((frames) => frames.filter(isDelivered).length === 2);
    const heard = await sms.until((frames) => frames.some(isDelivered));
    for (const { data } of heard) expect(data['data']).toMatchObject({ channelType: 'SMS' });
    expect(JSON.stringify(heard)).not.toContain('ref.sms@example.com');
    expect(JSON.stringify(all.frames)).toContain('ref.of.ada@example.com');

    expect((await readEvents(app.url, key, { query: '?types=contact.*' })).status).toBe(403);
    expect((await readEvents(app.url, key, { query: '?types=*' })).status).toBe(403);
    expect((await readEvents(app.url, await app.key(tenant.tenantId, ['contacts:read']))).status).toBe(403);
    expect((await readEvents(app.url, 'nobody')).status).toBe(401);
    const page = await new Api(app.url, key).get('/event-stream');
    expect(new Set(rows(page.body).map(({ data }) => (data as Body)['channelType']))).toEqual(new Set(['SMS']));
  });
});

describe('a page of the stream', () => {
  it('is what a client gets that asks for no stream, and goes on behind the last', async () => {
    expect((await tenant.api.get('/event-stream?types=contact.*')).body).toEqual({ data: [], lastEventId: '0' });
    await tell(0, 150);
    await tenant.api.until('/events?status=PENDING', ({ body }) => rows(body).length === 0);
    const page = async (query: string) => (await tenant.api.get(`/event-stream?types=contact.*${query}`)).body;
    const first = await page('&lastEventId=0');
    const second = await page(`&lastEventId=${String(first['lastEventId'])}`);
    const told = [...rows(first), ...rows(second)].map(({ data }) => (data as Body)['n']);
    expect(told).toEqual(Array.from({ length: 150 }, (_, n) => n));
    expect(rows(await page('')).map(({ data }) => (data as Body)['n'])).toEqual(told.slice(-100));
    const unknown = await tenant.api.get('/event-stream?lastEventId=00000000-0000-7000-8000-000000000000');
    expect(unknown.body['errors']).toEqual([expect.objectContaining({ pointer: '/query/lastEventId' })]);
  });
});

describeKafka({
  app: () => app,
  tenant: () => tenant,
  brokers: () => broker,
  read: (query) => read({ query }),
});

it('ends every stream at once when the process ends', async () => {
  const reader = await read();
  await untilCount(1);
  const stopped = app.runtime.stop();
  await reader.ended;
  await stopped;
  expect(streams().count).toBe(0);
});

import type { ServerResponse } from 'node:http';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { OUTSIDE, startInside, type Inside } from '../egress/egress-stage';
import { Api } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { startReceiver, type ReceivedCall, type Receiver } from './webhook-receiver';

type Body = Record<string, unknown>;

let app: TestApp;
let tenant: TestTenant;
let receiver: Receiver;
let inside: Inside;
let paths = 0;

beforeAll(async () => {
  [receiver, inside] = await Promise.all([startReceiver(), startInside()]);
  app = await startApp({
    EGRESS_ALLOW_HTTP: 'true',
    EGRESS_ALLOWED_PORTS: `${receiver.port}, ${inside.port}`,
    EGRESS_ALLOWED_NETWORKS: `${OUTSIDE}/32`,
  });
});
beforeEach(async () => {
  tenant = await app.tenant();
});
afterAll(async () => {
  await receiver.close();
  await app.close();
  await inside.close();
});

interface Endpoint {
  id: string;
  secret: string;
  path: string;
}

async function endpoint(eventTypes: string[], api: Api = tenant.api): Promise<Endpoint> {
  const path = `/hook-${++paths}`;
  const { status, body, text } = await api.post('/webhook-endpoints', { url: receiver.url(path), eventTypes });
  if (status !== 201) throw new Error(text);
  return { id: String(body['id']), secret: String(body['secret']), path };
}

const MAIL = { channelType: 'EMAIL', to: 'ada@example.com', content: { subject: 'Hi', text: 'Secret words' } };
const send = async (message: Body = MAIL) => String((await tenant.api.post('/messages', message)).body['id']);
const makeContact = async () => String((await tenant.api.post('/contacts', { name: 'Ada Lovelace' })).body['id']);
const rows = (body: Body) => body['data'] as Body[];
const one = async ({ id }: Endpoint) => (await tenant.api.get(`/webhook-endpoints/${id}`)).body;
const log = async ({ id }: Endpoint, query = '') =>
  rows((await tenant.api.get(`/webhook-endpoints/${id}/deliveries${query}`)).body);

/** Waits until every delivery of an endpoint is as wanted, and answers the newest in full. */
async function settled({ id }: Endpoint, wanted: (delivery: Body) => boolean): Promise<Body> {
  const { body } = await tenant.api.until(`/webhook-endpoints/${id}/deliveries`, (answer) => {
    const all = rows(answer.body);
    return all.length > 0 && all.every(wanted);
  });
  return (await tenant.api.get(`/webhook-endpoints/${id}/deliveries/${String(rows(body)[0]?.['id'])}`)).body;
}

/** As if the time of what waits had come. */
const hurry = ({ id }: Endpoint) =>
  app.sql(`UPDATE webhook_delivery SET due_at = now() WHERE endpoint_id = $1 AND status = 'PENDING'`, [id]);

function verifiedBy(secret: string, { body, headers }: ReceivedCall): { standard: boolean; svix: boolean } {
  const passes = (verify: () => unknown): boolean => {
    try {
      verify();
      return true;
    } catch {
      return false;
    }
  };
  return {
    standard: passes(() => new StandardWebhook(secret).verify(body, headers)),
    svix: passes(() => new SvixWebhook(secret).verify(body, headers)),
  };
}

const BOTH = { standard: true, svix: true };
const NEITHER = { standard: false, svix: false };

describe('an event for an endpoint', () => {
  it('comes as a CloudEvent with what it is about, and both official libraries verify it to the byte', async () => {
    const hook = await endpoint(['message.delivered']);
    const id = await send();
    const [call] = await receiver.until(hook.path, 1);
    const { timeline: _, ...message } = (await tenant.api.get(`/messages/${id}`)).body;

    expect(verifiedBy(hook.secret, call!)).toEqual(BOTH);
    const flipped = { ...call!, body: call!.body.replace('Secret words', 'secret words') };
    expect(verifiedBy(hook.secret, flipped)).toEqual(NEITHER);
    const elsewhere = { ...call!, headers: { ...call!.headers, 'webhook-id': 'another' } };
    expect(verifiedBy(hook.secret, elsewhere)).toEqual(NEITHER);
    expect(verifiedBy((await endpoint(['contact.*'])).secret, call!)).toEqual(NEITHER);

    expect(call!.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': call!.event.id });
    expect(call!.event).toEqual({
      specversion: '1.0',
      id: expect.any(String),
      type: 'message.delivered',
      source: `urn:carillon:${tenant.tenantId}`,
      time: expect.stringMatching(/^20.*Z$/),
      subject: id,
      datacontenttype: 'application/json',
      data: expect.objectContaining({ messageId: id, status: 'DELIVERED', channelType: 'EMAIL', message }),
    });
    expect((await tenant.api.get(`/events/${call!.event.id}`)).body).toMatchObject({ name: 'message.delivered' });
  });

  it('is told to those whose filter lets it through, once, and to nobody else', async () => {
    const contacts = await endpoint(['contact.*']);
    const everything = await endpoint(['*']);
    const deletions = await endpoint(['contact.deleted']);
    const stranger = await app.tenant();
    const foreign = await endpoint(['*'], stranger.api);
    const id = await makeContact();
    await tenant.api.patch(`/contacts/${id}`, { name: 'Ada King' });
    await tenant.api.delete(`/contacts/${id}`);
    await receiver.until(deletions.path, 1);
    for (const hook of [contacts, everything]) await settled(hook, ({ status }) => status === 'DELIVERED');

    const told = (hook: Endpoint) => [...new Set(receiver.of(hook.path).map(({ event }) => event.type))].toSorted();
    expect(told(contacts)).toEqual(['contact.created', 'contact.deleted', 'contact.updated']);
    expect(told(everything)).toEqual(told(contacts));
    expect(told(deletions)).toEqual(['contact.deleted']);
    expect(told(foreign)).toEqual([]);
    const ids = receiver.of(contacts.path).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
    const [gone] = receiver.of(deletions.path);
    expect(gone!.event.data).toEqual({ contactId: id, contact: null });
    expect(verifiedBy(deletions.secret, gone!)).toEqual(BOTH);
  });

  it('that would be too large is told by its ids', async () => {
    const hook = await endpoint(['message.queued']);
    const id = await send({
      ...MAIL,
      content: { subject: 'Long', text: 'ä'.repeat(100_000), html: 'ö'.repeat(90_000) },
    });
    const [call] = await receiver.until(hook.path, 1);
    expect(call!.event.data).toMatchObject({ messageId: id, omitted: 'message' });
    expect(Buffer.byteLength(call!.body)).toBeLessThan(2_000);
  });
});

describe('the secret', () => {
  it('is shown when it is made and never again, and lies sealed', async () => {
    const hook = await endpoint(['message.*']);
    expect(hook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const shown = [
      await tenant.api.get(`/webhook-endpoints/${hook.id}`),
      await tenant.api.get('/webhook-endpoints'),
      await tenant.api.patch(`/webhook-endpoints/${hook.id}`, { description: 'Ours' }),
      await tenant.api.get('/audit-log'),
    ];
    for (const { status, text } of shown) {
      expect(status).toBe(200);
      expect(text).not.toContain('whsec_');
    }
    const [row] = await app.sql<{ stored: string }>(
      `SELECT to_jsonb(w)::text AS stored FROM webhook_endpoint w WHERE id = $1`,
      [hook.id],
    );
    expect(row?.stored).not.toContain(hook.secret.slice(6));
    expect(row?.stored).toMatch(/"secret": "v1\./);
  });

  it('that is replaced signs beside the new one for a day, and then no more', async () => {
    const hook = await endpoint(['webhook_endpoint.*']);
    const test = async (count: number) => {
      expect((await tenant.api.post(`/webhook-endpoints/${hook.id}/test`)).status).toBe(202);
      return (await receiver.until(hook.path, count)).at(-1)!;
    };
    const fresh = await tenant.api.post(`/webhook-endpoints/${hook.id}/rotate-secret`);
    const next = String(fresh.body['secret']);
    const until = new Date(String(fresh.body['previousSecretUntil'])).getTime() - Date.now();
    expect(Math.round(until / 3_600_000)).toBe(24);

    const during = await test(1);
    expect(during.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    expect([verifiedBy(hook.secret, during), verifiedBy(next, during)]).toEqual([BOTH, BOTH]);
    const flipped = { ...during, body: during.body.replace(hook.id, hook.id.toUpperCase()) };
    expect([verifiedBy(hook.secret, flipped), verifiedBy(next, flipped)]).toEqual([NEITHER, NEITHER]);

    await app.sql('UPDATE webhook_endpoint SET old_secret_until = now() WHERE id = $1', [hook.id]);
    const after = await test(2);
    expect([verifiedBy(hook.secret, after), verifiedBy(next, after)]).toEqual([NEITHER, BOTH]);
    expect((await one(hook))['previousSecretUntil']).toBeNull();
  });
});

describe('whoever sets the address', () => {
  it('has it told personal data only with the permission to see it, and whoever moves it as well', async () => {
    const blind = new Api(
      app.url,
      await app.key(tenant.tenantId, ['webhooks:manage', 'messages:read', 'contacts:read']),
    );
    const hook = await endpoint(['message.delivered', 'contact.created'], blind);
    const open = await endpoint(['message.delivered', 'contact.created']);
    expect(await one(hook)).toMatchObject({ channelTypes: null, personalDataOn: [] });
    await send();
    await receiver.until(hook.path, 2);
    await receiver.until(open.path, 2);
    for (const { body } of receiver.of(hook.path)) expect(body).not.toMatch(/ada@example|Secret words/);
    expect(receiver.of(hook.path, 'message.delivered')[0]!.event.data['message']).toMatchObject({
      to: 'a•••@example.com',
      content: {},
    });
    const told = receiver
      .of(open.path)
      .map(({ body }) => body)
      .join();
    expect(told).toContain('Secret words');
    expect(told).toContain('ada@example.com');

    await blind.patch(`/webhook-endpoints/${open.id}`, { url: receiver.url('/moved') });
    await send();
    const [moved] = await receiver.until('/moved', 1, 'message.delivered');
    expect(moved!.body).not.toMatch(/ada@example|Secret words/);
  });

  it('may not have it told what they may not read', async () => {
    const { tenantId } = tenant;
    const api = async (...scopes: string[]) =>
      new Api(app.url, await app.key(tenantId, ['webhooks:manage', ...scopes]));
    const make = async (by: Api, types: string[]) =>
      (await by.post('/webhook-endpoints', { url: receiver.url('/x'), eventTypes: types })).status;
    expect(await make(await api(), ['message.sent'])).toBe(403);
    expect(await make(await api('messages:read'), ['session.*'])).toBe(201);
    expect(await make(await api('messages:read'), ['contact.created'])).toBe(403);
    expect(await make(await api('messages:read'), ['*'])).toBe(403);
    expect(await make(await api(), ['webhook_endpoint.disabled'])).toBe(201);
    const hook = await endpoint(['*']);
    expect((await (await api()).patch(`/webhook-endpoints/${hook.id}`, { url: receiver.url('/y') })).status).toBe(403);
  });

  it('has it told of messages on the channel types that they may read', async () => {
    const user = await tenant.api.post('/users', { subject: 'sms-only' });
    const actions = ['webhooks:manage', 'webhooks:read', 'messages:read', 'contacts:pii'];
    await tenant.api.put(`/users/${String(user.body['id'])}/permissions`, {
      permissions: [{ channelType: 'SMS', actions }],
    });
    const key = await tenant.api.post('/api-keys', { name: 'k', scopes: ['*'], userId: user.body['id'] });
    const sms = new Api(app.url, String(key.body['key']));
    const hook = await endpoint(['message.delivered'], sms);
    const all = await endpoint(['message.delivered']);
    await send();
    await send({ channelType: 'SMS', to: '+14155550123', content: { text: 'Short words' } });
    await receiver.until(all.path, 2);
    const [call, ...more] = await receiver.until(hook.path, 1);
    expect(more).toEqual([]);
    expect(call!.event.data).toMatchObject({ channelType: 'SMS', message: { content: { text: 'Short words' } } });
    const seen = await sms.get(`/webhook-endpoints/${all.id}/deliveries`);
    expect(rows(seen.body)).toHaveLength(1);
  });
});

describe('an endpoint that fails', () => {
  const fails =
    (status: number, headers = {}, body = 'no') =>
    (_: ReceivedCall, response: ServerResponse) =>
      void response.writeHead(status, headers).end(body);

  it('is told again after a wait, with the same id, and the log says what it answered', async () => {
    const hook = await endpoint(['contact.created']);
    receiver.answers(hook.path, fails(500, {}, `€${'x'.repeat(5_000)}`));
    await makeContact();
    const first = await settled(hook, ({ attempts, statusCode }) => attempts === 1 && statusCode === 500);
    expect(first).toMatchObject({ status: 'PENDING', type: 'contact.created', failure: null });
    expect((first['log'] as Body[])[0]).toMatchObject({ no: 1, statusCode: 500, fault: null });
    expect(Buffer.byteLength(String((first['log'] as Body[])[0]?.['body']))).toBeLessThanOrEqual(1026);
    const wait =
      Date.parse(String(first['nextAttemptAt'])) - Date.parse(String((first['log'] as Body[])[0]?.['startedAt']));
    expect(wait).toBeGreaterThan(3_900);
    expect((await one(hook))['failingSince']).not.toBeNull();

    receiver.answers(hook.path, fails(200, { 'content-encoding': 'gzip' }, 'not really'));
    await hurry(hook);
    const second = await settled(hook, ({ status }) => status === 'DELIVERED');
    expect((second['log'] as Body[]).map(({ statusCode }) => statusCode)).toEqual([500, 200]);
    expect(second).toMatchObject({ attempts: 2, statusCode: 200, nextAttemptAt: null });
    const ids = receiver.of(hook.path).map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([second['eventId'], second['eventId']]);
    expect((await one(hook))['failingSince']).toBeNull();
  });

  it('with a redirect is not followed, and with Retry-After is given the time that it asks for', async () => {
    const [moved, busy] = [await endpoint(['contact.created']), await endpoint(['contact.created'])];
    receiver.answers(moved.path, fails(302, { location: receiver.url('/elsewhere') }));
    receiver.answers(busy.path, fails(429, { 'retry-after': '7200' }));
    await makeContact();
    const tried = ({ attempts, statusCode }: Body) => attempts === 1 && statusCode !== null;
    expect(await settled(moved, tried)).toMatchObject({ status: 'PENDING', statusCode: 302 });
    expect(receiver.of('/elsewhere')).toEqual([]);
    const delivery = await settled(busy, tried);
    expect(Date.parse(String(delivery['nextAttemptAt'])) - Date.now()).toBeGreaterThan(7_100_000);
  });

  it('by closing the connection is said to be unreachable', async () => {
    const hook = await endpoint(['contact.created']);
    receiver.answers(hook.path, (_, response) => void response.destroy());
    await makeContact();
    const delivery = await settled(hook, ({ attempts, nextAttemptAt }) => attempts === 1 && isLater(nextAttemptAt));
    expect((delivery['log'] as Body[])[0]).toMatchObject({ statusCode: null, fault: 'unreachable', body: null });
  });

  it('is given up after eight tries, and told again when somebody asks', async () => {
    const hook = await endpoint(['contact.created']);
    receiver.answers(hook.path, fails(503));
    await makeContact();
    for (let tries = 1; tries <= 8; tries++) {
      await receiver.until(hook.path, tries);
      await settled(
        hook,
        ({ statusCode, nextAttemptAt, status }) =>
          statusCode === 503 && (status === 'FAILED' || isLater(nextAttemptAt)),
      );
      await hurry(hook);
    }
    const given = await settled(hook, ({ status }) => status === 'FAILED');
    expect(given).toMatchObject({ failure: 'exhausted', attempts: 8 });
    expect(await log(hook, '?status=FAILED')).toHaveLength(1);
    expect(await log(hook, '?status=DELIVERED')).toEqual([]);

    receiver.answers(hook.path, fails(200));
    const again = await tenant.api.post(`/webhook-endpoints/${hook.id}/deliveries/${String(given['id'])}/retry`);
    expect([again.status, again.body['status']]).toEqual([202, 'PENDING']);
    expect(await settled(hook, ({ status }) => status === 'DELIVERED')).toMatchObject({ attempts: 9, failure: null });
  });

  it('with 410 is switched off at once: what waits ends, the others and the audit log are told', async () => {
    const [hook, other] = [await endpoint(['contact.created']), await endpoint(['webhook_endpoint.*'])];
    receiver.answers(hook.path, fails(500));
    await makeContact();
    await settled(hook, ({ statusCode }) => statusCode === 500);
    receiver.answers(hook.path, fails(410));
    await tenant.api.post(`/webhook-endpoints/${hook.id}/test`);
    const [notice] = await receiver.until(other.path, 1);
    expect(notice!.event).toMatchObject({ type: 'webhook_endpoint.disabled', subject: hook.id });
    expect(notice!.event.data).toEqual({ endpointId: hook.id, reason: 'gone' });
    expect(await one(hook)).toMatchObject({ status: 'DISABLED', disabledReason: 'gone' });
    const ends = (await log(hook)).map(({ status, failure }) => [status, failure]);
    expect(ends).toEqual([
      ['FAILED', 'gone'],
      ['FAILED', 'endpoint_disabled'],
    ]);
    const audited = rows((await tenant.api.get('/audit-log')).body).find(
      ({ action }) => action === 'webhook_endpoint.disabled',
    );
    expect(audited).toMatchObject({ actor: 'carillon', resourceId: hook.id });
    expect((await tenant.api.post(`/webhook-endpoints/${hook.id}/test`)).status).toBe(409);
    expect(
      (await tenant.api.post(`/webhook-endpoints/${hook.id}/replay`, { since: '2026-01-01T00:00:00Z' })).status,
    ).toBe(409);
  });

  it('for five days is switched off, and hears of all it missed when it is back', async () => {
    const hook = await endpoint(['contact.created']);
    receiver.answers(hook.path, fails(500));
    const since = new Date().toISOString();
    const known = await makeContact();
    await settled(hook, ({ statusCode }) => statusCode === 500);
    await app.sql(`UPDATE webhook_endpoint SET failing_since = now() - interval '4 days 23 hours' WHERE id = $1`, [
      hook.id,
    ]);
    await hurry(hook);
    await settled(hook, ({ attempts, nextAttemptAt }) => attempts === 2 && isLater(nextAttemptAt));
    expect(await one(hook)).toMatchObject({ status: 'ACTIVE' });
    await app.sql(`UPDATE webhook_endpoint SET failing_since = now() - interval '5 days 1 minute' WHERE id = $1`, [
      hook.id,
    ]);
    await hurry(hook);
    await tenant.api.until(`/webhook-endpoints/${hook.id}`, ({ body }) => body['disabledReason'] === 'failing');

    const missed = await makeContact();
    await tenant.api.until('/events?status=PENDING', ({ body }) => rows(body).length === 0);
    expect(await log(hook)).toHaveLength(1);
    receiver.answers(hook.path, fails(200));
    const enabled = await tenant.api.patch(`/webhook-endpoints/${hook.id}`, { status: 'ACTIVE' });
    expect(enabled.body).toMatchObject({
      status: 'ACTIVE',
      disabledReason: null,
      disabledAt: null,
      failingSince: null,
    });
    const replayed = await tenant.api.post(`/webhook-endpoints/${hook.id}/replay`, { since });
    expect([replayed.status, replayed.body]).toEqual([202, { queued: 2, next: null }]);
    await settled(hook, ({ status }) => status === 'DELIVERED');
    const told = receiver
      .of(hook.path)
      .slice(-2)
      .map(({ event }) => event.data['contactId']);
    expect(told.toSorted()).toEqual([known, missed].toSorted());
    const none = await tenant.api.post(`/webhook-endpoints/${hook.id}/replay`, { since, types: ['contact.deleted'] });
    expect(none.body).toEqual({ queued: 0, next: null });
  });
});

const isLater = (at: unknown) =>
  Date.parse(String(at)) > Date.now() - 1_000 && Date.parse(String(at)) < Date.now() + 50_000_000;

describe('a delivery', () => {
  it('whose process died is made again when its lease is over, and the dead one has no say any more', async () => {
    const hook = await endpoint(['contact.created']);
    const held: ServerResponse[] = [];
    receiver.answers(hook.path, (_, response) => void held.push(response));
    await makeContact();
    await receiver.until(hook.path, 1);
    await app.sql(
      `UPDATE webhook_delivery SET lease_until = now() - interval '1 second', due_at = now() WHERE endpoint_id = $1`,
      [hook.id],
    );
    const calls = await receiver.until(hook.path, 2);
    expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    held[1]!.writeHead(200).end();
    await settled(hook, ({ status }) => status === 'DELIVERED');
    held[0]!.writeHead(500).end('late');
    const late = await tenant.api.until(
      `/webhook-endpoints/${hook.id}/deliveries/${String((await log(hook))[0]?.['id'])}`,
      ({ body }) => (body['log'] as Body[]).every(({ statusCode }) => statusCode !== null),
    );
    expect(late.body).toMatchObject({ status: 'DELIVERED', statusCode: 200 });
    expect((late.body['log'] as Body[]).map(({ statusCode }) => statusCode)).toEqual([500, 200]);
  });

  it('of a deleted endpoint is none', async () => {
    const hook = await endpoint(['contact.created']);
    expect((await tenant.api.delete(`/webhook-endpoints/${hook.id}`)).status).toBe(204);
    await makeContact();
    expect(await app.sql('SELECT type FROM event_interest WHERE tenant_id = $1', [tenant.tenantId])).toEqual([]);
    expect((await tenant.api.get(`/webhook-endpoints/${hook.id}`)).status).toBe(404);
    expect((await tenant.api.get(`/webhook-endpoints/${hook.id}/deliveries`)).status).toBe(404);
    expect(rows((await tenant.api.get('/webhook-endpoints')).body)).toEqual([]);
    expect(receiver.of(hook.path)).toEqual([]);
  });
});

describe('an address', () => {
  it.each([
    ['no address', 'hook'],
    ['of another protocol', 'ftp://example.com/hook'],
    ['with a password', 'https://me:secret@example.com/hook'],
    ['on another port', 'https://example.com:22/hook'],
    ['inside', 'https://10.0.0.1/hook'],
    ['of this machine', 'https://127.0.0.1/hook'],
    ['of the metadata of a cloud', 'http://169.254.169.254/latest'],
    ['of this machine in IPv6', 'https://[::1]/hook'],
  ])('%s is refused', async (_, url) => {
    const { status, body } = await tenant.api.post('/webhook-endpoints', { url, eventTypes: ['*'] });
    expect([status, body['errors']]).toEqual([422, [expect.objectContaining({ pointer: '/url' })]]);
  });

  it('whose name leads inside is not called', async () => {
    const url = `http://localhost:${inside.port}/hook`;
    const made = await tenant.api.post('/webhook-endpoints', { url, eventTypes: ['contact.created'] });
    const hook = { id: String(made.body['id']), secret: '', path: '' };
    await makeContact();
    const delivery = await settled(hook, ({ attempts, nextAttemptAt }) => attempts === 1 && isLater(nextAttemptAt));
    expect((delivery['log'] as Body[])[0]).toMatchObject({ statusCode: null, fault: 'not_allowed', body: null });
    expect(inside.hits).toBe(0);
  });
});

it('has a dead endpoint delay no other', async () => {
  const DEAD = 60;
  const WAITING = 1_000;
  const EVENTS = 100;
  // As many that hang as there are places, each just about to be found out, and one more with a thousand waiting.
  const open = new Set<ServerResponse>();
  const hang = (_: ReceivedCall, response: ServerResponse) => void open.add(response);
  const crowd = await app.tenant();
  const dead: Endpoint[] = [];
  for (let n = 0; n < DEAD; n++) {
    const owner = n < 30 ? tenant : crowd;
    const hook = await endpoint(['contact.deleted'], owner.api);
    receiver.answers(hook.path, hang);
    dead.push(hook);
  }
  await app.sql(
    `INSERT INTO webhook_delivery (tenant_id, id, endpoint_id, event_id, type, data, at)
     SELECT e.tenant_id, gen_random_uuid(), e.id, gen_random_uuid(), 'contact.deleted', '{}', now()
     FROM webhook_endpoint e, generate_series(1, CASE WHEN e.id = $2 THEN ${WAITING} ELSE 20 END) WHERE e.id = ANY ($1)`,
    [dead.map(({ id }) => id), dead[0]!.id],
  );
  for (const { path } of dead.slice(0, 10)) await receiver.until(path, 1);

  const healthy = await endpoint(['contact.created']);
  const delays: number[] = [];
  for (let n = 1; n <= EVENTS; n++) {
    const begun = performance.now();
    await makeContact();
    const calls = await receiver.until(healthy.path, n);
    delays.push((calls.at(-1)?.receivedAt ?? 0) - begun);
  }
  const p95 = delays.toSorted((a, b) => a - b)[Math.floor(EVENTS * 0.95)];
  console.info(
    `${DEAD} hanging endpoints with ${WAITING + 20 * (DEAD - 1)} deliveries due, ${open.size} calls hanging: ` +
      `p95 of ${EVENTS} events to a healthy one is ${p95?.toFixed()} ms, from the request that made the event to the call`,
  );
  expect(open.size).toBeGreaterThan(10);
  const most = Math.max(...dead.map(({ path }) => receiver.of(path).length));
  expect(most).toBeLessThanOrEqual(8);
  const [told] = await app.sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM webhook_delivery WHERE endpoint_id = ANY ($1) AND status <> 'PENDING'`,
    [dead.map(({ id }) => id)],
  );
  expect(told?.count).toBe(0); // all hundred were told while every call of the dead ones was hanging
  for (const response of open) response.destroy();
});

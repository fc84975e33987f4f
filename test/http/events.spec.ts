import { EventConsumers, type TenantEvent } from '../../src/events/event-consumers';
import { setInterest } from '../../src/events/event-interest.queries';
import { OWN_EVENT_TYPES } from '../../src/events/event-types';
import { Problem } from '../../src/platform/http/problem';
import { TenantDb } from '../../src/platform/db/tenant-db';
import { startApp, type TestApp, type TestTenant } from '../support/app';

let app: TestApp;
let tenant: TestTenant;
let other: TestTenant;

type Body = Record<string, unknown>;

/** What was handed out, in the order in which it came. */
const heard: TenantEvent[] = [];
/** Names of events that nobody can digest, with how often they were offered. */
const poison = new Map<string, number>();

beforeAll(async () => {
  app = await startApp();
  [tenant, other] = [await app.tenant(), await app.tenant()];
  app.runtime.app.get(EventConsumers).register({
    name: 'the test',
    take: async (_, events) => {
      for (const event of events) {
        const tries = poison.get(event.type);
        if (tries === undefined) continue;
        poison.set(event.type, tries + 1);
        throw Problem.invalidField('/payload/total', 'must be a number');
      }
      heard.push(...events);
    },
  });
});
afterAll(() => app.close());

const handled = (id: unknown) =>
  tenant.api.until(`/events/${String(id)}`, ({ body }) => body['status'] !== 'PENDING', 15_000);

const heardOf = (type: string) => heard.filter((event) => event.type === type);

async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('an event of a tenant', () => {
  it('is stored with what it says and handed out once', async () => {
    const told = { name: 'order.paid', eventId: 'order-1', payload: { total: 12.5 }, at: '2026-11-01T10:00:00Z' };
    const { status, body, headers } = await tenant.api.post('/events', told);
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/api/v1/communication/events/${String(body['id'])}`);
    expect(body).toMatchObject({
      name: 'order.paid',
      source: 'api',
      eventId: 'order-1',
      at: '2026-11-01T10:00:00.000Z',
    });
    const after = await handled(body['id']);
    expect(after.body).toMatchObject({ status: 'HANDLED', payload: { total: 12.5 }, failure: null });
    expect(heardOf('order.paid')).toEqual([
      expect.objectContaining({ id: body['id'], data: { total: 12.5 }, contactId: null }),
    ]);
  });

  it('is one event, however often and however many at once tell it', async () => {
    const told = { name: 'order.shipped', eventId: 'order-2' };
    const answers = await Promise.all(Array.from({ length: 40 }, () => tenant.api.post('/events', told)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
    await handled(answers[0]?.body['id']);
    expect(heardOf('order.shipped')).toHaveLength(1);
    const elsewhere = await other.api.post('/events', told);
    expect(elsewhere.body['id']).not.toBe(answers[0]?.body['id']);
  });

  it('makes the contact that it names, and finds it by its address the next time', async () => {
    const contact = { externalId: 'user-9', email: 'nine@example.com', name: 'Nine' };
    const first = await tenant.api.post('/events', { name: 'user.seen', contact });
    const again = await tenant.api.post('/events', { name: 'user.seen', contact: { ...contact, name: 'No. 9' } });
    const byAddress = await tenant.api.post('/events', { name: 'user.seen', contact: { email: 'NINE@example.com' } });
    const ids = [first, again, byAddress].map(({ body }) => body['contactId']);
    expect(new Set(ids).size).toBe(1);
    expect((await tenant.api.get('/contacts/ext:user-9')).body).toMatchObject({ id: ids[0], name: 'No. 9' });
  });

  it.each([
    ['no name of an event', { name: 'not a name' }, '/name'],
    ['the name of a message event', { name: 'message.delivered' }, '/name'],
    ['the name of a contact event', { name: 'contact.created' }, '/name'],
    ['a list as payload', { name: 'a', payload: [1] }, '/payload'],
    ['a payload that is too large', { name: 'a', payload: { x: 'y'.repeat(33_000) } }, '/payload'],
    ['no time', { name: 'a', at: 'yesterday' }, '/at'],
    ['an empty id', { name: 'a', eventId: '' }, '/eventId'],
    ['an address that is none', { name: 'a', contact: { email: 'nobody' } }, '/contact/email'],
    ['a contact of nothing', { name: 'a', contact: {} }, undefined],
    [
      'two ways to name the contact',
      { name: 'a', contactId: '018f0000-0000-7000-8000-000000000000', contact: { name: 'x' } },
      '/contact',
    ],
  ])('is refused with %s', async (_, body, pointer) => {
    const { status, body: problem } = await tenant.api.post('/events', body);
    expect(status).toBe(422);
    if (pointer) expect((problem['errors'] as Body[]).map((error) => error['pointer'])).toContain(pointer);
  });

  it('that cannot be digested is tried four times, keeps nobody back, waits as FAILED and can be tried again', async () => {
    poison.set('order.broken', 0);
    const { body } = await tenant.api.post('/events', { name: 'order.broken', payload: { total: 'x' } });
    const good = await tenant.api.post('/events', { name: 'order.good' });
    expect((await handled(good.body['id'])).body['status']).toBe('HANDLED');
    // The waits grow; the test does not sit through them.
    for (let tries = 1; tries < 4; tries++) {
      await tenant.api.until(`/events/${String(body['id'])}`, (answer) => answer.body['tries'] === tries);
      await app.sql(`UPDATE tenant_event SET due_at = now() WHERE id = $1`, [body['id']]);
    }
    expect((await handled(body['id'])).body).toMatchObject({
      ...{ status: 'FAILED', tries: 4, failure: expect.stringContaining('/payload/total must be a number') },
    });
    const failed = await tenant.api.get('/events?status=FAILED');
    expect((failed.body['data'] as Body[]).map(({ id }) => id)).toEqual([body['id']]);
    expect((await tenant.api.post(`/events/${String(good.body['id'])}/retry`, {})).status).toBe(409);
    poison.delete('order.broken');
    expect((await tenant.api.post(`/events/${String(body['id'])}/retry`, {})).status).toBe(200);
    expect((await handled(body['id'])).body['status']).toBe('HANDLED');
    expect(heardOf('order.broken')).toHaveLength(1);
  });
});

describe("Carillon's own events", () => {
  const want = (who: TestTenant, types: readonly string[]) =>
    app.runtime.app.get(TenantDb).run(who.tenantId, (tx) => setInterest(tx, 'the test', types));

  it('are told of messages, sessions and contacts, to those who want them only, and say nothing of the person', async () => {
    await want(tenant, OWN_EVENT_TYPES);
    const send = (who: TestTenant) =>
      who.api.post('/messages', {
        channelType: 'EMAIL',
        to: 'secret+read@example.com',
        content: { subject: 'Hi', text: 'Hi' },
      });
    const [mine, theirs] = [await send(tenant), await send(other)];
    await until(() => heardOf('message.read').length > 0);
    const about = heard.filter(({ messageId }) => messageId === mine.body['id']).map(({ type }) => type);
    expect(about).toEqual(['message.queued', 'message.sent', 'message.delivered', 'message.read']);
    expect(heard.some(({ messageId }) => messageId === theirs.body['id'])).toBe(false);
    const { contactId, sessionId } = (await tenant.api.get(`/messages/${String(mine.body['id'])}`)).body as Record<
      string,
      string
    >;
    await tenant.api.patch(`/contacts/${contactId}`, { language: 'de', attributes: { plan: 'gold' } });
    await tenant.api.delete(`/contacts/${contactId}`);
    await until(() => heardOf('contact.deleted').length > 0);
    const ofContact = heard.filter((event) => event.contactId === contactId && event.type.startsWith('contact.'));
    expect(ofContact.map(({ type, data }) => [type, data['changed']])).toEqual([
      ['contact.created', undefined],
      ['contact.updated', ['attributes.plan', 'language']],
      ['contact.updated', ['addresses']],
      ['contact.deleted', undefined],
    ]);
    const made = await tenant.api.post('/contacts', { name: 'Bob', email: 'bob@example.com', language: 'de' });
    await until(() => heard.some((event) => event.contactId === made.body['id']));
    expect(heard.filter((event) => event.contactId === made.body['id']).map(({ type }) => type)).toEqual([
      'contact.created',
    ]);
    expect(heardOf('session.opened')).toHaveLength(1);
    await tenant.api.patch(`/sessions/${sessionId}`, { status: 'COMPLETED' });
    await until(() => heardOf('session.closed').length > 0);
    expect(JSON.stringify(heard)).not.toContain('secret');
  });

  it('are not told any more when nobody wants them', async () => {
    await want(tenant, ['message.sent']);
    const { body } = await tenant.api.post('/messages', {
      ...{ channelType: 'SMS', to: '+14155552671', content: { text: 'Hi' } },
    });
    await tenant.api.until(`/messages/${String(body['id'])}`, (answer) => answer.body['status'] === 'DELIVERED');
    await until(() => heard.some(({ messageId }) => messageId === body['id']));
    const types = heard.filter(({ messageId }) => messageId === body['id']).map(({ type }) => type);
    expect(types).toEqual(['message.sent']);
  });
});

it('hands events out in one order that a reader can go by, with several tellers at once', async () => {
  const api = other.api;
  await Promise.all(Array.from({ length: 60 }, (_, n) => api.post('/events', { name: 'counted', payload: { n } })));
  await api.until('/events?status=PENDING', ({ body }) => (body['data'] as Body[]).length === 0);
  const rows = await app.sql<{ seq: string; handledAt: Date }>(
    `SELECT seq, handled_at AS "handledAt" FROM tenant_event WHERE tenant_id = $1 AND type = 'counted' ORDER BY seq`,
    [other.tenantId],
  );
  expect(rows).toHaveLength(60);
  expect(heardOf('counted')).toHaveLength(60);
  const times = rows.map(({ handledAt }) => handledAt.getTime());
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

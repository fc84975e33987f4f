import { startApp, type TestApp, type TestTenant } from '../support/app';
import { CONFIRMATION, of, SHIPPED } from './order-messages';
import { startOrderQueue, type OrderQueue } from '../support/fauxqs';

let app: TestApp;
let tenant: TestTenant;
let orders: OrderQueue;

type Body = Record<string, unknown>;

beforeAll(async () => {
  [app, orders] = await Promise.all([
    startApp({ EVENT_SOURCE_ALLOWED_HOSTS: '127.0.0.1, localhost' }),
    startOrderQueue(),
  ]);
  tenant = await app.tenant();
  const connected = await tenant.api.post('/event-sources', { name: 'orders', ...orders.source });
  expect(connected.status).toBe(201);
});
afterAll(async () => {
  await app.close();
  await orders.stop();
});

const byName = (a: string, b: string) => (a < b ? -1 : 1);
const sentTo = async (address: string, api = tenant.api) => {
  const { body } = await api.get('/sandbox/messages?limit=100');
  return (body['data'] as Body[]).filter(({ to }) => to === address);
};
const delivered = async (address: string, count = 1, api = tenant.api) => {
  const isThere = ({ body }: { body: Body }) =>
    (body['data'] as Body[]).filter(({ to }) => to === address).length >= count;
  await api.until('/sandbox/messages?limit=100', isThere, 80_000);
  return sentTo(address, api);
};
const events = async (query: string, wanted: (found: Body[]) => boolean, api = tenant.api) =>
  (await api.until(`/events?limit=100&${query}`, ({ body }) => wanted(body['data'] as Body[]), 25_000)).body[
    'data'
  ] as Body[];
const queueEmpty = () => tenant.api.until('/event-sources', () => orders.left() === 0);
/** An event that is told after them and handled shows that all of them are. */
const allHandled = () => events('status=PENDING', (found) => found.length === 0);

describe('an order that is published to SNS and passed on to SQS', () => {
  it('ends as an e-mail, because nobody gets confirmations by SMS unasked', async () => {
    orders.publish(CONFIRMATION);

    const [mail] = await delivered('customer@example.com');
    expect(mail?.['content']).toMatchObject({ subject: 'We have your order order-456' });
    const { text, html } = (mail?.['content'] ?? {}) as Record<string, string>;
    expect(text).toBe(
      'Hello John Doe,\n\nthank you for your order order-456.\n\n2 x Product A: 29.99\n\nTotal: 59.98\n',
    );
    expect(html).toContain('<li>2 × Product A: 29.99</li>');
    await allHandled();
    expect(await sentTo('+14155550123')).toEqual([]);
  });

  it('makes a contact of the user, with what the message says', async () => {
    const { body } = await tenant.api.get('/contacts/ext:user-123');
    expect(body).toMatchObject({ externalId: 'user-123', name: 'John Doe', email: 'customer@example.com' });
    expect(body['phone']).toBe('+14155550123');
    const { body: told } = await tenant.api.get('/events?name=order_confirmation');
    expect((told['data'] as Body[])[0]).toMatchObject({ source: 'sqs', status: 'HANDLED', contactId: body['id'] });
  });

  it('ends as an e-mail and an SMS where it is about the state of the order', async () => {
    orders.publish(SHIPPED);

    const [text] = await delivered('+14155550123');
    expect(text?.['content']).toMatchObject({
      text: 'Your order order-456: on its way.\nTracking number: TRACK123456',
    });
    const [mail] = await delivered('customer@example.com', 2);
    expect(mail?.['content']).toMatchObject({ subject: 'Your order order-456: on its way' });
  });

  it('ends as an e-mail alone after the user switched SMS off', async () => {
    const choice = { topics: { order_status_update: { SMS: false } } };
    expect((await tenant.api.post('/contacts/ext:user-123/preferences', choice)).status).toBe(200);
    orders.publish({ ...SHIPPED, orderData: { ...SHIPPED.orderData, status: 'DELIVERED' } });

    const [mail] = await delivered('customer@example.com', 3);
    expect(mail?.['content']).toMatchObject({ subject: 'Your order order-456: delivered' });
    await allHandled();
    expect(await sentTo('+14155550123')).toHaveLength(1);
  });

  it('goes by SMS too where the user asked for confirmations there', async () => {
    await tenant.api.post('/contacts', { externalId: 'user-7', phone: '+14155550007' });
    const choice = { topics: { order_confirmation: { SMS: true } } };
    expect((await tenant.api.post('/contacts/ext:user-7/preferences', choice)).status).toBe(200);
    orders.publish(of(CONFIRMATION, 'user-7'));

    expect(await delivered('+14155550007')).toHaveLength(1);
    expect(await delivered('user-7@example.com')).toHaveLength(1);
  });

  it('asks the user as well where somebody else has the address', async () => {
    await tenant.api.post('/contacts', { externalId: 'neighbour', phone: '+14155550031' });
    await tenant.api.post('/contacts', { externalId: 'user-31' });
    await tenant.api.post('/contacts/ext:user-31/preferences', { topics: { order_status_update: { SMS: false } } });
    orders.publish(of(SHIPPED, 'user-31'));

    expect(await delivered('user-31@example.com')).toHaveLength(1);
    await allHandled();
    expect(await sentTo('+14155550031')).toEqual([]);
    expect((await tenant.api.get('/contacts/ext:neighbour')).body['phone']).toBe('+14155550031');
  });

  it('speaks the language of the contact', async () => {
    await tenant.api.post('/contacts', { externalId: 'user-8', language: 'de-AT' });
    orders.publish(of(SHIPPED, 'user-8'));

    const [text] = await delivered('+14155550008');
    expect(text?.['content']).toMatchObject({
      text: 'Ihre Bestellung order of user-8: unterwegs.\nSendungsnummer: TRACK123456',
    });
  });

  it('is one notification when it comes a thousand times', async () => {
    for (let time = 0; time < 1_000; time += 1) orders.publish(of(SHIPPED, 'user-1000'));
    orders.publish(of(SHIPPED, 'user-1001'));

    await delivered('user-1001@example.com');
    await allHandled();
    expect(await sentTo('user-1000@example.com')).toHaveLength(1);
    expect(await sentTo('+14155551000')).toHaveLength(1);
    await queueEmpty();
  }, 90_000);
});

describe('a message that cannot be read', () => {
  const POISON = [
    'not json at all',
    { userId: 'user-9', hello: 'world' },
    { ...SHIPPED, orderData: {} },
    `{"a":"${'x'.repeat(70_000)}"}`,
  ];

  it('is put aside with the reason and what it was, and acknowledged', async () => {
    for (const message of POISON) orders.send(message);
    const failed = await events('status=FAILED', (found) => found.length === POISON.length);

    expect(failed.map(({ name, source, tries }) => ({ name, source, tries }))).toEqual(
      POISON.map(() => ({ name: 'carillon.unreadable_message', source: 'sqs', tries: 0 })),
    );
    expect(failed.map(({ failure }) => String(failure)).toSorted(byName)).toEqual([
      'invalid_json',
      'missing_field: notificationType, or name',
      'missing_field: orderData.orderId',
      'too_large: more than 65536 bytes',
    ]);
    const { body } = await tenant.api.get(
      `/events/${String(failed.find(({ failure }) => failure === 'invalid_json')?.['id'])}`,
    );
    expect(body['payload']).toMatchObject({ raw: 'not json at all' });
    await queueEmpty();
  });

  it('can be tried again, and says anew why not', async () => {
    const found = await events('status=FAILED', (all) => all.length > 0);
    const failed = found.find(({ failure }) => failure === 'invalid_json');
    const again = await tenant.api.post(`/events/${String(failed?.['id'])}/retry`);
    expect(again.body).toMatchObject({ status: 'PENDING' });
    const { body } = await tenant.api.until(
      `/events/${String(failed?.['id'])}`,
      (answer) => answer.body['tries'] === 1,
    );
    expect(body['failure']).toBe(`invalid_field: /payload/raw ${String(failed?.['failure'])}`);
  });

  it('becomes what it says when this program has learnt to read it', async () => {
    const raw = JSON.stringify(of(SHIPPED, 'user-11'));
    const [failed] = await app.sql<{ id: string }>(
      `UPDATE tenant_event SET data = jsonb_set(data, '{raw}', to_jsonb($2::text)) WHERE tenant_id = $1
         AND failure = 'missing_field: orderData.orderId' RETURNING id`,
      [tenant.tenantId, raw],
    );
    await tenant.api.post(`/events/${failed?.id}/retry`);
    expect(await delivered('user-11@example.com')).toHaveLength(1);
  });

  it('does not keep back what nobody acts on', async () => {
    orders.send({ userId: 'user-12', notificationType: 'nobody_asked' });
    const [event] = await events('name=nobody_asked', (found) => found[0]?.['status'] === 'HANDLED');
    expect(event).toMatchObject({ failure: null, contactId: null });
  });

  it('is not left when the person whom it names is erased', async () => {
    await tenant.api.post('/contacts', { externalId: 'user-13', email: 'user-13@example.com' });
    orders.send({ to: 'User-13@example.com' });
    orders.send({ userId: 'user-13', notificationType: 'nobody_asked' });
    const failed = () =>
      app.sql(`SELECT 1 FROM tenant_event WHERE tenant_id = $1 AND data::text ILIKE '%user-13%'`, [tenant.tenantId]);
    await queueEmpty();
    expect(await failed()).toHaveLength(2);

    const { body } = await tenant.api.get('/contacts/ext:user-13');
    const erased = await tenant.api.post(`/contacts/${String(body['id'])}/erase`);
    expect(erased.status).toBe(200);
    expect(await failed()).toEqual([]);
  });
});

describe('a notification that cannot be made', () => {
  it('is tried again and then put aside, and goes when it was mended', async () => {
    await tenant.api.put('/topics/ticket_sold', { title: 'Tickets' });
    const template = { name: 'ticket_sold', channelType: 'EMAIL', subject: 'Seat {{ seat }}', body: 'Seat {{ seat }}' };
    const made = await tenant.api.post('/templates', { ...template, variables: [{ name: 'seat' }] });
    const told = await tenant.api.post('/events', { name: 'ticket_sold', contact: { email: 'seat@example.com' } });
    const id = String(told.body['id']);
    const failed = await tenant.api.until(`/events/${id}`, ({ body }) => body['status'] === 'FAILED', 20_000);
    expect(failed.body).toMatchObject({
      tries: 4,
      failure: 'invalid_field: /variables/seat is required by the template',
    });

    await tenant.api.patch(`/templates/${String(made.body['id'])}`, { variables: [{ name: 'seat', default: 'any' }] });
    await tenant.api.post(`/events/${id}/retry`);
    expect((await delivered('seat@example.com'))[0]?.['content']).toMatchObject({ subject: 'Seat any' });
  });
});

describe('the first channel on which a person can be reached', () => {
  const order = ['WHATSAPP', 'SMS', 'EMAIL'];
  let other: TestTenant;
  const tell = (user: string, email = `${user}@example.com`, phone = of(SHIPPED, user).recipientPhone) =>
    other.api.post('/events', {
      name: 'order_status_update',
      payload: { ...of(SHIPPED, user), recipientEmail: email, recipientPhone: phone },
    });
  const stepsOf = async (event: unknown) => {
    const rows = await app.sql<{ steps: Body[]; fallback_until: Date | null }>(
      `SELECT steps, fallback_until FROM notification WHERE tenant_id = $1 AND event_id = $2`,
      [other.tenantId, event],
    );
    return rows[0]?.steps.map(({ channelType, outcome }) => `${String(channelType)} ${String(outcome)}`);
  };

  beforeAll(async () => {
    other = await app.tenant();
    const words = { name: 'order_status_update', channelType: 'WHATSAPP', body: 'Order {{ orderId }}' };
    await other.api.put('/notification-routes/order_status_update', { mode: 'FIRST_REACHABLE', channels: order });
    await other.api.post('/templates', {
      ...words,
      providerTemplateName: 'order_update',
      variables: [{ name: 'orderId' }],
    });
  });

  it('is as the route says, until it is changed', async () => {
    const { body } = await other.api.get('/notification-routes/order_confirmation');
    expect(body).toMatchObject({ mode: 'ALL', channels: ['EMAIL', 'SMS'], templates: {}, updatedAt: null });
    expect((await other.api.get('/notification-routes/order_status_update')).body).toMatchObject({
      mode: 'FIRST_REACHABLE',
      channels: order,
      fallbackMinutes: 60,
    });
    expect((await other.api.get('/notification-routes/nothing')).status).toBe(404);
  });

  it('takes the message, and the others get none', async () => {
    const { body } = await tell('user-21');
    await delivered('+14155550021', 1, other.api);
    expect(await stepsOf(body['id'])).toEqual(['WHATSAPP QUEUED']);
    expect(await sentTo('user-21@example.com', other.api)).toEqual([]);
  });

  it('is the next one where the person does not want the first', async () => {
    await other.api.post('/contacts', { externalId: 'user-22' });
    const no = { channels: { WHATSAPP: { allowed: false } } };
    await other.api.post('/contacts/ext:user-22/preferences', no);
    const { body } = await tell('user-22');
    await delivered('+14155550022', 1, other.api);
    expect(await stepsOf(body['id'])).toEqual(['WHATSAPP opted_out', 'SMS QUEUED']);
  });

  it('is the next one where the message before failed for good, and the one after that', async () => {
    const { body } = await tell('user-23', 'user-23@example.com', '+15005550001');
    await delivered('user-23@example.com', 1, other.api);
    expect(await stepsOf(body['id'])).toEqual(['WHATSAPP QUEUED', 'SMS QUEUED', 'EMAIL QUEUED']);
  });

  it('is none where there is no address, and that is no fault', async () => {
    const { body } = await other.api.post('/events', {
      name: 'order_status_update',
      payload: { userId: 'user-24', recipientPhone: 'none', orderData: SHIPPED.orderData },
    });
    await other.api.until(`/events/${String(body['id'])}`, (answer) => answer.body['status'] === 'HANDLED');
    expect(await stepsOf(body['id'])).toEqual(['WHATSAPP invalid_address', 'SMS invalid_address', 'EMAIL no_address']);
  });
});

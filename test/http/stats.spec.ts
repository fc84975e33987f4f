import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Api } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { plantMessage } from './planted-message';

type Row = Record<string, unknown>;

describe('statistics', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  async function send(of: TestTenant, to: string): Promise<string> {
    const { body } = await of.api.post('/messages', { channelType: 'SMS', to, content: { text: 'Hello' } });
    return String(body['id']);
  }

  const plant = (of: TestTenant, at: string, set: Row = {}) => plantMessage(app, of, { at, set });

  const read = async (of: TestTenant, query: string) => (await of.api.get(`/stats?${query}`)).body;
  const period = (from: string, to: string) => `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`;

  it('counts what became of messages that were just sent', async () => {
    const delivered = await send(tenant, '+14155550100');
    const seen = await send(tenant, '+14155550008');
    const failed = await send(tenant, '+14155550001');
    await tenant.api.message(delivered, 'DELIVERED');
    await tenant.api.message(seen, 'READ');
    await tenant.api.message(failed, 'FAILED');

    const { total, data } = await read(tenant, 'groupBy=channelType');
    expect(total).toMatchObject({
      sent: 2,
      delivered: 2,
      read: 1,
      failed: 1,
      replied: 0,
      deliveryRate: 1,
      openRate: 0,
    });
    expect(data).toMatchObject([{ key: 'SMS', sent: 2, failed: 1 }]);
    const channel = (await tenant.api.get(`/messages/${seen}`)).body['channelId'];
    expect((await read(tenant, 'groupBy=channel'))['data']).toMatchObject([{ key: channel, sent: 2 }]);
    expect((await read(tenant, 'groupBy=provider'))['data']).toMatchObject([{ key: 'sandbox', sent: 2 }]);
    expect((await read(tenant, 'groupBy=template'))['data']).toMatchObject([{ key: null, sent: 2 }]);
    expect((await read(tenant, 'groupBy=campaign'))['data']).toMatchObject([{ key: null, sent: 2 }]);
    expect((await read(tenant, ''))['data']).toMatchObject([{ key: new Date().toISOString().slice(0, 10), sent: 2 }]);
  });

  it('has null, not 0, for rates and times of nothing', async () => {
    const empty = await app.tenant({ bare: true });
    const { data, total } = await read(empty, '');
    expect(data).toEqual([]);
    expect(total).toEqual({
      sent: 0,
      delivered: 0,
      read: 0,
      failed: 0,
      opened: 0,
      machineOpened: 0,
      clicked: 0,
      replied: 0,
      unsubscribed: 0,
      complained: 0,
      deliveryRate: null,
      openRate: null,
      clickRate: null,
      responseTimeP50: null,
      responseTimeP95: null,
      cost: [],
    });
  });

  it('puts a message on the day of the asked time zone, across both changes of the clock', async () => {
    const berlin = await app.tenant();
    await send(berlin, '+14155550100');
    const instants = [
      '2026-03-28T22:59:59Z', // 23:59:59 on the 28th, winter time
      '2026-03-28T23:00:00Z', // midnight
      '2026-03-29T21:59:59Z', // 23:59:59 on the 29th, summer time: a day of 23 hours
      '2026-03-29T22:00:00Z',
      '2026-10-24T22:00:00Z', // midnight, summer time
      '2026-10-25T22:59:59Z', // 23:59:59, winter time: a day of 25 hours
      '2026-10-25T23:00:00Z',
    ];
    for (const at of instants) await plant(berlin, at);
    const days = async (query: string) =>
      ((await read(berlin, query))['data'] as Row[]).map((row) => [row['key'], row['sent']]);

    const march = period('2026-03-28T00:00:00Z', '2026-03-31T00:00:00Z');
    expect(await days(`${march}&timezone=Europe/Berlin`)).toEqual([
      ['2026-03-28', 1],
      ['2026-03-29', 2],
      ['2026-03-30', 1],
    ]);
    expect(await days(march)).toEqual([
      ['2026-03-28', 2],
      ['2026-03-29', 2],
    ]);
    expect(await days(`${period('2026-10-24T00:00:00Z', '2026-10-27T00:00:00Z')}&timezone=Europe/Berlin`)).toEqual([
      ['2026-10-25', 2],
      ['2026-10-26', 1],
    ]);
  });

  it('takes the begin of a period and leaves its end to the next one', async () => {
    const edge = await app.tenant();
    await send(edge, '+14155550100');
    await plant(edge, '2026-05-01T00:00:00Z');
    await plant(edge, '2026-05-02T00:00:00Z');
    const sent = async (from: string, to: string) => ((await read(edge, period(from, to)))['total'] as Row)['sent'];
    expect(await sent('2026-05-01T00:00:00Z', '2026-05-02T00:00:00Z')).toBe(1);
    expect(await sent('2026-05-01T00:00:00.001Z', '2026-05-02T00:00:00Z')).toBe(0);
    expect(await sent('2026-05-01T02:00:00+02:00', '2026-05-02T00:00:01Z')).toBe(2);
  });

  it('computes rates of the whole, and cost by currency', async () => {
    const mail = await app.tenant();
    await send(mail, '+14155550100');
    const at = '2026-06-01T12:00:00Z';
    await plant(mail, at, {
      delivered_at: at,
      opened_at: at,
      clicked_at: at,
      cost_amount: '0.0075',
      cost_currency: 'USD',
    });
    await plant(mail, at, { delivered_at: at, opened_at: at, cost_amount: '0.0025', cost_currency: 'USD' });
    await plant(mail, '2026-06-02T12:00:00Z', {
      delivered_at: at,
      complained_at: at,
      cost_amount: '0.1',
      cost_currency: 'EUR',
    });
    await plant(mail, at);

    const { total, data } = await read(mail, period('2026-06-01T00:00:00Z', '2026-06-03T00:00:00Z'));
    expect(total).toMatchObject({
      sent: 4,
      delivered: 3,
      opened: 2,
      clicked: 1,
      complained: 1,
      deliveryRate: 0.75,
      openRate: 0.6667,
      clickRate: 0.3333,
      cost: [
        { amount: '0.1', currency: 'EUR' },
        { amount: '0.01', currency: 'USD' },
      ],
    });
    expect((data as Row[]).map((row) => row['cost'])).toEqual([
      [{ amount: '0.01', currency: 'USD' }],
      [{ amount: '0.1', currency: 'EUR' }],
    ]);
  });

  it('measures how long people wait for an answer, from the first of their messages', async () => {
    const inbox = await app.tenant();
    const id = await send(inbox, '+14155550007');
    await inbox.api.message(id, 'DELIVERED');
    await inbox.api.until('/sessions', ({ text }) => text.includes('"ACTIVE"'));
    const [message] = await app.sql<{ session: string }>(
      'SELECT session_id AS session FROM communication_message WHERE id = $1',
      [id],
    );
    expect(message).toBeDefined();

    const inbound = { direction: 'INBOUND', status: 'RECEIVED', sent_at: null };
    await plant(inbox, '2026-07-01T10:00:00Z');
    await plant(inbox, '2026-07-01T10:01:00Z', inbound);
    await plant(inbox, '2026-07-01T10:02:00Z', inbound);
    await plant(inbox, '2026-07-01T10:03:00Z');
    await plant(inbox, '2026-07-01T11:00:00Z', inbound);
    await plant(inbox, '2026-07-01T11:00:40Z');

    const { total } = await read(inbox, period('2026-07-01T00:00:00Z', '2026-07-02T00:00:00Z'));
    expect(total).toMatchObject({ sent: 3, replied: 2 });
    const { responseTimeP50: p50, responseTimeP95: p95 } = total as {
      responseTimeP50: number;
      responseTimeP95: number;
    };
    expect(Math.abs(p50 / 80 - 1)).toBeLessThan(0.01);
    expect(Math.abs(p95 / 116 - 1)).toBeLessThan(0.01);
  });

  it('counts the opt-outs of the period', async () => {
    const of = await app.tenant();
    await send(of, '+14155550100');
    await app.sql(
      `INSERT INTO consent_event (tenant_id, id, channel_type, address, action, purpose, source, message_id, at)
       SELECT $1, m.id, 'SMS', '+14155550100', 'OPTED_OUT', 'ALL', 'STOP', m.id, now()
       FROM communication_message m WHERE m.tenant_id = $1`,
      [of.tenantId],
    );
    expect(await read(of, 'groupBy=provider')).toMatchObject({
      total: { unsubscribed: 1 },
      data: [{ key: 'sandbox', unsubscribed: 1 }],
    });
  });

  it('writes the same as CSV, with a column for each currency', async () => {
    const of = await app.tenant();
    await send(of, '+14155550100');
    const at = '2026-06-01T12:00:00Z';
    await plant(of, at, { delivered_at: at, cost_amount: '0.0075', cost_currency: 'USD' });
    await plant(of, '2026-06-02T12:00:00Z', { cost_amount: '0.1', cost_currency: '=EUR' });
    const answer = await of.api.get(`/stats/export.csv?${period('2026-06-01T00:00:00Z', '2026-06-03T00:00:00Z')}`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="stats.csv"');
    const figures = 'sent,delivered,read,failed,opened,machineOpened,clicked,replied,unsubscribed,complained';
    const rates = 'deliveryRate,openRate,clickRate,responseTimeP50,responseTimeP95';
    expect(answer.text.replace('\uFEFF', '').split('\n')).toEqual([
      `day,${figures},${rates},"cost =EUR","cost USD"`,
      '2026-06-01,1,1,0,0,0,0,0,0,0,0,1,0,0,,,,0.0075',
      '2026-06-02,1,0,0,0,0,0,0,0,0,0,0,,,,,0.1,',
      '',
    ]);
    expect((await of.api.get('/stats/export.csv?groupBy=phone')).status).toBe(422);
  });

  it('leaves no figure of another type to whoever may see one type only', async () => {
    const of = await app.tenant();
    await send(of, '+14155550100');
    const mail = await of.api.post('/messages', { channelType: 'EMAIL', to: 'a@example.com', content: { text: 'Hi' } });
    await of.api.message(mail.body['id'], 'DELIVERED');
    const user = await of.api.post('/users', { subject: randomBytes(4).toString('hex') });
    const permissions = [{ channelType: 'SMS', actions: ['stats:read'] }];
    await of.api.put(`/users/${String(user.body['id'])}/permissions`, { permissions });
    const made = await of.api.post('/api-keys', { name: 'sms', scopes: ['*'], userId: user.body['id'] });
    const sms = new Api(app.url, String(made.body['key']));
    const shown = await sms.until('/stats?groupBy=channelType', ({ text }) => text.includes('"sent":1'));
    expect(shown.body['data']).toMatchObject([{ key: 'SMS' }]);
    while ((await app.sql('SELECT 1 FROM analytics_due WHERE tenant_id = $1', [of.tenantId])).length) await pause(20);
    for (const zone of ['UTC', 'Asia/Kolkata'])
      expect((await sms.get(`/stats?timezone=${zone}`)).body['total']).toMatchObject({ sent: 1 });
    expect((await of.api.get('/stats')).body['total']).toMatchObject({ sent: 2 });
  });

  it('shows nothing of another tenant', async () => {
    const other = await app.tenant();
    expect((await read(other, ''))['total']).toMatchObject({ sent: 0, failed: 0 });
  });

  it.each([
    ['/query/from', period('2026-02-01T00:00:00Z', '2026-01-01T00:00:00Z')],
    ['/query/from', period('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')],
    ['/query/from', 'from=yesterday'],
    ['/query/from', 'from=2026-01-01T00:00:00Z&from=2026-01-02T00:00:00Z'],
    ['/query/groupBy', 'groupBy=phone'],
    ['/query/groupBy', 'groupBy=constructor'],
    ['/query/timezone', 'timezone=EST5EDT'],
    ['/query/tenantId', 'tenantId=1'],
  ])('names %s when it is wrong: %s', async (pointer, query) => {
    const refused = await tenant.api.get(`/stats?${query}`);
    expect(refused.status).toBe(422);
    expect(refused.body['errors']).toContainEqual({ pointer, message: expect.any(String) });
  });
});

import { randomUUID } from 'node:crypto';
import { Clock } from '../../src/platform/time/clock';
import { startApp, type TestApp, type TestTenant } from '../support/app';

const HOUR = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();

describe('a request for messages by the clock', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  const request = (changes: object = {}) => ({
    channelType: 'EMAIL',
    to: 'ada@example.com',
    content: { text: 'Again' },
    scheduledAt: '2027-03-27T02:30',
    timezone: 'Europe/Berlin',
    recurrence: 'FREQ=DAILY',
    ...changes,
  });

  async function recurring(changes: object = {}): Promise<string> {
    const made = await tenant.api.post('/messages', request(changes));
    expect([made.status, made.body['status']]).toEqual([202, 'SCHEDULED']);
    return String(made.body['id']);
  }

  const read = async (id: string) => (await tenant.api.get(`/scheduled-messages/${id}`)).body;

  it('is made once for one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await tenant.api.post('/messages', request(), headers);
    const second = await tenant.api.post('/messages', request(), headers);
    expect([second.status, second.text]).toEqual([202, first.text]);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect((await tenant.api.post('/messages', request({ to: 'b@example.com' }), headers)).status).toBe(422);
    const both = await Promise.all(
      [1, 2, 3].map(() =>
        tenant.api.post('/messages', request(), { 'idempotency-key': `${headers['idempotency-key']}-b` }),
      ),
    );
    expect(new Set(both.filter(({ status }) => status === 202).map(({ text }) => text)).size).toBe(1);
  });

  it('shows what would be sent without storing a schedule', async () => {
    const count = async () => (await app.sql('SELECT 1 FROM scheduled_message')).length;
    const before = await count();
    const { status, body } = await tenant.api.post('/messages?dryRun=true', request());
    expect([status, body['outcome'], body['goesAt']]).toEqual([200, 'SCHEDULED', '2027-03-27T01:30:00.000Z']);
    expect(await count()).toBe(before);
  });

  it.each([
    ['a local time without its zone', { timezone: undefined, recurrence: undefined }, '/scheduledAt'],
    ['a zone beside an instant', { scheduledAt: '2027-03-27T02:30:00Z', recurrence: undefined }, '/timezone'],
    ['a recurrence without a start', { scheduledAt: undefined }, '/scheduledAt'],
    ['a recurrence without a zone', { scheduledAt: '2027-03-27T02:30:00Z', timezone: undefined }, '/timezone'],
    ['a rule that is none', { recurrence: 'daily' }, '/recurrence'],
    ['a rule every minute', { recurrence: 'FREQ=MINUTELY' }, '/recurrence'],
    ['a rule that never falls on a day', { recurrence: 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30' }, '/recurrence'],
    ['a rule that is over', { recurrence: 'FREQ=DAILY;UNTIL=20260101T000000Z' }, '/recurrence'],
    ['an end of its own', { expiresAt: '2027-05-01T00:00:00Z' }, '/expiresAt'],
    ['a start in the past', { scheduledAt: '2026-01-01T09:00' }, '/scheduledAt'],
    ['a start far ahead', { scheduledAt: '2036-01-01T09:00' }, '/scheduledAt'],
    ['a day that the calendar lacks', { scheduledAt: '2027-02-30T09:00' }, '/scheduledAt'],
    ['an hour that no clock has', { scheduledAt: '2027-02-20T24:00' }, '/scheduledAt'],
    ['a zone that does not exist', { timezone: 'Europe/Atlantis' }, '/timezone'],
    ['no grace at all', { graceSeconds: 0 }, '/graceSeconds'],
    [
      'a grace without a time',
      { scheduledAt: undefined, timezone: undefined, recurrence: undefined, graceSeconds: 60 },
      '/graceSeconds',
    ],
    ['words for nobody', { to: undefined }, '/to'],
    ['an address that is none', { to: 'nobody' }, '/to'],
    ['no words', { content: undefined }, '/content/text'],
  ])('refuses %s, and stores nothing', async (_, changes, pointer) => {
    const before = await app.sql('SELECT 1 FROM scheduled_message');
    const refused = await tenant.api.post('/messages', request(changes));
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining(`"pointer":"${pointer}"`)]);
    expect(await app.sql('SELECT 1 FROM scheduled_message')).toHaveLength(before.length);
  });

  it.each([
    ['a rule for a message that goes once', false, { recurrence: 'FREQ=DAILY' }, '/recurrence'],
    ['a zone for an instant', false, { timezone: 'Europe/Berlin' }, '/timezone'],
    ['words that are none', false, { content: {} }, '/content/text'],
    ['a rule that is none', true, { recurrence: 'x' }, '/recurrence'],
    ['a rule that never comes', true, { recurrence: 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30' }, '/recurrence'],
    ['values for a template that there is not', true, { variables: { a: 1 } }, '/variables'],
  ])('refuses to change to %s, and changes nothing', async (_, recurs, change, pointer) => {
    const once = { recurrence: undefined, timezone: undefined, scheduledAt: inHours(5) };
    const sent = await tenant.api.post('/messages', request(recurs ? {} : once));
    const before = await read(String(sent.body['id']));
    const refused = await tenant.api.patch(`/scheduled-messages/${String(sent.body['id'])}`, {
      graceSeconds: 90,
      ...change,
    });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining(`"pointer":"${pointer}"`)]);
    expect(await read(String(sent.body['id']))).toEqual(before);
  });

  it('is forgotten with its person, whether it names the contact or the address', async () => {
    const made = await tenant.api.post('/contacts', { email: 'gone@example.com' });
    const ids = [
      await recurring({ to: 'gone@example.com', clientReference: 'secret-ref' }),
      await recurring({ to: undefined, contactId: made.body['id'], content: { text: 'secret words' } }),
    ];
    const exported = await tenant.api.get(`/contacts/${String(made.body['id'])}/export`);
    expect(exported.text).toContain('secret words');
    expect(exported.text).toContain('secret-ref');
    await tenant.api.post(`/contacts/${String(made.body['id'])}/erase`);
    for (const id of ids) {
      const left = await tenant.api.get(`/scheduled-messages/${id}`);
      expect(left.body).toMatchObject({ status: 'CANCELLED', nextAt: null, request: {} });
      expect(left.text).not.toMatch(/gone@example|secret/);
    }
  });

  it('goes to the contact that a merged one became', async () => {
    const [kept, other] = await Promise.all(
      ['kept@example.com', 'other@example.com'].map((email) => tenant.api.post('/contacts', { email })),
    );
    const id = await recurring({ to: undefined, contactId: other?.body['id'] });
    const path = `/contacts/${String(kept?.body['id'])}/merge`;
    expect((await tenant.api.post(path, { contactId: other?.body['id'] })).status).toBe(200);
    expect((await read(id))['contactId']).toBe(kept?.body['id']);
  });

  it('keeps a wall clock time, and moves when the rules of its zone do', async () => {
    const once = String((await tenant.api.post('/messages', request({ recurrence: undefined }))).body['id']);
    const again = await recurring();
    const fixed = String(
      (
        await tenant.api.post(
          '/messages',
          request({ recurrence: undefined, timezone: undefined, scheduledAt: inHours(9) }),
        )
      ).body['id'],
    );
    const before = (await read(fixed))['scheduledAt'];
    // What stands there was worked out by other rules than those of today.
    await app.sql(
      `WITH s AS (UPDATE scheduled_message SET next_at = next_at + interval '1 hour', scheduled_at = scheduled_at + interval '1 hour'
         WHERE id = ANY($1) RETURNING id)
       UPDATE communication_message SET due_at = due_at + interval '1 hour' WHERE id IN (SELECT id FROM s)`,
      [[once, again]],
    );
    expect(await app.runtime.app.get(Clock).followZones()).toBe(2);
    expect(await read(once)).toMatchObject({
      nextAt: '2027-03-27T01:30:00.000Z',
      scheduledAt: '2027-03-27T01:30:00.000Z',
    });
    expect((await read(again))['nextAt']).toBe('2027-03-27T01:30:00.000Z');
    expect((await read(fixed))['scheduledAt']).toBe(before);
    const [message] = await app.sql<{ due: Date }>('SELECT due_at AS due FROM communication_message WHERE id = $1', [
      once,
    ]);
    expect(message?.due.toISOString()).toBe('2027-03-27T01:30:00.000Z');
    expect(await app.runtime.app.get(Clock).followZones()).toBe(0);
  });
});

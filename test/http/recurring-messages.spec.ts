import { randomUUID } from 'node:crypto';
import { metrics } from '../../src/platform/metrics';
import { Clock } from '../../src/platform/time/clock';
import { startApp, type TestApp, type TestTenant } from '../support/app';

const HOUR = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();

type Row = Record<string, unknown>;

describe('messages by the clock', () => {
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
  const occurrences = async (id: string) =>
    (await tenant.api.get(`/scheduled-messages/${id}/occurrences`)).body['data'] as Row[];

  /** As if `late` of them had passed since its time. */
  const makeDue = (id: string, late = '0 seconds') =>
    app.sql(`UPDATE scheduled_message SET next_at = clock_timestamp() - $2::interval WHERE id = $1`, [id, late]);

  const spent = (id: string, outcome: string) =>
    tenant.api.until(`/scheduled-messages/${id}/occurrences`, ({ body }) =>
      (body['data'] as Row[]).some((occurrence) => occurrence['outcome'] === outcome),
    );

  it('shows the next five times by the wall clock, through the night on which it changes', async () => {
    const made = await tenant.api.post('/messages', request({ clientReference: 'daily' }));
    const id = String(made.body['id']);
    expect(made.headers.get('location')).toBe(`/api/v1/communication/scheduled-messages/${id}`);
    expect(made.body).toMatchObject({ status: 'SCHEDULED', to: 'ada@example.com', clientReference: 'daily' });
    expect(await read(id)).toMatchObject({
      id,
      messageId: null,
      status: 'ACTIVE',
      localTime: '2027-03-27T02:30:00',
      timezone: 'Europe/Berlin',
      recurrence: 'FREQ=DAILY',
      graceSeconds: 3600,
      nextAt: '2027-03-27T01:30:00.000Z',
      lastOccurrence: null,
      channelType: 'EMAIL',
      to: 'ada@example.com',
      request: { channelType: 'EMAIL', content: { text: 'Again' }, clientReference: 'daily' },
      nextOccurrences: [
        '2027-03-27T01:30:00.000Z',
        '2027-03-28T01:30:00.000Z',
        '2027-03-29T00:30:00.000Z',
        '2027-03-30T00:30:00.000Z',
        '2027-03-31T00:30:00.000Z',
      ],
    });
    expect((await tenant.api.get('/messages?limit=200')).text).not.toContain(id);
    expect((await tenant.api.get('/scheduled-messages?status=ACTIVE')).text).toContain(id);
  });

  it('sends a message at its time, made of what holds then, and goes on to the next', async () => {
    const template = await tenant.api.post('/templates', {
      name: `greeting ${randomUUID()}`,
      channelType: 'EMAIL',
      subject: 'Hi',
      body: 'Hello {{ name }}',
    });
    const id = await recurring({
      content: undefined,
      templateId: template.body['id'],
      variables: { name: 'Ada' },
      scheduledAt: inHours(1),
      timezone: 'UTC',
    });
    await tenant.api.patch(`/templates/${String(template.body['id'])}`, { body: 'Good day {{ name }}' });
    await makeDue(id);
    await spent(id, 'FIRED');
    const [first] = await occurrences(id);
    const message = await tenant.api.message(first?.['messageId'], 'DELIVERED');
    expect(message.body).toMatchObject({ content: { text: 'Good day Ada' }, scheduledAt: first?.['occurrenceAt'] });
    const schedule = await read(id);
    expect(schedule).toMatchObject({ status: 'ACTIVE', lastOccurrence: first });
    expect(Date.parse(String(schedule['nextAt']))).toBeGreaterThan(Date.now());
  });

  it('says of each time why no message could be made, and asks anew at the next', async () => {
    const channel = await tenant.api.post('/channels', {
      name: `Spare ${randomUUID()}`,
      channelType: 'EMAIL',
      providerType: 'sandbox',
      from: 'spare@example.com',
    });
    const id = await recurring({ channelType: undefined, channelId: channel.body['id'] });
    await tenant.api.patch(`/channels/${String(channel.body['id'])}`, { status: 'DISABLED' });
    await makeDue(id);
    await spent(id, 'FAILED');
    expect((await read(id))['lastOccurrence']).toMatchObject({
      outcome: 'FAILED',
      messageId: null,
      reason: { code: 'channel_inactive', detail: expect.stringContaining('disabled') },
    });
    await tenant.api.patch(`/channels/${String(channel.body['id'])}`, { status: 'ACTIVE' });
    await makeDue(id);
    await spent(id, 'FIRED');
  });

  it('asks the gate each time', async () => {
    const id = await recurring({ to: 'eve@example.com', purpose: 'MARKETING' });
    await tenant.api.post('/suppressions', { channelType: 'EMAIL', address: 'eve@example.com', reason: 'MANUAL' });
    await makeDue(id);
    await spent(id, 'FIRED');
    const [first] = await occurrences(id);
    expect((await tenant.api.get(`/messages/${String(first?.['messageId'])}`)).body['status']).toBe('SUPPRESSED');
  });

  it('runs at most once after days of silence, and counts what it missed', async () => {
    const late = await recurring({ recurrence: 'FREQ=HOURLY', scheduledAt: inHours(2), timezone: 'UTC' });
    const lost = await recurring({ scheduledAt: inHours(2), timezone: 'UTC', graceSeconds: 60 });
    const minutes = new Date(Date.now() - 30 * 60_000).toISOString().slice(11, 19);
    await app.sql(`UPDATE scheduled_message SET local_at = '2026-01-01T' || $2 WHERE id = ANY($1)`, [
      [late, lost],
      minutes,
    ]);
    await makeDue(late, '72 hours 30 minutes');
    await makeDue(lost, '72 hours 30 minutes');
    await spent(late, 'FIRED');
    await spent(lost, 'MISSED');
    const [fired, missed, ...more] = await occurrences(late);
    expect([fired?.['outcome'], missed?.['outcome'], more]).toEqual(['FIRED', 'MISSED', []]);
    expect(missed).toMatchObject({ messageId: null, reason: { code: 'missed' } });
    expect(missed?.['times']).toBeGreaterThanOrEqual(72);
    expect(missed?.['times']).toBeLessThanOrEqual(73);
    expect(Date.now() - Date.parse(String(fired?.['occurrenceAt']))).toBeLessThan(HOUR);
    expect(await occurrences(lost)).toHaveLength(1);
    expect((await read(lost))['status']).toBe('ACTIVE');
    expect(await metrics.metrics()).toMatch(
      /carillon_schedule_occurrences_total\{kind="recurring messages",outcome="MISSED"\} \d{2}/,
    );
  });

  it('does not send a message that goes once when it is too late for it', async () => {
    const once = async (graceSeconds: number) => {
      const sent = await tenant.api.post('/messages', {
        ...request({ recurrence: undefined, timezone: undefined, scheduledAt: inHours(1) }),
        graceSeconds,
      });
      return String(sent.body['id']);
    };
    const [late, lost] = [await once(3600), await once(60)];
    await makeDue(late, '30 minutes');
    await makeDue(lost, '30 minutes');
    await tenant.api.message(late, 'DELIVERED');
    const missed = await tenant.api.message(lost, 'EXPIRED');
    expect(missed.body['reason']).toMatchObject({ code: 'missed' });
    expect(await read(lost)).toMatchObject({
      status: 'MISSED',
      lastOccurrence: { outcome: 'MISSED', messageId: lost },
    });
    expect(await occurrences(late)).toMatchObject([{ outcome: 'FIRED', messageId: late }]);
    expect((await tenant.api.get('/dead-letters')).text).toContain(lost);
  });

  it('ends when its rule does', async () => {
    const id = await recurring({ recurrence: 'FREQ=DAILY;COUNT=1', scheduledAt: inHours(1), timezone: 'UTC' });
    expect((await read(id))['nextOccurrences']).toHaveLength(1);
    await app.sql(
      `UPDATE scheduled_message SET local_at = to_char(clock_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS') WHERE id = $1`,
      [id],
    );
    await makeDue(id);
    await spent(id, 'FIRED');
    expect(await read(id)).toMatchObject({ status: 'COMPLETED', nextAt: null, nextOccurrences: [] });
    expect((await tenant.api.delete(`/scheduled-messages/${id}`)).status).toBe(409);
    expect((await tenant.api.patch(`/scheduled-messages/${id}`, { graceSeconds: 60 })).status).toBe(409);
  });

  it('waits while it is paused, and makes up for nothing afterwards', async () => {
    const id = await recurring({ scheduledAt: inHours(1), timezone: 'UTC' });
    expect((await tenant.api.post(`/scheduled-messages/${id}/pause`)).body).toMatchObject({ status: 'PAUSED' });
    expect((await tenant.api.post(`/scheduled-messages/${id}/pause`)).status).toBe(200);
    await makeDue(id, '10 minutes');
    const other = await recurring();
    await makeDue(other);
    await spent(other, 'FIRED');
    expect(await occurrences(id)).toEqual([]);
    const resumed = await tenant.api.post(`/scheduled-messages/${id}/resume`);
    expect(resumed.body).toMatchObject({ status: 'ACTIVE' });
    expect(Date.parse(String(resumed.body['nextAt']))).toBeGreaterThan(Date.now());
    expect(await occurrences(id)).toEqual([]);
  });

  it('pauses a message that goes once, and resumes it only for a time that is not over', async () => {
    const sent = await tenant.api.post('/messages', request({ recurrence: undefined }));
    const id = String(sent.body['id']);
    await tenant.api.post(`/scheduled-messages/${id}/pause`);
    expect((await tenant.api.get(`/messages/${id}/why`)).body).toMatchObject({ status: 'SCHEDULED', nextAt: null });
    await makeDue(id, '2 hours');
    expect((await tenant.api.post(`/scheduled-messages/${id}/resume`)).status).toBe(409);
    const at = inHours(1);
    await tenant.api.patch(`/scheduled-messages/${id}`, { scheduledAt: at });
    expect(await read(id)).toMatchObject({ status: 'PAUSED', scheduledAt: at, localTime: null });
    expect((await tenant.api.post(`/scheduled-messages/${id}/resume`)).body).toMatchObject({
      status: 'ACTIVE',
      nextAt: at,
    });
    await makeDue(id);
    await tenant.api.message(id, 'DELIVERED');
    const { body } = await tenant.api.get(`/messages/${id}`);
    expect((body['timeline'] as Row[]).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['SCHEDULED', 'PAUSED', 'RESCHEDULED', 'RESUMED', 'DISPATCHED', 'DELIVERED']),
    );
  });

  it('keeps its past and changes for the times to come', async () => {
    const id = await recurring({ content: { text: 'First' } });
    await makeDue(id);
    await spent(id, 'FIRED');
    const changed = await tenant.api.patch(`/scheduled-messages/${id}`, {
      recurrence: 'FREQ=WEEKLY;BYDAY=MO',
      timezone: 'America/New_York',
      content: { text: 'Second' },
      graceSeconds: 120,
    });
    expect(changed.body).toMatchObject({
      recurrence: 'FREQ=WEEKLY;BYDAY=MO',
      timezone: 'America/New_York',
      graceSeconds: 120,
      nextAt: '2027-03-29T06:30:00.000Z',
      request: { content: { text: 'Second' } },
    });
    await makeDue(id);
    await tenant.api.until(`/scheduled-messages/${id}/occurrences`, ({ body }) => (body['data'] as Row[]).length === 2);
    const texts = await Promise.all(
      (await occurrences(id)).map(
        async ({ messageId }) => (await tenant.api.get(`/messages/${String(messageId)}`)).body['content'],
      ),
    );
    expect(texts).toEqual([{ text: 'Second' }, { text: 'First' }]);
  });

  it('changes what a waiting message says, and sends that', async () => {
    const sent = await tenant.api.post('/messages', request({ recurrence: undefined, metadata: { a: 1 } }));
    const id = String(sent.body['id']);
    const changed = await tenant.api.patch(`/scheduled-messages/${id}`, {
      content: { subject: 'New', text: 'Changed' },
      clientReference: 'c-2',
    });
    expect(changed.body).toMatchObject({ clientReference: 'c-2', scheduledAt: '2027-03-27T01:30:00.000Z' });
    await makeDue(id);
    const { body } = await tenant.api.message(id, 'DELIVERED');
    expect(body).toMatchObject({ content: { subject: 'New', text: 'Changed' }, metadata: { a: 1 } });
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
});

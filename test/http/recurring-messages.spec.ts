import { randomUUID } from 'node:crypto';
import { metrics } from '../../src/platform/metrics';
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
    app.sql(
      `WITH s AS (UPDATE scheduled_message SET next_at = clock_timestamp() - $2::interval WHERE id = $1 RETURNING message_id, next_at)
       UPDATE communication_message m SET due_at = s.next_at FROM s WHERE m.id = s.message_id AND m.due_at < '9999-01-01'`,
      [id, late],
    );

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
    expect((await tenant.api.patch(`/scheduled-messages/${id}`, { graceSeconds: 60 })).status).toBe(409);
  });

  it('waits while it is paused, and makes up for nothing afterwards', async () => {
    const id = await recurring({ scheduledAt: inHours(1), timezone: 'UTC' });
    expect((await tenant.api.post(`/scheduled-messages/${id}/pause`)).body).toMatchObject({ status: 'PAUSED' });
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
    // Whatever its message says, a queue does not come to it: other messages go by.
    await app.sql(`UPDATE communication_message SET due_at = now() - interval '1 hour' WHERE id = $1`, [id]);
    const now = { scheduledAt: undefined, timezone: undefined, recurrence: undefined };
    const other = await tenant.api.post('/messages', request(now));
    await tenant.api.message(other.body['id'], 'DELIVERED');
    expect((await tenant.api.get(`/messages/${id}`)).body['status']).toBe('SCHEDULED');
    await makeDue(id, '2 hours');
    expect((await tenant.api.post(`/scheduled-messages/${id}/resume`)).status).toBe(409);
    const at = inHours(1);
    await tenant.api.patch(`/scheduled-messages/${id}`, { scheduledAt: at });
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
});

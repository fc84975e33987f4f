import { BulkStage, countsOf, isSummed } from './bulk-stage';

let stage: BulkStage;

beforeAll(async () => {
  stage = await BulkStage.open();
});
afterAll(() => stage.app.close());

const contact = async (changes: object): Promise<string> =>
  String((await stage.tenant.api.post('/contacts', changes)).body['id']);
const to = () => stage.people(1)[0]?.to ?? '';
const sendTimes = (id: string) =>
  stage.app.sql<{ key: string; at: Date }>(
    `SELECT recipient_key AS key, send_at AS at FROM bulk_message_recipient WHERE campaign_id = $1 ORDER BY 1`,
    [id],
  );

describe('whom a bulk send goes to', () => {
  it('is frozen from its segment: once an address, without those who have none, without who came later', async () => {
    const plan = `plan${stage.fresh()}`;
    const attributes = { plan };
    const [ada, bob] = [to(), to()];
    await contact({ email: ada, attributes });
    await contact({ email: bob, attributes });
    await contact({ email: to(), attributes: { plan: 'other' } });
    const nowhere = await contact({ name: 'Nobody', attributes });
    const segment = { field: 'attributes.plan', op: 'eq', value: plan };
    const id = await stage.create({ segment, recipients: [{ to: ada }] });
    expect(countsOf(await stage.tenant.api.get(`/bulk-send/${id}`))).toMatchObject({ total: 1 });
    const estimate = await stage.tenant.api.post('/bulk-send/estimate', stage.bulk({ segment, recipients: undefined }));
    expect(estimate.body['recipients']).toMatchObject({ total: 3, excluded: [{ code: 'no_address', count: 1 }] });

    await stage.act(id, 'start');
    const done = await stage.ended(id);
    expect(done.body).toMatchObject({
      status: 'COMPLETED',
      duplicates: 1,
      counts: { total: 3, excluded: 1 },
      reasons: [{ status: 'EXCLUDED', reasonCode: 'no_address', count: 1 }],
      segment,
    });
    expect(isSummed(done)).toBe(true);
    expect((await stage.sentTo(id)).toSorted((a, b) => a.length - b.length)).toHaveLength(2);
    expect(new Set(await stage.sentTo(id))).toEqual(new Set([ada, bob]));
    const excluded = await stage.tenant.api.get(`/bulk-send/${id}/recipients?status=EXCLUDED`);
    expect(excluded.body['data']).toMatchObject([{ contactId: nowhere, to: null }]);

    await contact({ email: to(), attributes });
    expect(countsOf(await stage.tenant.api.get(`/bulk-send/${id}`))).toMatchObject({ total: 3 });
  });

  it('may be a segment that was kept, and more contacts than one commit takes', async () => {
    await stage.app.sql(
      `WITH made AS (
         INSERT INTO contact (tenant_id, id, attributes) SELECT $1, gen_random_uuid(), '{"many": "yes"}' FROM generate_series(1, 21000)
         RETURNING tenant_id, id)
       INSERT INTO contact_identity (tenant_id, channel_type, address, contact_id)
       SELECT tenant_id, 'EMAIL', id || '@example.com', id FROM made`,
      [stage.tenant.tenantId],
    );
    const kept = await stage.tenant.api.post('/segments', {
      name: 'Many',
      segment: { field: 'attributes.many', op: 'eq', value: 'yes' },
    });
    const id = await stage.begin({ recipients: undefined, segmentId: kept.body['id'], rate: { perSecond: 1 } });
    const prepared = await stage.until(id, (answer) => countsOf(answer)['total'] === 21_000);
    expect(isSummed(prepared)).toBe(true);
    expect(prepared.body['status']).toBe('RUNNING');
    await stage.act(id, 'cancel');
  });

  it.each([
    ['/segment', { segment: { field: 'nonsense', op: 'eq', value: 1 } }],
    ['/segmentId', { segment: { all: [] }, segmentId: '01900000-0000-7000-8000-000000000000' }],
    ['/scheduledAt', { inRecipientTimezone: true }],
    ['/recurrence', { scheduledAt: '2027-01-01T09:00:00Z', recurrence: 'FREQ=DAILY;UNTIL=20260101T000000Z' }],
  ])('names %s when it is wrong: %j', async (pointer, changes) => {
    const { status, body } = await stage.tenant.api.post('/bulk-send', stage.bulk(changes));
    expect(status).toBe(422);
    expect((body['errors'] as { pointer: string }[])[0]?.pointer.startsWith(pointer)).toBe(true);
  });
});

describe('the time of a bulk send', () => {
  it('is that of each recipient by the clocks of their own zone', async () => {
    const [tokyo, york, none] = [to(), to(), to()];
    await contact({ email: tokyo, timezone: 'Asia/Tokyo' });
    await contact({ email: york, timezone: 'America/New_York' });
    const id = await stage.begin({
      recipients: [tokyo, york, none].map((address) => ({ to: address })),
      scheduledAt: '2027-06-01T09:00:00+02:00',
      timezone: 'Europe/Berlin',
      inRecipientTimezone: true,
    });
    expect((await stage.tenant.api.get(`/bulk-send/${id}`)).body).toMatchObject({ status: 'SCHEDULED' });
    await stage.app.sql(
      `UPDATE bulk_message_campaign SET scheduled_at = scheduled_at, status = 'PREPARING' WHERE id = $1`,
      [id],
    );
    await stage.until(id, ({ body }) => body['status'] === 'RUNNING');
    const times = new Map((await sendTimes(id)).map(({ key, at }) => [key, at.toISOString()]));
    expect([tokyo, york, none].map((address) => times.get(address))).toEqual([
      '2027-06-01T00:00:00.000Z',
      '2027-06-01T13:00:00.000Z',
      '2027-06-01T07:00:00.000Z',
    ]);
    expect(await stage.sentTo(id)).toEqual([]);
    await stage.app.sql(
      `UPDATE bulk_message_recipient SET send_at = now() WHERE campaign_id = $1 AND recipient_key = $2`,
      [id, tokyo],
    );
    await stage.until(id, (answer) => countsOf(answer)['delivered'] === 1);
    expect(await stage.sentTo(id)).toEqual([tokyo]);
    await stage.act(id, 'cancel');
  });

  it('keeps its hour over a change of the clocks when it recurs, and shows the next five', async () => {
    const { body } = await stage.tenant.api.post(
      '/bulk-send',
      stage.bulk({
        scheduledAt: '2027-03-26T09:00:00+01:00',
        timezone: 'Europe/Berlin',
        recurrence: 'FREQ=DAILY;COUNT=6',
      }),
    );
    const read = await stage.tenant.api.get(`/bulk-send/${String(body['id'])}`);
    expect(read.body['nextOccurrences']).toEqual([
      '2027-03-26T08:00:00.000Z',
      '2027-03-27T08:00:00.000Z',
      '2027-03-28T07:00:00.000Z',
      '2027-03-29T07:00:00.000Z',
      '2027-03-30T07:00:00.000Z',
    ]);
  });

  it('makes a bulk send of its own of each time, once, and goes on to the next', async () => {
    const recipients = stage.people(5);
    const id = await stage.begin({
      recipients,
      scheduledAt: new Date(Date.now() + 3_600_000).toISOString(),
      recurrence: 'FREQ=HOURLY;COUNT=3',
    });
    const path = `/bulk-send?parentId=${id}`;
    const runs = async () => (await stage.tenant.api.get(path)).body['data'] as { id: string; occurrenceAt: string }[];
    const passAnHour = async () => {
      await stage.app.sql(
        `UPDATE bulk_message_campaign SET occurrence_at = occurrence_at - interval '1 hour' WHERE parent_id = $1`,
        [id],
      );
      await stage.app.sql(
        `UPDATE bulk_message_campaign SET scheduled_at = scheduled_at - interval '1 hour',
           first_local_at = replace((first_local_at::timestamp - interval '1 hour')::text, ' ', 'T') WHERE id = $1`,
        [id],
      );
    };
    expect(await runs()).toEqual([]);
    await passAnHour();
    await stage.tenant.api.until(path, ({ body }) => (body['data'] as unknown[]).length === 1);
    const [first] = await runs();
    const done = await stage.ended(String(first?.id));
    expect(done.body).toMatchObject({ status: 'COMPLETED', parentId: id, recurrence: null, counts: { total: 5 } });
    expect(new Set(await stage.sentTo(String(first?.id)))).toEqual(new Set(recipients.map((person) => person.to)));
    const parent = await stage.tenant.api.get(`/bulk-send/${id}`);
    expect(parent.body).toMatchObject({ status: 'SCHEDULED', counts: { total: 5, pending: 5 } });
    expect(parent.body['nextOccurrences']).toHaveLength(2);

    for (const count of [2, 3]) {
      await passAnHour();
      await stage.tenant.api.until(path, ({ body }) => (body['data'] as unknown[]).length === count);
    }
    const last = await stage.until(id, ({ body }) => body['status'] === 'COMPLETED');
    expect(last.body['nextOccurrences']).toEqual([]);
    expect(new Set((await runs()).map(({ occurrenceAt }) => occurrenceAt)).size).toBe(3);
  });

  it('leaves out runs that nobody could start in time, in one word and without a burst', async () => {
    const id = await stage.begin({
      scheduledAt: new Date(Date.now() + 3_600_000).toISOString(),
      recurrence: 'FREQ=DAILY',
    });
    await stage.app.sql(
      `UPDATE bulk_message_campaign SET scheduled_at = now() - interval '74 hours',
         first_local_at = to_char((now() - interval '74 hours') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') WHERE id = $1`,
      [id],
    );
    const told = await stage.until(id, ({ body }) => body['reason'] !== null);
    expect(told.body).toMatchObject({ status: 'SCHEDULED', reason: { code: 'missed' } });
    expect(Date.parse(String(told.body['scheduledAt']))).toBeGreaterThan(Date.now());
    expect((await stage.tenant.api.get(`/bulk-send?parentId=${id}`)).body['data']).toEqual([]);
    await stage.act(id, 'cancel');
  });
});

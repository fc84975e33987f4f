import { startApp, type TestApp, type TestTenant } from '../support/app';

type Body = Record<string, unknown>;
const ADA = 'ada@example.com';

/** The one gate: what it asks, when a message is accepted and again when it goes out, and how it says why. */
describe('the gate', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  const post = (body: Body = {}, path = '/messages', headers = {}) =>
    tenant.api.post(
      path,
      { channelType: 'EMAIL', to: ADA, content: { subject: 'Hi', text: 'Hello' }, ...body },
      headers,
    );
  const contact = async (body: Body) =>
    String((await tenant.api.post('/contacts', { email: ADA, ...body })).body['id']);
  const prefer = async (id: string, body: Body) => {
    const answer = await tenant.api.post(`/contacts/${id}/preferences`, body);
    expect(answer.status).toBe(200);
  };
  const topic = async (name: string, body: Body) => {
    const answer = await tenant.api.put(`/topics/${name}`, { title: name, ...body });
    expect([200, 201]).toContain(answer.status);
  };
  /** Quiet hours that hold now, and end in about two hours, in UTC. */
  const quietNow = () => {
    const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
    return { start: at(-1), end: at(2) };
  };

  it('stores what it refuses as SUPPRESSED at once, and names the row', async () => {
    const { body: suppression } = await tenant.api.post('/suppressions', { channelType: 'EMAIL', address: ADA });
    const answer = await post();
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ status: 'SUPPRESSED', reason: { code: 'suppressed' } });
    const { body } = await tenant.api.get(`/messages/${String(answer.body['id'])}`);
    expect(body).toMatchObject({
      status: 'SUPPRESSED',
      attempts: 0,
      reason: {
        code: 'suppressed',
        rule: { type: 'suppression', id: suppression['id'], reason: 'MANUAL', source: 'api' },
        remedy: expect.stringContaining('lifted') as string,
      },
    });
    expect(Date.parse(String((body['reason'] as { rule: Body }).rule['since']))).toBeLessThanOrEqual(Date.now());
  });

  it('answers a repeated key with the very bytes that told of the suppression', async () => {
    await tenant.api.post('/suppressions', { channelType: 'EMAIL', address: ADA });
    const request = { clientReference: 'odd "status":"QUEUED","reason":null text' };
    const key = { 'idempotency-key': 'once' };
    const first = await post(request, '/messages', key);
    const second = await post(request, '/messages', key);
    expect(first.body).toMatchObject({ status: 'SUPPRESSED', clientReference: request.clientReference });
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('is asked again when the message goes out: what was said meanwhile holds', async () => {
    const accepted = await post({ scheduledAt: new Date(Date.now() + 1_000).toISOString() });
    expect(accepted.body).toMatchObject({ status: 'SCHEDULED', reason: null });
    await tenant.api.post('/suppressions', { channelType: 'EMAIL', address: ADA });
    const { body } = await tenant.api.message(accepted.body['id'], 'SUPPRESSED', 'DELIVERED');
    expect(body).toMatchObject({ status: 'SUPPRESSED', reason: { rule: { type: 'suppression' } }, attempts: 0 });
  });

  it('asks whoever holds the address now', async () => {
    const id = await contact({ name: 'Ada' });
    await prefer(id, { channels: { EMAIL: { allowed: false } } });
    expect((await post()).body).toMatchObject({ status: 'SUPPRESSED', reason: { code: 'opted_out' } });
    expect((await post({ to: 'grace@example.com' })).body).toMatchObject({ status: 'QUEUED', reason: null });
  });

  it('tells advertising from the rest where the person does', async () => {
    const id = await contact({});
    await prefer(id, { purposes: { MARKETING: { EMAIL: false } } });
    const { body } = await post({ purpose: 'MARKETING' });
    expect(body).toMatchObject({ status: 'SUPPRESSED', reason: { code: 'opted_out' } });
    expect((await tenant.api.get(`/messages/${String(body['id'])}`)).body['reason']).toMatchObject({
      rule: { type: 'preference', contactId: id, field: 'purposes.MARKETING.EMAIL' },
    });
    expect((await post()).body).toMatchObject({ status: 'QUEUED' });
    const proof = await app.sql(`SELECT action, purpose FROM consent_event WHERE tenant_id = $1`, [tenant.tenantId]);
    expect(proof).toEqual([{ action: 'OPTED_OUT', purpose: 'MARKETING' }]);
    await prefer(id, { purposes: { MARKETING: null } });
    expect((await tenant.api.get(`/contacts/${id}/preferences`)).body).toMatchObject({ purposes: {} });
    expect((await post({ purpose: 'MARKETING' })).body).toMatchObject({ status: 'QUEUED' });
    const wrong = await tenant.api.post(`/contacts/${id}/preferences`, { purposes: { MARKETING: { FAX: true } } });
    expect(wrong.body['errors']).toMatchObject([{ pointer: '/purposes/MARKETING' }]);
  });

  describe('topics', () => {
    it('that are off by default go only to those who switched them on', async () => {
      await topic('news', { defaults: { EMAIL: false } });
      const id = await contact({});
      const refused = await post({ topic: 'news', purpose: 'MARKETING' });
      expect(refused.body).toMatchObject({ status: 'SUPPRESSED', reason: { code: 'not_opted_in' } });
      const { body: why } = await tenant.api.get(`/messages/${String(refused.body['id'])}/why`);
      expect(why).toMatchObject({
        reason: { rule: { type: 'topic', name: 'news', field: 'defaults.EMAIL' } },
        remedy: expect.stringContaining('opt in') as string,
        gate: { verdict: 'NOT_OPTED_IN' },
      });
      await prefer(id, { topics: { news: { EMAIL: true } } });
      const { body: now } = await tenant.api.get(`/messages/${String(refused.body['id'])}/why`);
      expect(now).toMatchObject({ status: 'SUPPRESSED', gate: { verdict: 'GO', rule: null } });
      expect((await post({ topic: 'news', purpose: 'MARKETING' })).body).toMatchObject({ status: 'QUEUED' });
    });

    it('that are critical cannot be switched off by topic, and pass quiet hours and caps', async () => {
      await topic('order', { isCritical: true });
      await tenant.api.patch('/consent-settings', { frequencyCaps: [{ purpose: 'ALL', most: 1, hours: 24 }] });
      const id = await contact({});
      const refused = await tenant.api.post(`/contacts/${id}/preferences`, { topics: { order: { EMAIL: false } } });
      expect(refused.status).toBe(422);
      expect(refused.body['errors']).toMatchObject([{ pointer: '/topics/order' }]);
      await prefer(id, { quietHours: quietNow() });
      for (const _ of [1, 2]) {
        const { body } = await post({ topic: 'order' });
        await tenant.api.message(body['id'], 'DELIVERED');
      }
      await prefer(id, { doNotContact: true });
      expect((await post({ topic: 'order' })).body).toMatchObject({ reason: { code: 'do_not_contact' } });
    });

    it('are listed by name, replaced as a whole and removed', async () => {
      expect((await tenant.api.put('/topics/b', { title: 'B' })).status).toBe(201);
      await topic('a', { title: 'A', description: 'First', defaults: { SMS: false } });
      await topic('a', { title: 'A again' });
      const { body } = await tenant.api.get('/topics');
      expect((body['data'] as object[]).slice(0, 2)).toMatchObject([
        { name: 'a', title: 'A again', description: null, isCritical: false, defaults: {} },
        { name: 'b' },
      ]);
      expect((await tenant.api.delete('/topics/a')).status).toBe(204);
      expect((await tenant.api.delete('/topics/a')).status).toBe(404);
      const wrong = await tenant.api.put('/topics/c', { title: 'C', isCritical: true, defaults: { SMS: false } });
      expect(wrong.body['errors']).toMatchObject([{ pointer: '/defaults/SMS' }]);
      expect((await tenant.api.put('/topics/Not-a-name', { title: 'C' })).status).toBe(404);
    });
  });

  describe('quiet hours', () => {
    it('defer a message until they end, and say so', async () => {
      await prefer(await contact({ timezone: 'UTC' }), { quietHours: quietNow() });
      const accepted = await post();
      expect(accepted.body).toMatchObject({ status: 'QUEUED' });
      const path = `/messages/${String(accepted.body['id'])}/why`;
      const { body } = await tenant.api.until(path, (answer) => answer.body['reason'] !== null);
      expect(body).toMatchObject({
        status: 'QUEUED',
        reason: { code: 'quiet_hours', rule: { type: 'quietHours', timezone: 'UTC', ...quietNow() } },
        gate: { verdict: 'QUIET_HOURS' },
      });
      const hours = (Date.parse(String(body['nextAt'])) - Date.now()) / 3_600_000;
      expect(hours).toBeGreaterThan(1.9);
      expect(hours).toBeLessThanOrEqual(2.02);
      expect((body['gate'] as Body)['opensAt']).toBe(
        new Date(Math.round(Date.parse(String(body['nextAt'])) / 60_000) * 60_000).toISOString(),
      );
    });

    it('are those of the contact’s zone, else of the tenant’s', async () => {
      const local = (zone: string, hours: number) =>
        new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(
          Date.now() + hours * 3_600_000,
        );
      const quietIn = (zone: string) => ({ start: local(zone, -1), end: local(zone, 1) });
      const id = await contact({ timezone: 'Pacific/Auckland' });
      await prefer(id, { quietHours: quietIn('Pacific/Auckland') });
      expect((await post({}, '/messages?dryRun=true')).body).toMatchObject({ outcome: 'DEFERRED' });
      await prefer(id, { quietHours: quietIn('UTC') });
      expect((await post({}, '/messages?dryRun=true')).body).toMatchObject({ outcome: 'QUEUED' });
      await prefer(id, { timezone: null, quietHours: quietIn('America/New_York') });
      expect((await post({}, '/messages?dryRun=true')).body).toMatchObject({ outcome: 'QUEUED' });
      await tenant.api.patch('/consent-settings', { timezone: 'America/New_York' });
      expect((await post({}, '/messages?dryRun=true')).body).toMatchObject({ outcome: 'DEFERRED' });
    });

    it('let a one-time password pass, and the answer to somebody who wrote just now', async () => {
      const id = await contact({ phone: '+14155552671', timezone: 'UTC' });
      await prefer(id, { quietHours: quietNow() });
      const sms = { channelType: 'SMS', to: '+14155552671', content: { text: 'Hi' } };
      expect((await post({ ...sms, lane: 'otp' }, '/messages?dryRun=true')).body).toMatchObject({ outcome: 'QUEUED' });
      expect((await post(sms, '/messages?dryRun=true')).body).toMatchObject({ outcome: 'DEFERRED' });
      await post({ ...sms, lane: 'otp' });
      await app.sql(`UPDATE communication_session SET last_inbound_at = now() WHERE tenant_id = $1`, [tenant.tenantId]);
      expect((await post(sms, '/messages?dryRun=true')).body).toMatchObject({ outcome: 'QUEUED' });
    });

    it.each([
      // A gap and an overlap of the clock (Europe/Berlin), across midnight and within a day, and a zone that nobody knows.
      ['21:00', '08:00', 'Europe/Berlin', '2026-06-01T20:00:00Z', '2026-06-02T06:00:00Z'],
      ['21:00', '08:00', 'Europe/Berlin', '2026-06-02T05:59:00Z', '2026-06-02T06:00:00Z'],
      ['21:00', '08:00', 'Europe/Berlin', '2026-06-02T06:00:00Z', null],
      ['13:00', '15:00', 'Europe/Berlin', '2026-06-01T11:00:00Z', '2026-06-01T13:00:00Z'],
      ['13:00', '15:00', 'Europe/Berlin', '2026-06-01T13:00:00Z', null],
      ['21:00', '02:30', 'Europe/Berlin', '2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z'],
      ['21:00', '08:00', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T07:00:00Z'],
      ['21:00', '08:00', 'Mars/Olympus', '2026-06-01T22:00:00Z', '2026-06-02T08:00:00Z'],
    ])('from %s to %s in %s end rightly, asked at %s', async (start, end, zone, at, until) => {
      const [row] = await app.sql<{ until: Date | null }>(
        'SELECT quiet_until($1::jsonb, $2, $3::timestamptz) AS until',
        [JSON.stringify({ start, end }), zone, at],
      );
      expect(row?.until?.toISOString() ?? null).toBe(until && new Date(until).toISOString());
    });
  });

  describe('frequency caps', () => {
    it('let exactly so many pass to one contact, over all its channels, also when they come at once', async () => {
      await tenant.api.patch('/consent-settings', { frequencyCaps: [{ purpose: 'MARKETING', most: 3, hours: 24 }] });
      await contact({ phone: '+14155552671' });
      const sent = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          i % 2
            ? post({ purpose: 'MARKETING' })
            : post({ channelType: 'SMS', to: '+14155552671', content: { text: 'Hi' }, purpose: 'MARKETING' }),
        ),
      );
      const ends = await Promise.all(sent.map(({ body }) => tenant.api.message(body['id'], 'DELIVERED', 'SUPPRESSED')));
      const statuses = ends.map(({ body }) => body['status']);
      expect(statuses.filter((status) => status === 'DELIVERED')).toHaveLength(3);
      const capped = ends.find(({ body }) => body['status'] === 'SUPPRESSED');
      expect(capped?.body['reason']).toMatchObject({
        code: 'frequency_capped',
        rule: { type: 'frequencyCap', purpose: 'MARKETING', most: 3, hours: 24 },
      });
      for (const passes of [{}, { to: 'grace@example.com', purpose: 'MARKETING' }])
        await tenant.api.message((await post(passes)).body['id'], 'DELIVERED');
    });

    it('are shown, replaced and taken away', async () => {
      const caps = [{ purpose: 'ALL', most: 10, hours: 168 }];
      expect((await tenant.api.patch('/consent-settings', { frequencyCaps: caps })).body).toEqual({
        frequencyCaps: caps,
        timezone: 'UTC',
      });
      expect((await tenant.api.patch('/consent-settings', { timezone: 'Europe/Berlin' })).body).toMatchObject({
        frequencyCaps: caps,
      });
      await tenant.api.patch('/consent-settings', { frequencyCaps: [] });
      expect((await tenant.api.get('/consent-settings')).body).toEqual({
        frequencyCaps: [],
        timezone: 'Europe/Berlin',
      });
      const wrong = await tenant.api.patch('/consent-settings', {
        frequencyCaps: [{ purpose: 'ALL', most: 0, hours: 1 }],
      });
      expect(wrong.body['errors']).toMatchObject([{ pointer: '/frequencyCaps/0/most' }]);
    });
  });

  describe('a dry run', () => {
    it('tells what would happen and stores nothing', async () => {
      const { body } = await post({}, '/messages?dryRun=true');
      expect(body).toMatchObject({
        outcome: 'QUEUED',
        reason: null,
        goesAt: null,
        to: ADA,
        messageType: 'TEXT',
        content: { subject: 'Hi', text: 'Hello' },
        parts: null,
        cost: null,
      });
      await tenant.api.post('/suppressions', { channelType: 'EMAIL', address: ADA });
      expect((await post({}, '/messages?dryRun=true')).body).toMatchObject({
        outcome: 'SUPPRESSED',
        reason: { code: 'suppressed', rule: { type: 'suppression' } },
      });
      const at = new Date(Date.now() + 3_600_000).toISOString();
      expect((await post({ scheduledAt: at }, '/messages?dryRun=true')).body).toMatchObject({
        outcome: 'SCHEDULED',
        goesAt: at,
        reason: { code: 'suppressed' },
      });
      expect((await tenant.api.get('/messages')).body['data']).toEqual([]);
      expect((await tenant.api.get('/contacts')).body['data']).toEqual([]);
    });

    it('refuses what sending would refuse, and counts the parts of a text message', async () => {
      expect((await post({ to: 'nobody' }, '/messages?dryRun=true')).status).toBe(422);
      expect((await post({}, '/messages?dryRun=yes')).status).toBe(422);
      const text = { channelType: 'SMS', to: '+14155552671', content: { text: 'é'.repeat(161) } };
      expect((await post(text, '/messages?dryRun=true')).body).toMatchObject({ parts: 2, cost: null });
    });
  });
});

import { randomUUID } from 'node:crypto';
import { startApp, type TestApp, type TestTenant } from '../support/app';

const NO_COUNTS = {
  total: 0,
  excluded: 0,
  pending: 0,
  queued: 0,
  sent: 0,
  delivered: 0,
  read: 0,
  failed: 0,
  suppressed: 0,
  cancelled: 0,
  unknown: 0,
};

describe('bulk sends', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  const draft = (changes: object = {}) => ({
    name: 'Spring',
    channelType: 'SMS',
    content: { text: 'Hello' },
    recipients: [{ to: '+14155552671' }],
    ...changes,
  });

  it('stores a bulk send with its recipients as a draft, duplicates merged', async () => {
    const made = await tenant.api.post(
      '/bulk-send',
      draft({
        recipients: [
          { to: '+14155552671', variables: { name: 'Ada' } },
          { to: '+1 415 555 2671' },
          { to: '+14155552672' },
        ],
        scheduledAt: '2027-03-01T09:00:00Z',
        timezone: 'Europe/Berlin',
        recurrence: 'FREQ=WEEKLY;BYDAY=MO',
        rate: { perSecond: 2.5 },
        metadata: { team: 'growth' },
      }),
    );
    expect(made.status).toBe(202);
    expect(made.headers.get('location')).toBe(`/api/v1/communication/bulk-send/${String(made.body['id'])}`);
    expect(made.body).toMatchObject({
      status: 'DRAFT',
      purpose: 'MARKETING',
      channelType: 'SMS',
      duplicates: 1,
      counts: { ...NO_COUNTS, total: 2, pending: 2 },
      cost: { estimated: null, actual: [] },
      scheduledAt: '2027-03-01T09:00:00.000Z',
      timezone: 'Europe/Berlin',
      recurrence: 'FREQ=WEEKLY;BYDAY=MO',
      rate: { perSecond: 2.5 },
      metadata: { team: 'growth' },
    });

    const read = await tenant.api.get(`/bulk-send/${String(made.body['id'])}`);
    expect(read.body).toEqual({ ...made.body, reasons: [], nextOccurrences: expect.any(Array) });
    const recipients = await tenant.api.get(`/bulk-send/${String(made.body['id'])}/recipients`);
    expect(recipients.body['data']).toMatchObject([
      { to: '+14155552671', status: 'PENDING', variables: { name: 'Ada' }, messageId: null },
      { to: '+14155552672', status: 'PENDING', variables: {} },
    ]);
  });

  it('sends nothing before it is started', async () => {
    const { body } = await tenant.api.post('/bulk-send', draft({ scheduledAt: new Date().toISOString() }));
    expect(body['status']).toBe('DRAFT');
    expect(await app.sql('SELECT 1 FROM communication_message WHERE campaign_id = $1', [body['id']])).toEqual([]);
  });

  it('takes the address of a contact, and excludes a contact that has none', async () => {
    const phone = await tenant.api.post('/contacts', { name: 'Ada', phone: '+14155552690' });
    const none = await tenant.api.post('/contacts', { name: 'Bob', email: 'bob@example.com' });
    const made = await tenant.api.post(
      '/bulk-send',
      draft({ recipients: [{ contactId: phone.body['id'] }, { contactId: none.body['id'] }, { to: '+14155552690' }] }),
    );
    expect(made.body).toMatchObject({ duplicates: 1, counts: { total: 2, pending: 1, excluded: 1 } });

    const path = `/bulk-send/${String(made.body['id'])}/recipients`;
    expect((await tenant.api.get(`${path}?status=EXCLUDED`)).body['data']).toMatchObject([
      { to: null, contactId: none.body['id'], reasonCode: 'no_address' },
    ]);
    expect((await tenant.api.get(`${path}?status=PENDING`)).body['data']).toMatchObject([
      { to: '+14155552690', contactId: phone.body['id'] },
    ]);
  });

  it('takes 10,000 recipients at once and pages through them', async () => {
    const recipients = Array.from({ length: 10_000 }, (_, i) => ({
      to: `user${i}@example.com`,
      variables: { name: `User ${i}` },
    }));
    const made = await tenant.api.post('/bulk-send', draft({ channelType: 'EMAIL', recipients }));
    expect(made.status).toBe(202);
    expect(made.body).toMatchObject({ counts: { total: 10_000, pending: 10_000 }, duplicates: 0 });

    const path = `/bulk-send/${String(made.body['id'])}/recipients?limit=200`;
    const first = await tenant.api.get(path);
    const { next } = first.body['page'] as { next: string };
    const second = await tenant.api.get(`${path}&cursor=${next}`);
    const addresses = [first, second].flatMap(({ body }) => (body['data'] as { to: string }[]).map(({ to }) => to));
    expect(new Set(addresses).size).toBe(400);

    const refused = await tenant.api.post(
      '/bulk-send',
      draft({ channelType: 'EMAIL', recipients: [...recipients, { to: 'one@example.com' }] }),
    );
    expect(refused.body['errors']).toContainEqual({ pointer: '/recipients', message: expect.any(String) });
  });

  it('lists by status, newest first', async () => {
    const { api } = await app.tenant();
    const [a, b] = [await api.post('/bulk-send', draft()), await api.post('/bulk-send', draft())];
    const ids = async (query: string) =>
      ((await api.get(`/bulk-send${query}`)).body['data'] as { id: string }[]).map(({ id }) => id);
    expect(await ids('')).toEqual([b.body['id'], a.body['id']]);
    expect(await ids('?status=DRAFT')).toHaveLength(2);
    expect(await ids('?status=RUNNING')).toEqual([]);
    expect((await api.get('/bulk-send?status=SLEEPING')).status).toBe(422);
  });

  it('answers the same for a repeated Idempotency-Key and stores one bulk send', async () => {
    const { api, tenantId } = await app.tenant();
    const answers = [
      await api.post('/bulk-send', draft(), { 'idempotency-key': 'spring' }),
      await api.post('/bulk-send', draft(), { 'idempotency-key': 'spring' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(answers[1]?.text).toBe(answers[0]?.text);
    expect(answers[1]?.headers.get('idempotency-replayed')).toBe('true');
    expect(await app.sql('SELECT 1 FROM bulk_message_campaign WHERE tenant_id = $1', [tenantId])).toHaveLength(1);
  });

  it('names the recipient that is no address and no contact, and stores nothing', async () => {
    const { api, tenantId } = await app.tenant();
    const other = await tenant.api.post('/contacts', { name: 'Elsewhere', phone: '+14155552699' });
    const gone = await api.post('/contacts', { name: 'Gone', phone: '+14155552698' });
    expect((await api.delete(`/contacts/${String(gone.body['id'])}`)).status).toBe(204);
    const recipients = [
      { to: '+14155552671' },
      { to: '911' },
      { contactId: randomUUID() },
      { contactId: other.body['id'] },
      { contactId: gone.body['id'] },
    ];
    const refused = await api.post('/bulk-send', draft({ recipients }));
    expect(refused.status).toBe(422);
    expect(refused.body['errors']).toEqual([
      { pointer: '/recipients/1/to', message: expect.any(String) },
      { pointer: '/recipients/2/contactId', message: 'there is no such contact' },
      { pointer: '/recipients/3/contactId', message: 'there is no such contact' },
      { pointer: '/recipients/4/contactId', message: 'there is no such contact' },
    ]);
    expect(await app.sql('SELECT 1 FROM bulk_message_campaign WHERE tenant_id = $1', [tenantId])).toEqual([]);
  });

  it('takes templates of its tenant and channel type only', async () => {
    const template = async (channelType: string) =>
      (
        await tenant.api.post('/templates', {
          name: randomUUID(),
          channelType,
          language: 'en',
          category: 'NEWS',
          body: 'Hi',
        })
      ).body['id'];
    const [sms, telegram] = [await template('SMS'), await template('TELEGRAM')];
    const using = (templateId: unknown) => draft({ content: undefined, templateId });

    expect((await tenant.api.post('/bulk-send', using(sms))).status).toBe(202);
    for (const templateId of [telegram, randomUUID()]) {
      const refused = await tenant.api.post('/bulk-send', using(templateId));
      expect(refused.body['errors']).toEqual([{ pointer: '/templateId', message: expect.any(String) }]);
    }
    const variants = [
      { templateId: sms, weight: 50 },
      { templateId: telegram, weight: 50 },
    ];
    const refused = await tenant.api.post('/bulk-send', draft({ content: undefined, variants }));
    expect(refused.body['errors']).toEqual([{ pointer: '/variants/1/templateId', message: expect.any(String) }]);
  });

  it('answers 404 for a channel or bulk send of another tenant, as for none', async () => {
    const other = await app.tenant();
    const { body } = await other.api.post('/bulk-send', draft());
    const channelId = body['channelId'];
    for (const id of [channelId, randomUUID()]) {
      const answer = await tenant.api.post('/bulk-send', draft({ channelType: undefined, channelId: id }));
      expect(answer.status).toBe(404);
    }
    for (const id of [body['id'], randomUUID(), 'x']) {
      expect((await tenant.api.get(`/bulk-send/${String(id)}`)).status).toBe(404);
      expect((await tenant.api.get(`/bulk-send/${String(id)}/recipients`)).status).toBe(404);
    }
  });

  it.each([
    ['/name', { name: ' ' }],
    ['/channelId', { channelId: randomUUID() }],
    ['/channelId', { channelType: undefined }],
    ['/channelType', { channelType: 'FAX' }],
    ['/templateId', { templateId: randomUUID() }],
    ['/templateId', { content: undefined }],
    ['/content/text', { content: { subject: 'only' } }],
    [
      '/variants/0/weight',
      {
        content: undefined,
        variants: [
          { content: { text: 'a' }, weight: 0 },
          { content: { text: 'b' }, weight: 1 },
        ],
      },
    ],
    [
      '/variants/1/templateId',
      { content: undefined, variants: [{ content: { text: 'a' }, weight: 1 }, { weight: 1 }] },
    ],
    ['/variants', { content: undefined, variants: [{ content: { text: 'a' }, weight: 1 }] }],
    ['/variants', { abTest: { sharePercent: 10, decideAfterMinutes: 5, metric: 'OPENED' } }],
    ['/rate/domains/0/domain', { rate: { domains: [{ domain: 'no domain', perSecond: 1 }] } }],
    ['/rampUp/factor', { rampUp: { firstDay: 10, factor: 0.5 } }],
    ['/autoPause/minimum', { autoPause: { minimum: 0 } }],
    ['/delivery', { delivery: 'exactly_once' }],
    ['/recipients/0', { recipients: [null] }],
    ['/recipients/0/to', { recipients: [{}] }],
    ['/recipients/0/to', { recipients: [{ to: '+14155552671', contactId: randomUUID() }] }],
    ['/recipients/0/to', { recipients: [{ to: 14155552671 }] }],
    ['/recipients/0/variables', { recipients: [{ to: '+14155552671', variables: [] }] }],
    ['/rate/perSecond', { rate: { perSecond: 0 } }],
    ['/rate', { rate: 5 }],
    ['/scheduledAt', { scheduledAt: '2020-01-01T00:00:00Z' }],
    ['/scheduledAt', { recurrence: 'FREQ=DAILY' }],
    ['/timezone', { timezone: '+02:00' }],
    ['/recurrence', { scheduledAt: '2027-01-01T00:00:00Z', recurrence: 'FREQ=SECONDLY' }],
    ['/recurrence', { scheduledAt: '2027-01-01T00:00:00Z', recurrence: 'FREQ=DAILY;COUNT=1001' }],
    ['/metadata', { metadata: { a: {} } }],
    ['/purpose', { purpose: 'FUN' }],
    ['/status', { status: 'RUNNING' }],
  ])('names %s when it is wrong: %j', async (pointer, changes) => {
    const refused = await tenant.api.post('/bulk-send', draft(changes));
    expect(refused.status).toBe(422);
    const pointers = (refused.body['errors'] as { pointer: string }[]).map((error) => error.pointer);
    expect(pointers).toContain(pointer);
  });
});

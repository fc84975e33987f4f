import { CampaignWatch } from '../../src/campaigns/run/campaign-watch';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { Api, type Answer } from '../support/api';

const ENDED = ['COMPLETED', 'PARTIALLY_FAILED', 'FAILED', 'CANCELLED'];

let app: TestApp;
let tenant: TestTenant;
let made = 0;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

/** Addresses that the sandbox delivers to, never the same ones twice. */
const people = (count: number, domain = 'example.com') =>
  Array.from({ length: count }, () => ({ to: `person${++made}@${domain}` }));

const bulk = (changes: object = {}) => ({
  name: 'Spring',
  channelType: 'EMAIL',
  content: { subject: 'Spring', text: 'It is here.' },
  recipients: people(3),
  ...changes,
});
const create = async (changes: object = {}): Promise<string> => {
  const { status, body, text } = await tenant.api.post('/bulk-send', bulk(changes));
  expect([status, text]).toEqual([202, expect.any(String)]);
  return String(body['id']);
};
const begin = (changes: object = {}) => create({ start: true, ...changes });
const act = (id: string, action: string, body?: object) => tenant.api.post(`/bulk-send/${id}/${action}`, body);
const countsOf = ({ body }: Answer) => body['counts'] as Record<string, number>;
const until = (id: string, wanted: (answer: Answer) => boolean) => tenant.api.until(`/bulk-send/${id}`, wanted, 20_000);
const ended = (id: string) => until(id, ({ body }) => ENDED.includes(String(body['status'])));
const summed = (answer: Answer) => {
  const { total, ...states } = countsOf(answer);
  return total === Object.values(states).reduce((sum, n) => sum + n, 0);
};
const sentTo = async (id: string) =>
  (
    await app.sql<{ to: string }>(
      `SELECT m.to_address AS to FROM communication_message m
       JOIN message_attempt a ON a.tenant_id = m.tenant_id AND a.message_id = m.id WHERE m.campaign_id = $1`,
      [id],
    )
  ).map(({ to }) => to);
const templateOf = async (changes: object) => {
  const { body } = await tenant.api.post('/templates', {
    name: `bulk ${++made}`,
    channelType: 'EMAIL',
    subject: 'Hello',
    body: 'Hello',
    ...changes,
  });
  return String(body['id']);
};

describe('a bulk send', () => {
  it('writes to every recipient once and ends as COMPLETED', async () => {
    const recipients = people(700);
    const id = await begin({ recipients });
    const done = await ended(id);

    expect(done.body).toMatchObject({
      status: 'COMPLETED',
      reasons: [],
      counts: { total: 700, failed: 0, pending: 0 },
    });
    expect((await sentTo(id)).toSorted()).toEqual(recipients.map(({ to }) => to).toSorted());
    const settled = await until(id, (answer) => countsOf(answer)['delivered'] === 700);
    expect(settled.body['finishedAt']).toEqual(expect.any(String));
  });

  it('sums its counts to the total whenever it is looked at', async () => {
    const id = await begin({ recipients: people(400), rate: { perSecond: 400 } });
    let looks = 0;
    await until(id, (answer) => {
      looks++;
      expect(summed(answer)).toBe(true);
      return ENDED.includes(String(answer.body['status']));
    });
    expect(looks).toBeGreaterThan(3);
  });

  it('makes a message of its template for each recipient, in the language of the contact', async () => {
    const name = `greeting ${++made}`;
    const words = { name, channelType: 'EMAIL', variables: [{ name: 'code' }] };
    const english = {
      ...words,
      language: 'en',
      subject: 'Hello {{contact.name}}',
      body: 'Code {{code}} {{unsubscribe_url}}',
    };
    const german = { ...words, language: 'de', subject: 'Hallo {{contact.name}}', body: 'Code {{code}}' };
    const template = await tenant.api.post('/templates', english);
    await tenant.api.post('/templates', german);
    const [ada, bob] = people(2).map(({ to }) => to);
    await tenant.api.post('/contacts', { name: 'Ada', email: ada, language: 'de' });
    await tenant.api.post('/contacts', { name: 'Bob', email: bob });
    const recipients = [
      { to: ada, variables: { code: 'A1' } },
      { to: bob, variables: { code: 'B2' } },
    ];
    const id = await begin({ content: undefined, templateId: template.body['id'], recipients });
    await ended(id);

    const { body } = await tenant.api.get(`/bulk-send/${id}/recipients`);
    const messages = await Promise.all(
      (body['data'] as { messageId: string }[]).map(({ messageId }) => tenant.api.get(`/messages/${messageId}`)),
    );
    const subjects = messages.map(({ body: { content } }) => content as { subject: string; text: string });
    expect(subjects.map(({ subject }) => subject).toSorted()).toEqual(['Hallo Ada', 'Hello Bob']);
    expect(subjects.find(({ subject }) => subject === 'Hello Bob')?.text).toMatch(/^Code B2 http.*\/p\//);
  });

  it('fails a recipient whose values do not fit, alone, and says so at the end', async () => {
    const templateId = await templateOf({ body: '{{code}}', variables: [{ name: 'code', required: true }] });
    const [good, bad] = people(2);
    const recipients = [{ ...good, variables: { code: '1' } }, bad];
    const id = await begin({ content: undefined, templateId, recipients });
    const done = await ended(id);

    expect(done.body).toMatchObject({
      status: 'PARTIALLY_FAILED',
      counts: { failed: 1 },
      reasons: [{ status: 'FAILED', reasonCode: 'not_composable', count: 1 }],
    });
    const { body } = await tenant.api.get(`/bulk-send/${id}/recipients?status=FAILED`);
    expect(body['data']).toMatchObject([
      { to: bad?.to, reasonDetail: expect.stringContaining('/variables/code'), messageId: null },
    ]);
  });

  it('asks the gate for each recipient and counts whom it did not write to, with the reason', async () => {
    const [out, ...others] = people(3);
    await tenant.api.post('/suppressions', { channelType: 'EMAIL', address: out?.to, purpose: 'MARKETING' });
    const id = await begin({ recipients: [out, ...others] });
    const done = await ended(id);

    expect(done.body).toMatchObject({
      status: 'COMPLETED',
      counts: { total: 3, suppressed: 1 },
      reasons: [{ status: 'SUPPRESSED', reasonCode: 'suppressed', count: 1 }],
    });
    expect(await sentTo(id)).not.toContain(out?.to);
    const { body } = await tenant.api.get(`/bulk-send/${id}/recipients?status=SUPPRESSED`);
    expect(body['data']).toMatchObject([{ to: out?.to, messageId: expect.any(String) }]);
  });

  it('lists the recipients of each status, page by page, and every one in one of them', async () => {
    const id = await begin({ recipients: [...people(7), { to: 'nobody+fail-permanent@example.com' }] });
    await ended(id);
    await until(id, (answer) => countsOf(answer)['delivered'] === 7);
    const found: unknown[] = [];
    for (const status of ['DELIVERED', 'FAILED', 'PENDING', 'CANCELLED'])
      for (let cursor = '', more = true; more;) {
        const { body } = await tenant.api.get(`/bulk-send/${id}/recipients?status=${status}&limit=3${cursor}`);
        const data = body['data'] as { status: string; to: string }[];
        expect(data.every((row) => row.status === status)).toBe(true);
        found.push(...data.map(({ to }) => to));
        const { next } = body['page'] as { next: string | null };
        more = next !== null;
        cursor = `&cursor=${next}`;
      }
    expect(new Set(found).size).toBe(8);
    expect(found).toHaveLength(8);
  });
});

describe('pausing and cancelling', () => {
  it('starts nothing more once the pause has answered, and resumes with exactly the others', async () => {
    const recipients = people(300);
    const id = await begin({ recipients, rate: { perSecond: 150 } });
    await until(id, (answer) => (countsOf(answer)['pending'] ?? 0) + (countsOf(answer)['queued'] ?? 0) < 280);
    const paused = await act(id, 'pause');
    expect(paused.body['status']).toBe('PAUSED');
    const before = (await sentTo(id)).length;
    expect(before).toBeLessThan(300);
    await tenant.api.post('/messages', { channelType: 'EMAIL', to: people(1)[0]?.to, content: { text: 'meanwhile' } });
    await until(id, (answer) => (countsOf(answer)['queued'] ?? 0) >= 0);
    expect((await sentTo(id)).length).toBe(before);

    expect((await act(id, 'resume')).body['status']).toBe('RUNNING');
    await ended(id);
    expect((await sentTo(id)).toSorted()).toEqual(recipients.map(({ to }) => to).toSorted());
  });

  it('tells of a message that it waits for a bulk send which is paused', async () => {
    const id = await begin({ recipients: people(200), rate: { perSecond: 20 } });
    await until(id, (answer) => (countsOf(answer)['queued'] ?? 0) > 0);
    await act(id, 'pause');
    type Row = { messageId: string; reasonCode: string };
    const path = `/bulk-send/${id}/recipients?status=QUEUED&limit=200`;
    const { body } = await tenant.api.until(path, (answer) =>
      (answer.body['data'] as Row[]).every(({ reasonCode }) => reasonCode === 'campaign_paused'),
    );
    const [first] = body['data'] as Row[];
    const why = await tenant.api.get(`/messages/${first?.messageId}/why`);
    expect(why.body).toMatchObject({ status: 'QUEUED', reason: { code: 'campaign_paused' } });
    await act(id, 'cancel');
  });

  it('ends for good when it is cancelled: who waited is cancelled, who was written to is not', async () => {
    const id = await begin({ recipients: people(200), rate: { perSecond: 40 } });
    await until(id, (answer) => (countsOf(answer)['delivered'] ?? 0) > 0);
    const cancelled = await act(id, 'cancel');
    expect(cancelled.body['status']).toBe('CANCELLED');
    const settled = await until(id, (answer) => countsOf(answer)['queued'] === 0);
    expect(summed(settled)).toBe(true);
    const { total = 0, cancelled: called = 0, pending } = countsOf(settled);
    expect([total, pending]).toEqual([200, 0]);
    expect(called + (await sentTo(id)).length).toBe(200);
    const listed = await tenant.api.get(`/bulk-send/${id}/recipients?status=CANCELLED&limit=200`);
    expect(listed.body['data']).toHaveLength(called);
    expect((await act(id, 'resume')).status).toBe(409);
    expect((await act(id, 'start')).status).toBe(409);
  });

  it.each([
    ['pause', 409],
    ['resume', 409],
    ['retry-failed', 409],
    ['cancel', 200],
  ])('answers %s of a draft with %i', async (action, status) => {
    expect((await act(await create(), action, action === 'retry-failed' ? {} : undefined)).status).toBe(status);
  });

  it('starts nothing that has no recipients', async () => {
    const id = await create({ recipients: [] });
    expect((await act(id, 'start')).body).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('waits for its time, and can be paused before', async () => {
    const id = await begin({ scheduledAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect((await tenant.api.get(`/bulk-send/${id}`)).body['status']).toBe('SCHEDULED');
    expect((await act(id, 'pause')).body['status']).toBe('PAUSED');
    expect((await act(id, 'resume')).body['status']).toBe('SCHEDULED');
    await app.sql(`UPDATE bulk_message_campaign SET scheduled_at = now() - interval '1 second' WHERE id = $1`, [id]);
    expect((await ended(id)).body['status']).toBe('COMPLETED');
  });

  it('sends nothing that was due more than an hour ago before somebody says so', async () => {
    const id = await begin({ scheduledAt: new Date(Date.now() + 3_600_000).toISOString() });
    await app.sql(`UPDATE bulk_message_campaign SET scheduled_at = now() - interval '2 hours' WHERE id = $1`, [id]);
    const missed = await until(id, ({ body }) => body['status'] === 'PAUSED');
    expect(missed.body['reason']).toMatchObject({ code: 'missed' });
    expect((await act(id, 'resume')).body).toMatchObject({ status: 'PREPARING', reason: null });
    await ended(id);
  });
});

describe('what fails', () => {
  it('is tried again by its reason, and nobody else is touched', async () => {
    const templateId = await templateOf({ body: '{{code}}', variables: [{ name: 'code', required: true }] });
    const refused = { to: `refused${++made}+fail-permanent@example.com`, variables: { code: '1' } };
    const [good, unfit] = people(2);
    const id = await begin({
      content: undefined,
      templateId,
      recipients: [{ ...good, variables: { code: '1' } }, refused, unfit],
    });
    const done = await ended(id);
    const reasons = done.body['reasons'] as { reasonCode: string }[];
    expect(reasons).toHaveLength(2);
    const before = await sentTo(id);

    await tenant.api.patch(`/templates/${templateId}`, { variables: [{ name: 'code', default: 'none' }] });
    await app.sql(`SELECT pg_sleep(1.1)`); // a template is remembered for a second
    const again = await act(id, 'retry-failed', { reasons: ['not_composable'] });
    expect(again.body).toMatchObject({ status: 'RUNNING', retried: 1 });
    const after = await ended(id);
    expect(after.body).toMatchObject({ status: 'PARTIALLY_FAILED', counts: { failed: 1 } });
    expect((await sentTo(id)).toSorted()).toEqual([...before, unfit?.to].toSorted());

    expect((await act(id, 'retry-failed', {})).body).toMatchObject({ retried: 1 });
    await ended(id);
    expect((await sentTo(id)).filter((to) => to === refused.to)).toHaveLength(2);
  });

  it('makes a bulk send FAILED when nothing of it went out', async () => {
    const id = await begin({ recipients: [{ to: `nobody${++made}+fail-permanent@example.com` }] });
    expect((await ended(id)).body['status']).toBe('FAILED');
  });

  it('pauses a bulk send whose mails come back, and says why', async () => {
    const bouncing = Array.from({ length: 20 }, () => ({ to: `gone${++made}+bounce@example.com` }));
    const id = await begin({
      recipients: [...bouncing, ...people(600)],
      rate: { perSecond: 20 },
      autoPause: { bouncePercent: 5, minimum: 10 },
    });
    const paused = await until(id, ({ body }) => body['status'] === 'PAUSED');
    expect(paused.body['reason']).toMatchObject({ code: 'bounce_rate', detail: expect.stringContaining('5 %') });
    await act(id, 'cancel');
  });

  it('does not pause one by itself that was cancelled meanwhile', async () => {
    const id = await create();
    await act(id, 'cancel');
    await app.runtime.app.get(CampaignWatch).pause(tenant.tenantId, id, { code: 'bounce_rate', detail: 'Too many.' });
    expect((await tenant.api.get(`/bulk-send/${id}`)).body).toMatchObject({ status: 'CANCELLED', reason: null });
  });

  it('pauses a bulk send whose template is gone, instead of failing everybody', async () => {
    const templateId = await templateOf({});
    const id = await create({ content: undefined, templateId });
    await tenant.api.delete(`/templates/${templateId}`);
    await act(id, 'start');
    const paused = await until(id, ({ body }) => body['status'] === 'PAUSED');
    expect(paused.body).toMatchObject({ reason: { code: 'template_unusable' }, counts: { pending: 3, failed: 0 } });
  });
});

describe('variants and pace', () => {
  const variants = [
    { content: { subject: 'A', text: 'Variant A' }, weight: 1 },
    { content: { subject: 'B', text: 'Variant B' }, weight: 1 },
  ];

  it('gives each recipient a variant by weight', async () => {
    const id = await begin({
      content: undefined,
      variants: [variants[0], { ...variants[1], weight: 3 }],
      recipients: people(400),
    });
    await ended(id);
    const rows = await app.sql<{ variant: number; n: number }>(
      `SELECT r.variant, count(*)::int AS n FROM bulk_message_recipient r
       JOIN communication_message m ON m.tenant_id = r.tenant_id AND m.id = r.message_id
       WHERE r.campaign_id = $1 AND m.content ->> 'subject' = (ARRAY['A', 'B'])[r.variant + 1] GROUP BY 1 ORDER BY 1`,
      [id],
    );
    expect(rows.map(({ n }) => n).reduce((a, b) => a + b)).toBe(400);
    expect(rows[1]?.n).toBeGreaterThan(240);
    expect(rows[1]?.n).toBeLessThan(360);
  });

  it('tries variants on a share of the recipients and gives the others the one that was read most', async () => {
    const id = await begin({
      content: undefined,
      variants,
      recipients: people(200),
      abTest: { sharePercent: 20, decideAfterMinutes: 1, metric: 'OPENED' },
    });
    const tested = await until(id, (answer) => {
      const { delivered = 0, pending = 0 } = countsOf(answer);
      return delivered > 0 && delivered + pending === 200;
    });
    const share = 200 - (countsOf(tested)['pending'] ?? 0);
    expect(share).toBeGreaterThan(15);
    expect(share).toBeLessThan(70);
    expect(tested.body).toMatchObject({ status: 'RUNNING', abTest: { winner: null } });

    await app.sql(
      `UPDATE communication_message m SET opened_at = now() FROM bulk_message_recipient r
       WHERE r.campaign_id = $1 AND r.message_id = m.id AND r.tenant_id = m.tenant_id AND r.variant = 1`,
      [id],
    );
    await app.sql(`UPDATE communication_message SET created_at = now() - interval '2 minutes' WHERE campaign_id = $1`, [
      id,
    ]);
    const done = await ended(id);
    expect(done.body).toMatchObject({ status: 'COMPLETED', abTest: { winner: 1, decidedAt: expect.any(String) } });
    const { body } = await tenant.api.get(`/bulk-send/${id}/recipients?limit=200`);
    const given = (body['data'] as { variant: number }[]).map(({ variant }) => variant);
    expect(given.filter((variant) => variant === 1).length).toBeGreaterThanOrEqual(200 - share);
  });

  it('keeps to its rate, and to that of a domain', async () => {
    const slow = people(6, 'slow.example');
    const id = await begin({
      recipients: [...people(60), ...slow],
      rate: { perSecond: 100, domains: [{ domain: 'slow.example', perSecond: 4 }] },
    });
    await ended(id);
    const rows = await app.sql<{ slow: boolean; n: number; seconds: number; kept: boolean }>(
      `SELECT m.to_address LIKE '%@slow.example' AS slow, count(*)::int AS n,
         extract(epoch FROM max(m.due_at) - min(m.due_at))::float8 AS seconds, bool_and(a.dispatched_at >= m.due_at) AS kept
       FROM communication_message m JOIN message_attempt a ON a.tenant_id = m.tenant_id AND a.message_id = m.id
       WHERE m.campaign_id = $1 GROUP BY 1 ORDER BY 1`,
      [id],
    );
    expect(rows.map(({ n }) => n)).toEqual([60, 6]);
    expect(rows.map(({ seconds }) => Math.round(seconds * 100) / 100)).toEqual([expect.any(Number), 1.25]);
    expect(rows[0]?.seconds).toBeGreaterThanOrEqual(0.59);
    expect(rows.every(({ kept }) => kept)).toBe(true);
  });

  it('begins with as many messages as the first day of its warm-up allows', async () => {
    const id = await begin({ recipients: people(30), rampUp: { firstDay: 10, factor: 2 } });
    await until(id, (answer) => countsOf(answer)['delivered'] === 10);
    expect(countsOf(await tenant.api.get(`/bulk-send/${id}`))).toMatchObject({ pending: 20 });
    await app.sql(`UPDATE bulk_message_campaign SET started_at = now() - interval '25 hours' WHERE id = $1`, [id]);
    expect((await ended(id)).body['counts']).toMatchObject({ total: 30, pending: 0 });
  });
});

describe('changes, tests and approval', () => {
  it('goes on by a new rate while it runs', async () => {
    const id = await begin({ recipients: people(100), rate: { perSecond: 1 } });
    await until(id, (answer) => (countsOf(answer)['delivered'] ?? 0) > 0);
    const changed = await tenant.api.patch(`/bulk-send/${id}`, { rate: { perSecond: 1000 }, name: 'Faster' });
    expect(changed.body).toMatchObject({ name: 'Faster', rate: { perSecond: 1000, domains: [] }, status: 'RUNNING' });
    await ended(id);
    expect(new Set(await sentTo(id)).size).toBe(100);
    expect((await tenant.api.patch(`/bulk-send/${id}`, { rate: null })).status).toBe(409);
  });

  it('keeps the domains with a rate once it is started, and its time once it runs', async () => {
    const id = await begin({
      recipients: people(50),
      rate: { perSecond: 1, domains: [{ domain: 'a.example', perSecond: 1 }] },
    });
    const other = await tenant.api.patch(`/bulk-send/${id}`, {
      rate: { domains: [{ domain: 'b.example', perSecond: 1 }] },
    });
    expect([other.status, other.body['errors']]).toEqual([
      422,
      [expect.objectContaining({ pointer: '/rate/domains' })],
    ]);
    await until(id, ({ body }) => body['status'] === 'RUNNING');
    const scheduledAt = new Date(Date.now() + 60_000).toISOString();
    expect((await tenant.api.patch(`/bulk-send/${id}`, { scheduledAt })).status).toBe(409);
    await act(id, 'cancel');
  });

  it('sends a test to addresses that are no recipients of it', async () => {
    const id = await create({
      content: undefined,
      variants: [
        { content: { subject: 'A', text: 'a' }, weight: 1 },
        { content: { subject: 'B', text: 'b' }, weight: 1 },
      ],
    });
    const [mine] = people(1);
    const tried = await act(id, 'test', { to: [mine?.to], variant: 1 });
    expect(tried.status).toBe(202);
    const [message] = tried.body['messages'] as { id: string }[];
    const delivered = await tenant.api.until(`/messages/${message?.id}`, ({ body }) => body['status'] === 'DELIVERED');
    expect(delivered.body).toMatchObject({ content: { subject: 'B' }, metadata: { bulkSendTest: id } });
    expect(countsOf(await tenant.api.get(`/bulk-send/${id}`))).toMatchObject({ total: 3, pending: 3 });
    expect((await act(id, 'test', { to: [mine?.to], variant: 2 })).status).toBe(422);
  });

  it('starts only after a second person approved it, where the tenant wants that', async () => {
    const other = await app.tenant();
    const { api } = other;
    await api.patch('/campaign-settings', { approvalRequired: true });
    const { body } = await api.post('/bulk-send', bulk());
    const path = `/bulk-send/${String(body['id'])}`;
    expect((await api.post(`${path}/start`)).body).toMatchObject({ status: 409, code: 'approval_required' });
    expect((await api.post(`${path}/approve`)).body).toMatchObject({ status: 409, code: 'approval_required' });

    const second = new Api(app.url, await app.key(other.tenantId, ['campaigns:manage']));
    expect((await second.post(`${path}/approve`)).body).toMatchObject({ approvedBy: expect.stringMatching(/^key:/) });
    expect((await api.post(`${path}/start`)).status).toBe(202);
    expect((await second.patch('/campaign-settings', { approvalRequired: false })).status).toBe(403);
  });
});

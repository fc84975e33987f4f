import { Api } from '../support/api';
import { BulkStage, countsOf } from './bulk-stage';

let stage: BulkStage;

beforeAll(async () => {
  stage = await BulkStage.open();
});
afterAll(() => stage.app.close());

describe('variants and pace', () => {
  const variants = [
    { content: { subject: 'A', text: 'Variant A' }, weight: 1 },
    { content: { subject: 'B', text: 'Variant B' }, weight: 1 },
  ];

  it('gives each recipient a variant by weight', async () => {
    const id = await stage.begin({
      content: undefined,
      variants: [variants[0], { ...variants[1], weight: 3 }],
      recipients: stage.people(400),
    });
    await stage.ended(id);
    const rows = await stage.app.sql<{ variant: number; n: number }>(
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
    const id = await stage.begin({
      content: undefined,
      variants,
      recipients: stage.people(200),
      abTest: { sharePercent: 20, decideAfterMinutes: 1, metric: 'OPENED' },
    });
    const tested = await stage.until(id, (answer) => {
      const { delivered = 0, pending = 0 } = countsOf(answer);
      return delivered > 0 && delivered + pending === 200;
    });
    const share = 200 - (countsOf(tested)['pending'] ?? 0);
    expect(share).toBeGreaterThan(15);
    expect(share).toBeLessThan(70);
    expect(tested.body).toMatchObject({ status: 'RUNNING', abTest: { winner: null } });

    await stage.app.sql(
      `UPDATE communication_message m SET opened_at = now() FROM bulk_message_recipient r
       WHERE r.campaign_id = $1 AND r.message_id = m.id AND r.tenant_id = m.tenant_id AND r.variant = 1`,
      [id],
    );
    await stage.app.sql(
      `UPDATE communication_message SET created_at = now() - interval '2 minutes' WHERE campaign_id = $1`,
      [id],
    );
    const done = await stage.ended(id);
    expect(done.body).toMatchObject({ status: 'COMPLETED', abTest: { winner: 1, decidedAt: expect.any(String) } });
    const { body } = await stage.tenant.api.get(`/bulk-send/${id}/recipients?limit=200`);
    const given = (body['data'] as { variant: number }[]).map(({ variant }) => variant);
    expect(given.filter((variant) => variant === 1).length).toBeGreaterThanOrEqual(200 - share);
  });

  it('keeps to its rate, and to that of a domain', async () => {
    const slow = stage.people(6, 'slow.example');
    const id = await stage.begin({
      recipients: [...stage.people(60), ...slow],
      rate: { perSecond: 100, domains: [{ domain: 'slow.example', perSecond: 4 }] },
    });
    await stage.ended(id);
    const rows = await stage.app.sql<{ slow: boolean; n: number; seconds: number; kept: boolean }>(
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
    const id = await stage.begin({ recipients: stage.people(30), rampUp: { firstDay: 10, factor: 2 } });
    await stage.until(id, (answer) => countsOf(answer)['delivered'] === 10);
    expect(countsOf(await stage.tenant.api.get(`/bulk-send/${id}`))).toMatchObject({ pending: 20 });
    await stage.app.sql(`UPDATE bulk_message_campaign SET started_at = now() - interval '25 hours' WHERE id = $1`, [
      id,
    ]);
    expect((await stage.ended(id)).body['counts']).toMatchObject({ total: 30, pending: 0 });
  });
});

describe('changes, tests and approval', () => {
  it('goes on by a new rate while it runs', async () => {
    const id = await stage.begin({ recipients: stage.people(100), rate: { perSecond: 1 } });
    await stage.until(id, (answer) => (countsOf(answer)['delivered'] ?? 0) > 0);
    const changed = await stage.tenant.api.patch(`/bulk-send/${id}`, { rate: { perSecond: 1000 }, name: 'Faster' });
    expect(changed.body).toMatchObject({ name: 'Faster', rate: { perSecond: 1000, domains: [] }, status: 'RUNNING' });
    await stage.ended(id);
    expect(new Set(await stage.sentTo(id)).size).toBe(100);
    expect((await stage.tenant.api.patch(`/bulk-send/${id}`, { rate: null })).status).toBe(409);
  });

  it('keeps the domains with a rate once it is started, and its time once it runs', async () => {
    const id = await stage.begin({
      recipients: stage.people(50),
      rate: { perSecond: 1, domains: [{ domain: 'a.example', perSecond: 1 }] },
    });
    const other = await stage.tenant.api.patch(`/bulk-send/${id}`, {
      rate: { domains: [{ domain: 'b.example', perSecond: 1 }] },
    });
    expect([other.status, other.body['errors']]).toEqual([
      422,
      [expect.objectContaining({ pointer: '/rate/domains' })],
    ]);
    await stage.until(id, ({ body }) => body['status'] === 'RUNNING');
    const scheduledAt = new Date(Date.now() + 60_000).toISOString();
    expect((await stage.tenant.api.patch(`/bulk-send/${id}`, { scheduledAt })).status).toBe(409);
    await stage.act(id, 'cancel');
  });

  it('sends a test to addresses that are no recipients of it', async () => {
    const id = await stage.create({
      content: undefined,
      variants: [
        { content: { subject: 'A', text: 'a' }, weight: 1 },
        { content: { subject: 'B', text: 'b' }, weight: 1 },
      ],
    });
    const [mine] = stage.people(1);
    const tried = await stage.act(id, 'test', { to: [mine?.to], variant: 1 });
    expect(tried.status).toBe(202);
    const [message] = tried.body['messages'] as { id: string }[];
    const delivered = await stage.tenant.api.until(
      `/messages/${message?.id}`,
      ({ body }) => body['status'] === 'DELIVERED',
    );
    expect(delivered.body).toMatchObject({ content: { subject: 'B' }, metadata: { bulkSendTest: id } });
    expect(countsOf(await stage.tenant.api.get(`/bulk-send/${id}`))).toMatchObject({ total: 3, pending: 3 });
    expect((await stage.act(id, 'test', { to: [mine?.to], variant: 2 })).status).toBe(422);
  });

  it('starts only after a second person approved it, where the tenant wants that', async () => {
    const other = await stage.app.tenant();
    const { api } = other;
    await api.patch('/campaign-settings', { approvalRequired: true });
    const { body } = await api.post('/bulk-send', stage.bulk());
    const path = `/bulk-send/${String(body['id'])}`;
    expect((await api.post(`${path}/start`)).body).toMatchObject({ status: 409, code: 'approval_required' });
    expect((await api.post(`${path}/approve`)).body).toMatchObject({ status: 409, code: 'approval_required' });

    const second = new Api(stage.app.url, await stage.app.key(other.tenantId, ['campaigns:manage']));
    expect((await second.post(`${path}/approve`)).body).toMatchObject({ approvedBy: expect.stringMatching(/^key:/) });
    await api.post(`${path}/recipients`, 'to\none-more@example.com\n', { 'content-type': 'text/csv' });
    expect((await api.post(`${path}/start`)).body).toMatchObject({ status: 409, code: 'approval_required' });
    await second.post(`${path}/approve`);
    expect((await api.post(`${path}/start`)).status).toBe(202);
    expect((await second.patch('/campaign-settings', { approvalRequired: false })).status).toBe(403);
  });
});

import { startApp, type TestApp, type TestTenant } from '../support/app';

interface Sent {
  to: string;
  content: { text: string };
}

/** How workers choose: by lane, by tenant, by conversation, by channel. Few slots, so that the order can be seen. */
describe('dispatch', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ WORKER_CONCURRENCY: '2' });
  });
  afterAll(() => app.close());

  const sent = async (tenant: TestTenant): Promise<Sent[]> => {
    const { data } = (await tenant.api.get('/sandbox/messages?limit=200')).body as { data: Sent[] };
    return data.toReversed();
  };
  const allSent = (tenant: TestTenant, count: number) =>
    tenant.api.until('/sandbox/messages?limit=200', ({ body }) => (body['data'] as Sent[]).length >= count);
  const sms = (tenant: TestTenant, to: string, text: string, more: object = {}) =>
    tenant.api.post('/messages', { channelType: 'SMS', to, content: { text }, ...more });

  it('keeps the order of one conversation while its head is being retried', async () => {
    const tenant = await app.tenant();
    // …0003 is refused twice and then accepted: the later messages have to wait for it.
    for (const text of ['1', '2', '3', '4']) await sms(tenant, '+14155550003', text);
    await allSent(tenant, 4);
    expect((await sent(tenant)).map(({ content }) => content.text)).toEqual(['1', '2', '3', '4']);
  });

  it('lets an otp overtake everything that waits, and bulk last', async () => {
    const tenant = await app.tenant();
    // …0004 takes five seconds: two of them hold both slots.
    for (const to of ['+14155550004', '+14155560004']) await sms(tenant, to, 'slow head');
    await tenant.api.until('/messages?status=SENDING', ({ body }) => (body['data'] as unknown[]).length === 2);
    for (const [i, lane] of (['bulk', 'transactional', 'otp'] as const).entries())
      await sms(tenant, `+1415555267${i}`, lane, { lane });
    await allSent(tenant, 5);
    const order = (await sent(tenant)).map(({ content }) => content.text).filter((text) => text !== 'slow head');
    expect(order).toEqual(['otp', 'transactional', 'bulk']);
  });

  it('shares the worker between tenants, however much one of them sends', async () => {
    const [noisy, quiet] = [await app.tenant(), await app.tenant()];
    await Promise.all(Array.from({ length: 150 }, (_, i) => sms(noisy, `+1415555${1000 + i}`, 'noise')));
    const { body } = await sms(quiet, '+14155552671', 'please');
    await quiet.api.message(body['id'], 'DELIVERED');
    // What the noisy tenant got while the quiet one waited: no more than the worker had taken before, and its half.
    const [row] = await app.sql<{ overtaken: number }>(
      `SELECT count(*)::int AS overtaken FROM message_attempt a, communication_message m
         JOIN message_attempt q ON q.tenant_id = m.tenant_id AND q.message_id = m.id
       WHERE m.id = $1 AND a.tenant_id = $2 AND a.dispatched_at BETWEEN m.created_at AND q.dispatched_at`,
      [body['id'], noisy.tenantId],
    );
    expect(row?.overtaken).toBeLessThanOrEqual(15);
    await allSent(noisy, 150);
  });

  it('never exceeds the rate of a channel', async () => {
    const tenant = await app.tenant();
    const { body } = await tenant.api.get('/channels?channelType=SMS');
    const id = (body['data'] as { id: string }[])[0]?.id;
    await tenant.api.patch(`/channels/${String(id)}`, { rateLimit: { perSecond: 10 } });
    for (let i = 0; i < 20; i++) await sms(tenant, `+14155552${700 + i}`, String(i));
    await allSent(tenant, 20);
    const [{ seconds } = { seconds: 0 }] = await app.sql<{ seconds: number }>(
      `SELECT extract(epoch FROM max(dispatched_at) - min(dispatched_at))::float8 AS seconds
       FROM message_attempt WHERE tenant_id = $1`,
      [tenant.tenantId],
    );
    expect(seconds).toBeGreaterThanOrEqual((20 - 2) / 10 - 0.1); // two of them are the burst of a full bucket
  });
});

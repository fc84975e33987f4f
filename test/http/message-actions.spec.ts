import { startApp, type TestApp, type TestTenant } from '../support/app';

interface Row {
  id: string;
  status: string;
  reason: { code: string } | null;
}

describe('what a person may do to a message', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  const send = async (body: object): Promise<string> => {
    const answer = await tenant.api.post('/messages', { channelType: 'SMS', content: { text: 'Hello' }, ...body });
    expect(answer.status).toBe(202);
    return String(answer.body['id']);
  };
  const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

  it('calls back a scheduled message, once, and says so on its timeline', async () => {
    const id = await send({ to: '+14155552671', scheduledAt: inAnHour() });
    expect((await tenant.api.get(`/messages/${id}`)).body).toMatchObject({ status: 'SCHEDULED', attempts: 0 });

    expect((await tenant.api.post(`/messages/${id}/cancel`)).body).toMatchObject({ status: 'CANCELLED' });
    const again = await tenant.api.post(`/messages/${id}/cancel`);
    expect([again.status, again.body['code']]).toEqual([409, 'message_not_cancellable']);

    const { timeline } = (await tenant.api.get(`/messages/${id}`)).body as { timeline: { type: string }[] };
    expect(timeline.map(({ type }) => type)).toEqual(['ACCEPTED', 'SCHEDULED', 'CANCELLED']);
  });

  it('retries a message that failed, and not one that was delivered', async () => {
    const failed = await send({ to: '+14155550001' });
    await tenant.api.message(failed, 'FAILED');
    expect((await tenant.api.post(`/messages/${failed}/retry`)).status).toBe(202);
    const after = await tenant.api.until(`/messages/${failed}`, ({ body }) => body['attempts'] === 2);
    expect(after.body['status']).toMatch(/SENDING|FAILED/);

    const delivered = await send({ to: '+14155552671' });
    await tenant.api.message(delivered, 'DELIVERED');
    const refused = await tenant.api.post(`/messages/${delivered}/retry`);
    expect([refused.status, refused.body['code']]).toEqual([409, 'message_not_retryable']);
  });

  it('explains why a message stands where it stands, and what would change it', async () => {
    const id = await send({ to: '+14155550002' });
    await tenant.api.message(id, 'FAILED');
    const { body } = await tenant.api.get(`/messages/${id}/why`);
    expect(body).toMatchObject({ status: 'FAILED', reason: { code: 'invalid_recipient' }, nextAt: null });
    expect(String(body['remedy']).length).toBeGreaterThan(10);
  });

  it('does not send to an address that bounced before, and says which rule it was', async () => {
    const first = await send({ to: '+14155560002' });
    await tenant.api.message(first, 'FAILED');
    await tenant.api.until('/suppressions', ({ text }) => text.includes('+14155560002'));
    const second = await send({ to: '+14155560002' });
    const { body } = await tenant.api.message(second, 'SUPPRESSED');
    expect(body).toMatchObject({ attempts: 0, reason: { code: 'suppressed' } });
  });

  it('keeps messages that ran out of time as dead letters, and replays them by id, without a second effect', async () => {
    const channel = await tenant.api.get('/channels?channelType=SMS');
    const channelId = (channel.body['data'] as { id: string }[])[0]?.id;
    await tenant.api.patch(`/channels/${String(channelId)}`, { status: 'DISABLED' });
    await app.sql(`UPDATE communication_channel SET status = 'ACTIVE' WHERE id = $1`, [channelId]); // the API would refuse to send
    const id = await send({
      to: '+14155552672',
      expiresAt: new Date(Date.now() + 800).toISOString(),
      scheduledAt: new Date(Date.now() + 700).toISOString(),
    });
    await app.sql(`UPDATE communication_channel SET status = 'DISABLED' WHERE id = $1`, [channelId]);
    const dead = await tenant.api.message(id, 'EXPIRED');
    expect(dead.body['reason']).toMatchObject({ code: 'expired' });
    await app.sql(`UPDATE communication_channel SET status = 'ACTIVE' WHERE id = $1`, [channelId]);

    const { data } = (await tenant.api.get('/dead-letters?reason=expired')).body as { data: Row[] };
    expect(data.map((row) => row.id)).toEqual([id]);
    expect((await tenant.api.post('/dead-letters/replay', { ids: [id] })).body).toEqual({ replayed: 1 });
    expect((await tenant.api.post('/dead-letters/replay', { ids: [id] })).body).toEqual({ replayed: 0 });
    const { body } = await tenant.api.message(id, 'DELIVERED');
    expect(body['attempts']).toBe(1);
  });

  it('asks for exactly one of ids and filter', async () => {
    for (const body of [{}, { ids: ['01a1fd34-e207-767b-8495-55acea37a583'], filter: {} }]) {
      const answer = await tenant.api.post('/dead-letters/replay', body);
      expect([answer.status, answer.body['errors']]).toEqual([422, [expect.objectContaining({ pointer: '/ids' })]]);
    }
  });
});

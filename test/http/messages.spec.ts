import { startApp, type TestApp, type TestTenant } from '../support/app';

describe('messages', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  it('accepts a message, delivers it through the sandbox and tells its whole story', async () => {
    const accepted = await tenant.api.post('/messages', {
      channelType: 'EMAIL',
      to: 'Ada@Example.com',
      content: { subject: 'Hi', text: 'Hello' },
      metadata: { order: 7 },
      clientReference: 'order-7',
    });
    expect(accepted.status).toBe(202);
    expect(accepted.body).toMatchObject({ status: 'QUEUED', to: 'ada@example.com', clientReference: 'order-7' });
    expect(accepted.headers.get('location')).toBe(`/api/v1/communication/messages/${String(accepted.body['id'])}`);

    const { body } = await tenant.api.message(accepted.body['id'], 'DELIVERED');
    expect(body).toMatchObject({ attempts: 1, direction: 'OUTBOUND', metadata: { order: 7 }, reason: null });
    const story = (body['timeline'] as { type: string }[]).map(({ type }) => type);
    expect(story).toEqual(['ACCEPTED', 'DISPATCHED', 'SENT', 'DELIVERED']);
  });

  it.each([
    ['+14155550001', 'FAILED', 1],
    ['+14155550002', 'FAILED', 1],
    ['+14155550003', 'DELIVERED', 3],
    ['+14155550006', 'DELIVERED', 1],
    ['+14155550008', 'READ', 1],
    ['+14155550009', 'DELIVERED', 1],
  ])('plays the magic number %s to %s after %i attempts', async (to, status, attempts) => {
    const { body } = await tenant.api.post('/messages', { channelType: 'SMS', to, content: { text: 'Hello' } });
    const message = await tenant.api.message(body['id'], status);
    expect(message.body['attempts']).toBe(attempts);
  });

  it('takes null for a field that is left out, as in the example of its own description', async () => {
    const body = { channelType: 'SMS', to: '+14155552671', content: { text: 'Hello', media: null }, expiresAt: null };
    const answer = await tenant.api.post('/messages', {
      ...body,
      scheduledAt: null,
      templateId: null,
      contactId: null,
    });
    expect(answer.status).toBe(202);
    expect((await tenant.api.message(answer.body['id'], 'DELIVERED')).body['content']).toEqual({ text: 'Hello' });
  });

  it('shows an outcome in doubt as UNKNOWN, and lets the echo of the provider resolve it without a second copy', async () => {
    const { body } = await tenant.api.post('/messages', {
      channelType: 'SMS',
      to: '+14155550005',
      content: { text: 'Hello' },
    });
    await tenant.api.message(body['id'], 'UNKNOWN');
    const message = await tenant.api.message(body['id'], 'DELIVERED');
    expect(message.body['attempts']).toBe(1);
    const sent = await tenant.api.get(`/sandbox/messages?messageId=${String(body['id'])}`);
    expect(sent.body['data']).toHaveLength(1);
  });
});

import { randomUUID } from 'node:crypto';
import { startApp, type TestApp, type TestTenant } from '../support/app';

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

describe('scheduled messages', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  async function schedule(changes: object = {}): Promise<string> {
    const sent = await tenant.api.post('/messages', {
      channelType: 'EMAIL',
      to: 'ada@example.com',
      content: { text: 'Later' },
      scheduledAt: inHours(1),
      ...changes,
    });
    expect(sent.body['status']).toBe('SCHEDULED');
    return String(sent.body['id']);
  }

  it('shows a message that waits for its time', async () => {
    const scheduledAt = inHours(2);
    const id = await schedule({ scheduledAt, clientReference: 'later-1' });
    const { status, body } = await tenant.api.get(`/scheduled-messages/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      messageId: id,
      status: 'ACTIVE',
      messageStatus: 'SCHEDULED',
      scheduledAt,
      channelType: 'EMAIL',
      to: 'ada@example.com',
      clientReference: 'later-1',
    });
    const { nextOccurrences, request, ...listed } = body;
    expect([nextOccurrences, request]).toEqual([[scheduledAt], null]);
    expect((await tenant.api.get('/scheduled-messages?status=ACTIVE')).body['data']).toContainEqual(listed);
    expect((await tenant.api.get('/scheduled-messages?status=COMPLETED')).text).not.toContain(id);
    expect((await tenant.api.get('/scheduled-messages?status=SOON')).status).toBe(422);
  });

  it('moves a message to another time, and sends it when that has come', async () => {
    const id = await schedule();
    const later = inHours(48);
    const moved = await tenant.api.patch(`/scheduled-messages/${id}`, { scheduledAt: later });
    expect(moved.body).toMatchObject({ scheduledAt: later, status: 'ACTIVE' });
    expect((await tenant.api.get(`/messages/${id}`)).body).toMatchObject({ scheduledAt: later, status: 'SCHEDULED' });

    expect(
      (await tenant.api.patch(`/scheduled-messages/${id}`, { scheduledAt: new Date().toISOString() })).status,
    ).toBe(200);
    await tenant.api.message(id, 'DELIVERED');
    expect((await tenant.api.get(`/scheduled-messages/${id}`)).body).toMatchObject({
      status: 'COMPLETED',
      messageStatus: 'DELIVERED',
    });
    const late = await tenant.api.patch(`/scheduled-messages/${id}`, { scheduledAt: later });
    expect(late.status).toBe(409);
  });

  it('cancels message and schedule together, once', async () => {
    const id = await schedule();
    expect((await tenant.api.delete(`/scheduled-messages/${id}`)).status).toBe(204);
    expect((await tenant.api.get(`/messages/${id}`)).body).toMatchObject({
      status: 'CANCELLED',
      reason: { code: 'cancelled' },
    });
    expect((await tenant.api.get(`/scheduled-messages/${id}`)).body['status']).toBe('CANCELLED');
    const again = await tenant.api.delete(`/scheduled-messages/${id}`);
    expect([again.status, again.body['code']]).toEqual([409, 'message_not_cancellable']);
    expect((await tenant.api.patch(`/scheduled-messages/${id}`, { scheduledAt: inHours(3) })).status).toBe(409);
    await tenant.api.until(`/messages/${id}`, ({ body }) => body['status'] === 'CANCELLED');
  });

  it('follows a message that was cancelled as a message', async () => {
    const id = await schedule();
    expect((await tenant.api.post(`/messages/${id}/cancel`)).status).toBe(200);
    expect((await tenant.api.get(`/scheduled-messages/${id}`)).body['status']).toBe('CANCELLED');
  });

  it.each([
    ['2 days ago', inHours(-48)],
    ['three years ahead', inHours(24 * 365 * 3)],
    ['no instant', 'tomorrow'],
    ['null', null],
    ['a day that the calendar lacks', '2027-02-30T00:00:00Z'],
  ])('refuses to move to %s', async (_, scheduledAt) => {
    const id = await schedule();
    const refused = await tenant.api.patch(`/scheduled-messages/${id}`, { scheduledAt });
    expect(refused.status).toBe(422);
    expect(refused.body['errors']).toContainEqual({ pointer: '/scheduledAt', message: expect.any(String) });
  });

  it('refuses to move a message behind the time at which it expires', async () => {
    const id = await schedule({ expiresAt: inHours(5) });
    const refused = await tenant.api.patch(`/scheduled-messages/${id}`, { scheduledAt: inHours(6) });
    expect(refused.body['errors']).toEqual([{ pointer: '/scheduledAt', message: expect.any(String) }]);
  });

  it('shows, moves and cancels nothing of another tenant, and nothing that has no schedule', async () => {
    const id = await schedule();
    const other = await app.tenant();
    const now = await tenant.api.post('/messages', {
      channelType: 'EMAIL',
      to: 'ada@example.com',
      content: { text: 'Now' },
    });
    for (const [api, thing] of [
      [other.api, id],
      [tenant.api, String(now.body['id'])],
      [tenant.api, randomUUID()],
    ] as const) {
      expect((await api.get(`/scheduled-messages/${thing}`)).status).toBe(404);
      expect((await api.patch(`/scheduled-messages/${thing}`, { scheduledAt: inHours(1) })).status).toBe(404);
      expect((await api.delete(`/scheduled-messages/${thing}`)).status).toBe(404);
    }
    expect((await other.api.get('/scheduled-messages')).body['data']).toEqual([]);
    expect((await tenant.api.get(`/scheduled-messages/${id}`)).body['status']).toBe('ACTIVE');
  });
});

import { startApp, type TestApp, type TestTenant } from '../support/app';
import { plantMessage } from './planted-message';

describe('the time at which to send', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  async function send(of: TestTenant, to: string): Promise<string> {
    const { body } = await of.api.post('/messages', { channelType: 'SMS', to, content: { text: 'Hello' } });
    return String(body['id']);
  }

  const plant = (of: TestTenant, at: string, set: Record<string, unknown> = {}) => plantMessage(app, of, { at, set });

  const at = (day: number, hour: string) => `2026-09-0${day}T${hour}:30:00Z`; // the 7th of September 2026 is a Monday

  it("is none where nobody ever opened anything, the tenant's where the contact did too little, then the contact's own", async () => {
    const of = await app.tenant();
    const id = await send(of, '+14155550100');
    const { contactId } = (await of.api.get(`/messages/${id}`)).body;
    const suggest = async () => (await of.api.get(`/contacts/${String(contactId)}/send-time`)).body;
    await of.api.patch(`/contacts/${String(contactId)}`, { timezone: 'Asia/Kolkata' });
    await of.api.message(id, 'DELIVERED');
    expect(await suggest()).toEqual({
      timezone: 'Asia/Kolkata',
      basis: null,
      observations: 0,
      dayOfWeek: null,
      hour: null,
      nextAt: null,
    });

    for (const _ of [1, 2, 3]) await plant(of, at(1, '10'), { opened_at: at(7, '12') });
    await plant(of, at(1, '11'), { opened_at: at(8, '02'), clicked_at: at(8, '03') });
    expect(await suggest()).toMatchObject({ basis: 'TENANT', observations: 4, dayOfWeek: 1, hour: 18 });

    for (const _ of [1, 2, 3, 4])
      await plant(of, at(2, '10'), { direction: 'INBOUND', status: 'RECEIVED', sent_at: null });
    const own = await suggest();
    expect(own).toMatchObject({
      basis: 'CONTACT',
      observations: 8,
      dayOfWeek: 3,
      hour: 16,
      timezone: 'Asia/Kolkata',
    });
    const next = new Date(String(own['nextAt']));
    expect(next.getTime()).toBeGreaterThan(Date.now());
    expect([next.getUTCDay(), next.toISOString().slice(11, 16)]).toEqual([3, '10:30']);
  });

  it('is of no contact that is not there, nor of another tenant', async () => {
    const tenant = await app.tenant();
    const id = await send(tenant, '+14155550100');
    const { contactId } = (await tenant.api.get(`/messages/${id}`)).body;
    const other = await app.tenant();
    expect((await other.api.get(`/contacts/${String(contactId)}/send-time`)).status).toBe(404);
    expect((await tenant.api.get('/contacts/ext:nobody/send-time')).status).toBe(404);
  });
});

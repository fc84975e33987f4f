import { uuidv7 } from '../../src/platform/db/uuid';
import { insert } from '../db/one-row-each';
import type { Answer } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { seedPerson, tablesThatKept } from './person-dump';
import { fileForm } from './tenant-things';

type Row = Record<string, unknown>;

let app: TestApp;
let tenant: TestTenant;
let count = 0;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const data = ({ body }: Answer) => body['data'] as Row[];
const erase = (ref: string) => tenant.api.post(`/contacts/${ref}/erase`);
const left = (...words: string[]) => tablesThatKept(app, tenant.tenantId, ...words);
const word = () => `late${++count}`;
const send = async (to: string, body: Row = {}) => {
  const content = { subject: `subject of ${to}`, text: `text for ${to}` };
  return (await tenant.api.post('/messages', { channelType: 'EMAIL', to, content, ...body })).body;
};

describe('messages that are under way', () => {
  it('that wait are called back', async () => {
    const to = `${word()}@example.com`;
    const later = new Date(Date.now() + 86_400_000).toISOString();
    const sent = await send(to, { scheduledAt: later });
    const { body: before } = await tenant.api.get(`/messages/${String(sent['id'])}`);
    expect((await erase(String(before['contactId']))).body).toMatchObject({ messages: 1, cancelled: 1 });
    const { body } = await tenant.api.get(`/messages/${String(sent['id'])}`);
    expect(body).toMatchObject({ status: 'CANCELLED', reason: { code: 'erased' }, to: 'erased', content: {} });
    const schedules = data(await tenant.api.get('/scheduled-messages')).filter(
      ({ messageId }) => messageId === sent['id'],
    );
    expect(schedules).toMatchObject([{ status: 'CANCELLED', to: 'erased' }]);
  });

  it('that are being sent finish: what becomes known of them brings nothing of the person back', async () => {
    const to = `${word()}+slow@example.com`;
    const sent = await send(to);
    await tenant.api.message(sent['id'], 'SENDING');
    const { body: sending } = await tenant.api.until(`/messages/${String(sent['id'])}`, ({ body }) =>
      (body['timeline'] as Row[]).some(({ type }) => type === 'DISPATCHED'),
    );
    expect((await erase(String(sending['contactId']))).body).toMatchObject({ messages: 1, cancelled: 0 });
    const { body: now } = await tenant.api.get(`/messages/${String(sent['id'])}`);
    expect(now).toMatchObject({ status: 'UNKNOWN', reason: { code: 'erased' } });
    // The call took five seconds; then the provider says that it delivered.
    await tenant.api.message(sent['id'], 'DELIVERED');
    await tenant.api.until('/webhook-logs', (answer) => data(answer).every(({ status }) => status === 'PROCESSED'));
    expect(await left(to)).toEqual([]);
  }, 20_000);

  it('and bounce or complain later keep the proof under the hidden address only', async () => {
    const to = `${word()}+complain@example.com`;
    const sent = await send(to);
    const { body } = await tenant.api.message(sent['id'], 'SENT', 'DELIVERED');
    await erase(String(body['contactId']));
    const path = `/suppressions?channelType=EMAIL&address=${encodeURIComponent(to)}`;
    const [found] = data(await tenant.api.until(path, (answer) => data(answer).length === 1));
    expect(found).toMatchObject({ reason: 'COMPLAINED', address: expect.stringMatching(/^sha256:/) });
    await tenant.api.until('/webhook-logs', (answer) => data(answer).every(({ status }) => status === 'PROCESSED'));
    expect(await left(to)).toEqual([]);
  });

  it('and are accepted at the same moment are erased with the rest, or belong to a new contact', async () => {
    for (let round = 0; round < 5; round++) {
      const to = `${word()}@example.com`;
      const contact = await tenant.api.post('/contacts', { name: 'Busy', email: to });
      const id = String(contact.body['id']);
      const [erased, ...sent] = await Promise.all([erase(id), ...Array.from({ length: 10 }, () => send(to))]);
      expect(erased.status).toBe(200);
      for (const { id: messageId } of sent) {
        const { body } = await tenant.api.message(messageId, 'DELIVERED', 'CANCELLED', 'UNKNOWN');
        expect(body).toMatchObject(
          body['contactId'] === id ? { to: 'erased', content: {} } : { to, status: 'DELIVERED' },
        );
      }
    }
  });

  it('and were taken by a worker that did not call yet are called back; one that did is in doubt for good', async () => {
    for (const [fence, status] of [
      [5, 'CANCELLED'],
      [1, 'UNKNOWN'], // the fence of the attempt
    ]) {
      const { ids } = await seedPerson(app, tenant.tenantId);
      await app.sql(`UPDATE message_attempt SET settled_at = NULL, fault_message = NULL WHERE message_id = $1`, [
        ids.message,
      ]);
      await app.sql(
        `UPDATE communication_message SET status = 'SENDING', lease_token = $2, lease_owner = (SELECT id FROM worker LIMIT 1),
           lease_until = now() + interval '1 hour', dead_at = NULL WHERE id = $1`,
        [ids.message, fence],
      );
      await erase(ids.contact);
      const [message] = await app.sql(
        `SELECT status, lease_token::int AS fence, lease_owner, resolve_at, attempts FROM communication_message WHERE id = $1`,
        [ids.message],
      );
      const doubt = status === 'UNKNOWN';
      expect(message).toEqual({
        status,
        fence: Number(fence) + 1,
        lease_owner: null,
        resolve_at: null,
        attempts: doubt ? 1 : 0,
      });
      const [attempt] = await app.sql(`SELECT outcome, fault_code FROM message_attempt WHERE message_id = $1`, [
        ids.message,
      ]);
      expect(attempt).toEqual({ outcome: 'IN_DOUBT', fault_code: 'erased' });
    }
  });

  it('and fail later keep the fact, without the words of the provider', async () => {
    const to = `${word()}@example.com`;
    const sent = await send(to);
    const { body } = await tenant.api.message(sent['id'], 'DELIVERED');
    await erase(String(body['contactId']));
    const at = new Date(Date.now() + 5_000).toISOString();
    const event = { id: uuidv7(), type: 'bounced', at, ref: `${String(sent['id'])}.1`, messageId: 'x', to };
    await insert({ query: (text: string, values: unknown[]) => app.sql(text, values) } as never, 'sandbox_event', {
      tenant_id: tenant.tenantId,
      id: uuidv7(),
      channel_id: body['channelId'],
      body: { events: [event] },
      due_at: new Date(),
    });
    const failed = await tenant.api.message(sent['id'], 'FAILED');
    expect(failed.body['reason']).toMatchObject({ code: 'invalid_recipient', detail: null });
    const reports = (failed.body['timeline'] as Row[]).filter(({ type }) => type === 'FAILED');
    expect(reports.map(({ detail }) => detail)).toEqual([{}]);
    expect(await left(to)).toEqual([]);
  });

  it('and get an event that waited for them get it without its words', async () => {
    const { ids, email } = await seedPerson(app, tenant.tenantId);
    await erase(ids.contact);
    await insert({ query: (text: string, values: unknown[]) => app.sql(text, values) } as never, 'message_event', {
      tenant_id: tenant.tenantId,
      channel_id: ids.channel,
      event_key: 'waiting',
      provider_message_id: 'provider-1',
      type: 'FAILED',
      at: new Date(),
      detail: { class: 'invalid_recipient', message: `No mailbox ${email}` },
    });
    const { body } = await tenant.api.message(ids.message, 'FAILED');
    expect(body['reason']).toMatchObject({ code: 'invalid_recipient', detail: null });
    expect(await left(email)).toEqual([]);
  });
});

describe('files', () => {
  it('that went to several people stay until the last of them is erased', async () => {
    const form = fileForm('terms.txt', 'The same for everybody');
    const file = String((await tenant.api.post('/attachments', form.body, form.headers)).body['id']);
    const contacts: string[] = [];
    for (const to of [`${word()}@example.com`, `${word()}@example.com`]) {
      const sent = await send(to, { attachments: [{ attachmentId: file }] });
      contacts.push(String((await tenant.api.message(sent['id'], 'DELIVERED')).body['contactId']));
    }
    const content = async () => (await tenant.api.get(`/attachments/${file}/content`)).text;
    await erase(contacts[0] ?? '');
    expect(await content()).toBe('The same for everybody');
    await erase(contacts[1] ?? '');
    expect(await content()).toBe('');
    expect((await tenant.api.get(`/attachments/${file}`)).body).toMatchObject({ filename: 'erased', size: 0 });
  });
});

import { TENANT_TABLES } from '../db/one-row-each';
import { Api } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { seedPerson } from './person-dump';
import { NOTHING_OF_A_PERSON, OF_A_PERSON } from './person-rows';

type Row = Record<string, unknown>;

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const seed = (tenantId: string) => seedPerson(app, tenantId);

describe('the export of a contact', () => {
  it('has a decision for every table', () => {
    expect([...Object.keys(OF_A_PERSON), ...NOTHING_OF_A_PERSON].toSorted()).toEqual(TENANT_TABLES.toSorted());
  });

  it('holds everything of the person, and nothing of another one or another tenant', async () => {
    const ada = await seed(tenant.tenantId);
    const bob = await seed(tenant.tenantId);
    const other = await app.tenant();
    const stranger = await seed(other.tenantId);

    const answer = await tenant.api.get(`/contacts/${ada.ids.contact}/export`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="contact-${ada.ids.contact}.json"`);
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    expect(answer.body).toMatchObject({
      format: 'carillon-contact-export/1',
      contactId: ada.ids.contact,
      exportedAt: expect.stringMatching(/Z$/),
    });

    for (const [table, { row, exported }] of Object.entries(OF_A_PERSON)) {
      const canaries = JSON.stringify(row(ada)).match(/canary-[\w-]+/g) ?? [];
      for (const canary of canaries) {
        const shown = 'in' in exported ? JSON.stringify(answer.body[exported.in]) : answer.text;
        const isShown = shown.includes(canary);
        // The bytes of a file are had by its id.
        expect([table, canary, isShown]).toEqual([table, canary, 'in' in exported]);
      }
      if ('in' in exported) expect(answer.body[exported.in]).not.toEqual([]);
    }
    for (const { ids, email, phone } of [bob, stranger])
      for (const foreign of [ids.contact, ids.session, ids.message, email, phone])
        expect(answer.text).not.toContain(foreign);
    expect(answer.text).not.toContain(tenant.tenantId);
  });

  it('names the file, but does not hold its bytes', async () => {
    const person = await seed(tenant.tenantId);
    const { body } = await tenant.api.get(`/contacts/${person.ids.contact}/export`);
    const [file] = body['attachments'] as Row[];
    expect(Object.keys(file!).toSorted()).toEqual(
      ['id', 'messageId', 'filename', 'contentType', 'sizeBytes', 'sha256', 'createdAt'].toSorted(),
    );
  });

  it('has both directions with the story of each message', async () => {
    const to = 'chatty+reply@example.com';
    await tenant.api.post('/contacts', { externalId: 'chatty', email: to });
    await tenant.api.post('/messages', { channelType: 'EMAIL', to, content: { subject: 'Hi', text: 'Hello' } });
    await tenant.api.until('/contacts/ext:chatty/timeline', ({ body }) => {
      const rows = body['data'] as Row[];
      return rows.length === 2 && rows.every(({ status }) => status === 'DELIVERED' || status === 'RECEIVED');
    });
    const { body } = await tenant.api.get('/contacts/ext:chatty/export');
    const [sent, received] = body['messages'] as Row[];
    expect(sent).toMatchObject({
      direction: 'OUTBOUND',
      toAddress: to,
      attemptsMade: [expect.objectContaining({ outcome: 'ACCEPTED' })],
      events: expect.arrayContaining([expect.objectContaining({ type: 'DELIVERED' })]),
    });
    expect(received).toMatchObject({ direction: 'INBOUND', fromAddress: to });
  });

  it('has every message once, however many there are', async () => {
    const person = await seed(tenant.tenantId);
    await app.sql(
      `INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type,
         direction, lane, purpose, from_address, to_address, message_type, content, delivery, status)
       SELECT tenant_id, gen_random_uuid(), session_id, contact_id, channel_id, channel_type, provider_type, direction, lane,
         purpose, from_address, to_address, message_type, content, delivery, status
       FROM communication_message, generate_series(1, 449) WHERE tenant_id = $1 AND id = $2`,
      [tenant.tenantId, person.ids.message],
    );
    const { body } = await tenant.api.get(`/contacts/${person.ids.contact}/export`);
    const ids = (body['messages'] as Row[]).map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([450, 450]);
  });

  it('holds what came with a contact that became part of it', async () => {
    const person = await seed(tenant.tenantId);
    const kept = await tenant.api.post('/contacts', { name: 'Kept' });
    const id = String(kept.body['id']);
    await tenant.api.post(`/contacts/${id}/merge`, { contactId: person.ids.contact });
    const { body } = await tenant.api.get(`/contacts/${id}/export`);
    expect(new Set((body['contacts'] as Row[]).map((contact) => contact['id']))).toEqual(
      new Set([id, person.ids.contact]),
    );
    expect((body['messages'] as Row[]).map((message) => message['id'])).toEqual([person.ids.message]);
    expect(body['suppressions']).toHaveLength(1);
  });

  it('is noted in the audit log, and needs the right to read messages as well', async () => {
    const person = await seed(tenant.tenantId);
    const path = `/contacts/${person.ids.contact}/export`;
    const refused = await new Api(app.url, await app.key(tenant.tenantId, ['contacts:manage', 'contacts:pii'])).get(
      path,
    );
    expect([refused.status, refused.body['detail']]).toEqual([403, expect.stringContaining('messages:read')]);
    const both = await app.key(tenant.tenantId, ['contacts:manage', 'messages:read', 'contacts:pii']);
    expect((await new Api(app.url, both).get(path)).status).toBe(200);
    const log = (await tenant.api.get('/audit-log')).body['data'] as Row[];
    expect(
      log.filter(({ action, resourceId }) => action === 'contact.exported' && resourceId === person.ids.contact),
    ).toHaveLength(1);
  });

  it('is not there for another tenant', async () => {
    const person = await seed(tenant.tenantId);
    const other = await app.tenant();
    expect((await other.api.get(`/contacts/${person.ids.contact}/export`)).status).toBe(404);
  });
});

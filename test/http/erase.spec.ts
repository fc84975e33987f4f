import { TENANT_TABLES } from '../db/one-row-each';
import type { Answer } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { dumpTenant, seedPerson, tablesThatKept, tablesWith } from './person-dump';
import { NOTHING_OF_A_PERSON, OF_A_PERSON, type SeededPerson } from './person-rows';

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
const erase = (ref: string, at: TestTenant = tenant) => at.api.post(`/contacts/${ref}/erase`);
const word = () => `erase${++count}`;

const seed = (tenantId: string) => seedPerson(app, tenantId);
const dump = (tenantId: string) => dumpTenant(app, tenantId);
const left = (...words: string[]) => tablesThatKept(app, tenant.tenantId, ...words);

const send = async (to: string, body: Row = {}) => {
  const content = { subject: `subject of ${to}`, text: `text for ${to}` };
  return (await tenant.api.post('/messages', { channelType: 'EMAIL', to, content, ...body })).body;
};

describe('erasing a contact', () => {
  it('takes everything of the person out of every table, and nothing of anybody else', async () => {
    const owner = await app.tenant();
    const ada = await seed(owner.tenantId);
    const bob = await seed(owner.tenantId);
    const mark = ada.canary('', '').split('-')[1]!;
    const holding = await tablesWith(app, owner.tenantId, mark, ada.phone.slice(1));
    expect(holding.toSorted()).toEqual(
      Object.keys(OF_A_PERSON)
        .filter((table) => JSON.stringify(OF_A_PERSON[table]?.row(ada)).match(/canary|person\.example/))
        .toSorted(),
    );
    expect([...Object.keys(OF_A_PERSON), ...NOTHING_OF_A_PERSON]).toHaveLength(TENANT_TABLES.length);
    const bobs = await dump(owner.tenantId);

    const answer = await erase(ada.ids.contact, owner);
    expect([answer.status, answer.body]).toEqual([
      200,
      { contactId: ada.ids.contact, erasedAt: expect.stringMatching(/Z$/), messages: 1, cancelled: 0 },
    ]);
    const kept = await tablesWith(app, owner.tenantId, mark, ada.phone.slice(1));
    expect(kept.toSorted()).toEqual(
      Object.keys(OF_A_PERSON)
        .filter((table) => OF_A_PERSON[table]?.left)
        .toSorted(),
    );

    const after = await dump(owner.tenantId);
    const linesOf = (tables: Map<string, string>, { ids, email, phone }: SeededPerson) =>
      [...tables.values()].flatMap((text) =>
        text
          .split('\n')
          .filter((line) => [ids.contact, ids.message, email, phone.slice(1)].some((each) => line.includes(each))),
      );
    expect(linesOf(bobs, bob).length).toBeGreaterThan(15);
    expect(linesOf(after, bob)).toEqual(linesOf(bobs, bob));
  });

  it('leaves a contact that is not there, and messages that say no more than that they were', async () => {
    const person = await seed(tenant.tenantId);
    await erase(person.ids.contact);
    const gone = await tenant.api.get(`/contacts/${person.ids.contact}`);
    expect([gone.status, (await tenant.api.get(`/contacts/${person.ids.contact}/export`)).status]).toEqual([404, 404]);
    const message = await tenant.api.get(`/messages/${person.ids.message}`);
    expect(message.body).toMatchObject({
      to: 'erased',
      clientReference: null,
      status: 'SENT',
      providerMessageId: 'provider-1',
    });
    const session = await tenant.api.get(`/sessions/${person.ids.session}`);
    expect(session.body).toMatchObject({
      counterpart: `erased:${person.ids.session}`,
      status: 'COMPLETED',
      labels: [],
    });
    expect(data(await tenant.api.get('/dead-letters'))).toEqual([]);
    expect([message.body['content'], message.body['metadata']]).toEqual([{}, {}]);
    // Had it failed, there would be nothing left to send.
    await app.sql(`UPDATE communication_message SET status = 'FAILED' WHERE id = $1`, [person.ids.message]);
    const retried = await tenant.api.post(`/messages/${person.ids.message}/retry`);
    expect([retried.status, retried.body['code']]).toEqual([409, 'message_not_retryable']);
    const log = data(await tenant.api.get('/audit-log')).filter(({ action }) => action === 'contact.erased');
    expect(log).toMatchObject([{ resourceId: person.ids.contact, detail: { messages: 1, cancelled: 0 } }]);
  });

  it('may be done twice, of a contact that was deleted as well, and is never there for another tenant', async () => {
    const person = await seed(tenant.tenantId);
    await tenant.api.delete(`/contacts/${person.ids.contact}`);
    const other = await app.tenant();
    expect((await erase(person.ids.contact, other)).status).toBe(404);
    expect((await tenant.api.get(`/messages/${person.ids.message}`)).body['to']).toBe(person.email);
    const first = await erase(person.ids.contact);
    const before = await app.sql(`SELECT * FROM suppression WHERE tenant_id = $1 ORDER BY id`, [tenant.tenantId]);
    const second = await erase(person.ids.contact);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect([first.body['messages'], second.body['messages']]).toEqual([1, 0]);
    expect(second.body['erasedAt']).toBe(first.body['erasedAt']);
    expect(await app.sql(`SELECT * FROM suppression WHERE tenant_id = $1 ORDER BY id`, [tenant.tenantId])).toEqual(
      before,
    );
    for (const ref of ['ext:nobody', '01890000-0000-7000-8000-000000000000', 'x'])
      expect([ref, (await erase(ref)).status]).toEqual([ref, 404]);
  });

  it('erases what came with contacts that became part of it, and points from those to it', async () => {
    const [ada, old] = [await seed(tenant.tenantId), await seed(tenant.tenantId)];
    await tenant.api.post(`/contacts/${ada.ids.contact}/merge`, { contactId: old.ids.contact });
    const refused = await erase(old.ids.contact);
    expect([refused.status, refused.body['detail']]).toEqual([404, expect.stringContaining(ada.ids.contact)]);
    expect((await erase(ada.ids.contact)).body).toMatchObject({ messages: 2 });
    expect(await left(old.email, old.canary('contact', 'name'))).toEqual([]);
  });
});

describe('after the erasure', () => {
  it.each([
    ['opted out', { reason: 'OPTED_OUT' }],
    ['complained', { reason: 'COMPLAINED', purpose: 'ALL' }],
  ])('a person who %s is still not written to, and only the person can change that', async (_, suppression) => {
    const to = `${word()}@example.com`;
    const contact = await tenant.api.post('/contacts', { name: 'Gone', email: to });
    await tenant.api.post('/suppressions', { channelType: 'EMAIL', address: to, ...suppression });
    await erase(String(contact.body['id']));
    expect(await left(to)).toEqual([]);

    const sent = await send(to);
    const { body } = await tenant.api.message(sent['id'], 'SUPPRESSED', 'DELIVERED');
    expect(body).toMatchObject({
      status: 'SUPPRESSED',
      contactId: expect.not.stringContaining(String(contact.body['id'])),
    });
    const [found] = data(await tenant.api.get(`/suppressions?channelType=EMAIL&address=${to}`));
    expect(found).toMatchObject({
      address: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      reason: suppression.reason,
    });
    expect((await tenant.api.delete(`/suppressions/${String(found?.['id'])}`)).status).toBe(409);
    const preferences = await tenant.api.get(`/contacts/${String(body['contactId'])}/preferences`);
    expect(preferences.body['channels']).toMatchObject({ EMAIL: { allowed: false } });
  });

  it.each([{ doNotContact: true }, { channels: { EMAIL: { allowed: false } } }])(
    'what the person refused by %j stays refused',
    async (preferences) => {
      const to = `${word()}@example.com`;
      const contact = await tenant.api.post('/contacts', { name: 'Gone', email: to });
      await tenant.api.post(`/contacts/${String(contact.body['id'])}/preferences`, preferences);
      await erase(String(contact.body['id']));
      expect(await left(to)).toEqual([]);
      const { body } = await tenant.api.message((await send(to))['id'], 'SUPPRESSED', 'DELIVERED');
      expect(body['status']).toBe('SUPPRESSED');
    },
  );

  it('whoever refused one topic gets no advertising at all, since nobody knows the person any more', async () => {
    const to = `${word()}@example.com`;
    const contact = await tenant.api.post('/contacts', { name: 'Gone', email: to });
    const id = String(contact.body['id']);
    await tenant.api.post(`/contacts/${id}/preferences`, { topics: { news: { EMAIL: false } } });
    await erase(id);
    const message = { channelType: 'EMAIL', to, content: { subject: 'Hi', text: 'Hello' }, topic: 'other' };
    const advertising = await tenant.api.post('/messages', { ...message, purpose: 'MARKETING' });
    expect(advertising.body).toMatchObject({ status: 'SUPPRESSED' });
    expect((await tenant.api.post('/messages', message)).body).toMatchObject({ status: 'QUEUED' });
  });

  it('a second erasure of the same address keeps one suppression of a kind', async () => {
    const to = `${word()}@example.com`;
    for (let round = 0; round < 2; round++) {
      const contact = await tenant.api.post('/contacts', { name: 'Again', email: to });
      const suppression = { channelType: 'EMAIL', address: to, reason: 'OPTED_OUT' };
      await tenant.api.post(
        '/suppressions',
        round ? suppression : { ...suppression, expiresAt: '2100-01-01T00:00:00Z' },
      );
      expect((await erase(String(contact.body['id']))).status).toBe(200);
    }
    expect(data(await tenant.api.get(`/suppressions?channelType=EMAIL&address=${to}`))).toMatchObject([
      { expiresAt: null },
    ]);
    expect(await left(to)).toEqual([]);
  });

  it('what the person never refused may begin anew, with a new contact', async () => {
    const to = `${word()}@example.com`;
    const contact = await tenant.api.post('/contacts', { name: 'Back', email: to });
    const before = await tenant.api.message((await send(to))['id'], 'DELIVERED');
    await erase(String(contact.body['id']));
    const after = await tenant.api.message((await send(to))['id'], 'DELIVERED');
    expect(after.body['contactId']).not.toBe(before.body['contactId']);
    expect(after.body['sessionId']).not.toBe(before.body['sessionId']);
  });

  it('an answer that was given with an Idempotency-Key is given again, without the person', async () => {
    const to = `${word()}@example.com`;
    const key = { 'idempotency-key': to.slice(0, 10) };
    const contact = { name: `name of ${to}`, email: to };
    const message = {
      channelType: 'EMAIL',
      to,
      content: { subject: 'Hi', text: 'Hello' },
      clientReference: `order of ${to}`,
    };
    const made = await tenant.api.post('/contacts', contact, key);
    const sent = await tenant.api.post('/messages', message, key);
    const choice = await tenant.api.post(
      `/contacts/${String(made.body['id'])}/identities`,
      { channelType: 'EMAIL', address: `second.${to}` },
      key,
    );
    await tenant.api.message(sent.body['id'], 'DELIVERED');
    await erase(String(made.body['id']));
    expect(await left(to)).toEqual([]);

    const again = await tenant.api.post('/messages', message, key);
    expect([again.status, again.headers.get('idempotency-replayed'), again.body]).toEqual([
      202,
      'true',
      { ...sent.body, to: 'erased', clientReference: null },
    ]);
    const contactAgain = await tenant.api.post('/contacts', contact, key);
    expect([contactAgain.status, contactAgain.body]).toEqual([201, { id: made.body['id'], erased: true }]);
    expect(choice.status).toBe(201);
  });
});

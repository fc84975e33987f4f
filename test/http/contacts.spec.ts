import { startApp, type TestApp, type TestTenant } from '../support/app';

const data = (body: Record<string, unknown>) => body['data'] as Record<string, unknown>[];
const pointers = (body: Record<string, unknown>) =>
  ((body['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer);

describe('contacts', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  const create = async (body: Record<string, unknown>, query = '') => {
    const answer = await tenant.api.post(`/contacts${query}`, body);
    expect(answer.text).toContain('"id"');
    return answer.body;
  };

  it('keeps a contact with its addresses in their one spelling', async () => {
    const answer = await tenant.api.post('/contacts', {
      externalId: 'crm-1',
      name: 'Ada Lovelace',
      email: 'Ada@Exämple.DE',
      phone: '+1 (415) 555-2671',
      telegramChatId: '9007199254740993',
      whatsappId: 'US.13491208655302741918',
      language: 'de-AT',
      timezone: 'Europe/Vienna',
      attributes: { tier: 'gold', score: 7, newsletter: true },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/api/v1/communication/contacts/${String(answer.body['id'])}`);
    const expected = {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      externalId: 'crm-1',
      name: 'Ada Lovelace',
      email: 'ada@xn--exmple-cua.de',
      phone: '+14155552671',
      telegramChatId: '9007199254740993',
      whatsappId: 'US.13491208655302741918',
      language: 'de-AT',
      timezone: 'Europe/Vienna',
      attributes: { tier: 'gold', score: 7, newsletter: true },
      externalReferences: [],
      identities: [
        ['EMAIL', 'ada@xn--exmple-cua.de'],
        ['SMS', '+14155552671'],
        ['TELEGRAM', '9007199254740993'],
        ['WHATSAPP', 'US.13491208655302741918'],
      ].map(([channelType, held]) => ({ channelType, address: held, createdAt: expect.stringMatching(/Z$/) })),
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    };
    expect(answer.body).toEqual(expected);
    for (const ref of [String(answer.body['id']), 'ext:crm-1'])
      expect((await tenant.api.get(`/contacts/${ref}`)).body).toEqual(expected);
  });

  it('names every faulty address, and stores nothing', async () => {
    const before = data((await tenant.api.get('/contacts')).body).length;
    const answer = await tenant.api.post('/contacts', {
      name: 'Nobody',
      email: 'a@b',
      phone: '4155552671',
      telegramChatId: 'ada',
      whatsappId: '911',
    });
    expect(answer.status).toBe(422);
    expect(pointers(answer.body)).toEqual(['/email', '/phone', '/telegramChatId', '/whatsappId']);
    expect(data((await tenant.api.get('/contacts')).body)).toHaveLength(before);
  });

  it.each([
    [{}, '/externalId'],
    [{ name: null }, '/externalId'],
    [{ name: '' }, '/name'],
    [{ name: '\u200b \u00a0' }, '/name'],
    [{ name: 'invoice\u202Egpj.exe' }, '/name'],
    [{ name: 'x'.repeat(201) }, '/name'],
    [{ name: 'a\u001b[2Jb' }, '/name'],
    [{ externalId: 'x'.repeat(9_000) }, '/externalId'],
    [{ telegramChatId: 9007199254740992 }, '/telegramChatId'],
    [{ phone: 14155552671 }, '/phone'],
    [{ email: ['a@b.co'] }, '/email'],
    [{ email: { $ne: 1 } }, '/email'],
    [{ name: 'x', language: 'German' }, '/language'],
    [{ name: 'x', timezone: 'EST5EDT' }, '/timezone'],
    [{ name: 'x', attributes: { deep: {} } }, '/attributes'],
    [{ name: 'x', tenantId: '0' }, '/tenantId'],
    [{ name: 'x', id: '0' }, '/id'],
  ])('refuses %# naming the field', async (body, pointer) => {
    const answer = await tenant.api.post('/contacts', body);
    expect(answer.status).toBe(422);
    expect([...new Set(pointers(answer.body))]).toEqual([pointer]);
  });

  it.each([
    "O'Brien",
    "Robert'); DROP TABLE message;--",
    '${jndi:ldap://x}',
    'ﷺ',
    '👨‍👩‍👧‍👦',
    'constructor',
    '=HYPERLINK("x")',
  ])('keeps the name %s as it is', async (name) => {
    const { id } = await create({ name });
    expect((await tenant.api.get(`/contacts/${String(id)}`)).body['name']).toBe(name);
  });

  it('treats a composed and a decomposed name as the same', async () => {
    await create({ externalId: 'caf\u00e9', name: 'Rene\u0301e' });
    expect((await tenant.api.post('/contacts', { externalId: 'cafe\u0301' })).status).toBe(409);
    expect(data((await tenant.api.get(`/contacts?search=${encodeURIComponent('Ren\u00e9e')}`)).body)).toHaveLength(1);
    expect((await tenant.api.get(`/contacts/ext:${encodeURIComponent('cafe\u0301')}`)).status).toBe(200);
  });

  it('refuses an externalId or address of another contact, and says no more than which field', async () => {
    await create({ externalId: 'taken', name: 'Secret name', email: 'taken@example.com', phone: '+14155550100' });
    for (const [body, word] of [
      [{ externalId: 'taken', name: 'x' }, 'externalId'],
      [{ name: 'x', email: 'TAKEN@example.com' }, 'email'],
      [{ name: 'x', phone: '+1 415 555 0100' }, 'phone'],
    ] as const) {
      const answer = await tenant.api.post('/contacts', body);
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({ code: 'already_exists', detail: expect.stringContaining(word) });
      expect(answer.text).not.toContain('Secret');
    }
    expect(data((await tenant.api.get('/contacts?search=taken')).body)).toHaveLength(1);
  });

  it('changes a known contact with upsert=true, and makes an unknown one', async () => {
    const first = await tenant.api.post('/contacts?upsert=true', {
      externalId: 'up',
      name: 'Old',
      email: 'up@example.com',
    });
    const second = await tenant.api.post('/contacts?upsert=true', { externalId: 'up', name: 'New', language: 'fr' });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toMatchObject({ id: first.body['id'], name: 'New', language: 'fr', email: 'up@example.com' });
    const without = await tenant.api.post('/contacts?upsert=true', { name: 'x' });
    expect([without.status, pointers(without.body)]).toEqual([422, ['/externalId']]);
    expect((await tenant.api.post('/contacts?upsert=yes', { externalId: 'up' })).status).toBe(422);
  });

  it('makes one contact of twenty upserts at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        tenant.api.post('/contacts?upsert=true', { externalId: 'crowd', email: 'crowd@example.com', name: `n${i}` }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      ...Array<number>(19).fill(200),
      201,
    ]);
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
  });

  it('gives an address to one of two contacts that ask for it at the same time', async () => {
    const answers = await Promise.all(
      [1, 2].map((n) => tenant.api.post('/contacts', { name: `Twin ${n}`, email: 'twin@example.com' })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect(data((await tenant.api.get('/contacts?search=Twin')).body)).toHaveLength(1);
  });

  it('changes what is named, empties what is null, and leaves the rest', async () => {
    const { id } = await create({ name: 'Eve', email: 'eve@example.com', phone: '+14155550101', attributes: { a: 1 } });
    const changed = await tenant.api.patch(`/contacts/${String(id)}`, {
      name: null,
      email: 'eve.new@example.com',
      phone: null,
      attributes: { b: 2 },
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ name: null, email: 'eve.new@example.com', phone: null, attributes: { b: 2 } });
    // What was given up is free for others.
    expect(await create({ email: 'eve@example.com', phone: '+14155550101' })).toMatchObject({ name: null });
    const clash = await tenant.api.patch(`/contacts/${String(id)}`, { email: 'eve@example.com' });
    expect(clash.status).toBe(409);
    expect((await tenant.api.get(`/contacts/${String(id)}`)).body['email']).toBe('eve.new@example.com');
  });

  it('frees externalId and addresses when a contact is deleted', async () => {
    const { id } = await create({ externalId: 'gone', email: 'gone@example.com' });
    expect((await tenant.api.delete(`/contacts/ext:gone`)).status).toBe(204);
    for (const ref of [String(id), 'ext:gone']) {
      expect((await tenant.api.get(`/contacts/${ref}`)).status).toBe(404);
      expect((await tenant.api.patch(`/contacts/${ref}`, { name: 'x' })).status).toBe(404);
      expect((await tenant.api.delete(`/contacts/${ref}`)).status).toBe(404);
    }
    const again = await create({ externalId: 'gone', email: 'gone@example.com' });
    expect(again['id']).not.toBe(id);
  });

  it('answers 404 for another tenant, for ids that are none, and for references that are none', async () => {
    const { id } = await create({ externalId: 'mine', name: 'Mine' });
    const other = await app.tenant({ bare: true });
    for (const ref of [
      String(id),
      'ext:mine',
      String(id).toUpperCase(),
      'not-a-uuid',
      'ext:',
      'ext:%00',
      "ext:' OR 1=1--",
    ])
      expect([ref, (await other.api.get(`/contacts/${ref}`)).status]).toEqual([ref, 404]);
    expect((await other.api.delete(`/contacts/${String(id)}`)).status).toBe(404);
    // Two tenants may each know the same person.
    expect((await other.api.post('/contacts', { externalId: 'mine' })).status).toBe(201);
  });

  it('asks for the permission to read or to manage', async () => {
    const reader = await app.tenant({ scopes: ['contacts:read'], bare: true });
    expect((await reader.api.get('/contacts')).status).toBe(200);
    expect((await reader.api.post('/contacts', { name: 'x' })).status).toBe(403);
    const id = '01890000-0000-7000-8000-000000000000';
    expect((await reader.api.get(`/contacts/${id}/timeline`)).status).toBe(403);
  });

  it('does once what carries the same Idempotency-Key', async () => {
    const send = () => tenant.api.post('/contacts', { name: 'Once' }, { 'idempotency-key': 'contact-once' });
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(first.body);
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(data((await tenant.api.get('/contacts?search=Once')).body)).toHaveLength(1);
  });

  it('tells everything that was written to a contact and came back, newest first', async () => {
    const { id } = await create({ name: 'Chatty', phone: '+14155557007' });
    const sent = await tenant.api.post('/messages', { channelType: 'SMS', contactId: id, content: { text: 'Hello' } });
    const timeline = await tenant.api.until(`/contacts/${String(id)}/timeline`, ({ body }) => data(body).length === 1);
    expect(data(timeline.body)[0]).toMatchObject({
      id: sent.body['id'],
      direction: 'OUTBOUND',
      channelType: 'SMS',
      to: '+14155557007',
      content: { text: 'Hello' },
    });
    expect((await tenant.api.get(`/contacts/${String(id)}/timeline?cursor=x`)).status).toBe(400);
  });

  it('has the messages to an address that nobody held, in the contact that was made for it', async () => {
    await tenant.api.post('/messages', { channelType: 'SMS', to: '+14155550007', content: { text: 'Hi' } });
    const [contact] = data((await tenant.api.get('/contacts?phone=%2B14155550007')).body);
    const path = `/contacts/${String(contact?.['id'])}/timeline`;
    const { body } = await tenant.api.until(path, (answer) => data(answer.body).length === 2);
    expect(data(body).map((message) => message['direction'])).toEqual(['INBOUND', 'OUTBOUND']);
  });
});

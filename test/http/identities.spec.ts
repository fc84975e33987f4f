import { startApp, type TestApp, type TestTenant } from '../support/app';

type Row = Record<string, unknown>;

let app: TestApp;
let tenant: TestTenant;
let numbers = 0;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const data = (body: Row) => body['data'] as Row[];
const number = () =>
  `+1415555${String(++numbers)
    .padStart(4, '0')
    .replace(/000\d$/, (end) => `9${end.slice(1)}`)}`;
const create = async (body: Row): Promise<string> => String((await tenant.api.post('/contacts', body)).body['id']);
const read = async (id: string) => (await tenant.api.get(`/contacts/${id}`)).body;
const addresses = (contact: Row) => (contact['identities'] as Row[]).map(({ address }) => address);
const add = (id: string, channelType: string, address: string) =>
  tenant.api.post(`/contacts/${id}/identities`, { channelType, address });
const remove = (id: string, channelType: string, address: string) =>
  tenant.api.delete(`/contacts/${id}/identities/${channelType}/${encodeURIComponent(address)}`);
const send = async (to: string) => {
  const sent = await tenant.api.post('/messages', { channelType: 'SMS', to, content: { text: 'Hello' } });
  return (await tenant.api.message(sent.body['id'], 'SUPPRESSED', 'DELIVERED')).body;
};

describe('the addresses of a contact', () => {
  it('may be several for a channel type; the first is shown and written to', async () => {
    const [first, second] = [number(), number()];
    const id = await create({ name: 'Ada', phone: first });
    const added = await add(id, 'SMS', `  ${second.slice(0, 5)} ${second.slice(5)} `);
    expect([added.status, added.body]).toEqual([
      201,
      { channelType: 'SMS', address: second, createdAt: expect.stringMatching(/Z$/) },
    ]);
    const again = await add(id, 'SMS', second);
    expect([again.status, again.body]).toEqual([200, added.body]);

    const contact = await read(id);
    expect(contact['phone']).toBe(first);
    expect(addresses(contact)).toEqual([first, second]);
    expect(data((await tenant.api.get(`/contacts/${id}/identities`)).body)).toEqual(contact['identities']);
    const sent = await tenant.api.post('/messages', { channelType: 'SMS', contactId: id, content: { text: 'Hi' } });
    expect(sent.body['to']).toBe(first);
    for (const query of [`search=${second.slice(1)}`, `phone=${encodeURIComponent(second)}`])
      expect(data((await tenant.api.get(`/contacts?${query}`)).body)).toMatchObject([{ id }]);
  });

  it('belong to one contact of the tenant each', async () => {
    const phone = number();
    await create({ name: 'Holder', phone });
    const id = await create({ name: 'Other' });
    const refused = await add(id, 'SMS', phone);
    expect([refused.status, refused.body['code']]).toEqual([409, 'already_exists']);
    expect(refused.text).not.toContain('Holder');
    const other = await app.tenant({ bare: true });
    const theirs = String((await other.api.post('/contacts', { name: 'Theirs' })).body['id']);
    const taken = await other.api.post(`/contacts/${theirs}/identities`, { channelType: 'SMS', address: phone });
    expect(taken.status).toBe(201);
  });

  it('go to one of two contacts that ask for the same at the same moment', async () => {
    const phone = number();
    const ids = await Promise.all([create({ name: 'Twin 1' }), create({ name: 'Twin 2' })]);
    const answers = await Promise.all(ids.map((id) => add(id, 'SMS', phone)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });

  it('are at most fifty', async () => {
    const id = await create({ name: 'Collector' });
    for (let n = 0; n < 50; n++) await add(id, 'EMAIL', `a${n}@collector.example.com`);
    const answer = await add(id, 'EMAIL', 'a50@collector.example.com');
    expect([answer.status, answer.body['errors']]).toEqual([422, [expect.objectContaining({ pointer: '/address' })]]);
    expect((await add(id, 'EMAIL', 'a0@collector.example.com')).status).toBe(200);
  });

  it('are given back one by one, however they are spelled in the path', async () => {
    const id = await create({ name: 'Eve', email: 'eve.one@example.com' });
    await add(id, 'EMAIL', 'eve.two@example.com');
    expect((await remove(id, 'EMAIL', 'EVE.one@Example.com')).status).toBe(204);
    expect((await read(id))['email']).toBe('eve.two@example.com');
    for (const [channelType, address] of [
      ['EMAIL', 'eve.one@example.com'],
      ['EMAIL', 'nonsense'],
      ['SMS', 'eve.two@example.com'],
      ['FAX', '1'],
    ] as const)
      expect([channelType, address, (await remove(id, channelType, address)).status]).toEqual([
        channelType,
        address,
        404,
      ]);
    await create({ name: 'Next', email: 'eve.one@example.com' });
  });

  it.each([
    [{ channelType: 'SMS', address: '911' }, '/address'],
    [{ channelType: 'FAX', address: '+14155552671' }, '/channelType'],
    [{ channelType: 'EMAIL', address: { $ne: 1 } }, '/address'],
    [{ channelType: 'EMAIL' }, '/address'],
    [{ channelType: 'EMAIL', address: 'a@b.co', contactId: 'x' }, '/contactId'],
  ])('refuse %j', async (body, pointer) => {
    const id = await create({ name: 'Strict' });
    const answer = await tenant.api.post(`/contacts/${id}/identities`, body);
    expect(answer.status).toBe(422);
    expect((answer.body['errors'] as Row[])[0]).toMatchObject({ pointer });
  });
});

describe('a change of the address that is shown', () => {
  it('takes its place, and leaves further ones', async () => {
    const id = await create({ name: 'Mover', email: 'old@mover.example.com' });
    await add(id, 'EMAIL', 'second@mover.example.com');
    const changed = await tenant.api.patch(`/contacts/${id}`, { email: 'new@mover.example.com' });
    expect(changed.body['email']).toBe('new@mover.example.com');
    expect(addresses(changed.body)).toEqual(['new@mover.example.com', 'second@mover.example.com']);
  });

  it('to the one that is shown changes nothing, so that a customer system may repeat what it knows', async () => {
    const id = await create({ externalId: 'repeat', email: 'first@repeat.example.com' });
    await add(id, 'EMAIL', 'second@repeat.example.com');
    const before = (await read(id))['identities'];
    const upsert = await tenant.api.post('/contacts?upsert=true', {
      externalId: 'repeat',
      email: 'FIRST@repeat.example.com',
    });
    expect(upsert.body['identities']).toEqual(before);
  });

  it('to a further one puts that first, and to none takes all of them away', async () => {
    const id = await create({ name: 'Chooser', email: 'first@chooser.example.com', phone: number() });
    await add(id, 'EMAIL', 'second@chooser.example.com');
    await add(id, 'EMAIL', 'third@chooser.example.com');
    const chosen = await tenant.api.patch(`/contacts/${id}`, { email: 'third@chooser.example.com' });
    expect([chosen.body['email'], addresses(chosen.body).length]).toEqual(['third@chooser.example.com', 3]);
    const none = await tenant.api.patch(`/contacts/${id}`, { email: null });
    expect([none.body['email'], addresses(none.body)]).toEqual([null, [chosen.body['phone']]]);
  });
});

describe('an address that is given up', () => {
  const WAYS: readonly [string, (id: string, phone: string) => Promise<unknown>][] = [
    ['by another one in its place', (id) => tenant.api.patch(`/contacts/${id}`, { phone: number() })],
    ['by none in its place', (id) => tenant.api.patch(`/contacts/${id}`, { phone: null })],
    ['by name', (id, phone) => remove(id, 'SMS', phone)],
    ['with the contact', (id) => tenant.api.delete(`/contacts/${id}`)],
  ];

  it.each(WAYS)('%s keeps what was refused under it', async (_, giveUp) => {
    for (const refusal of [{ doNotContact: true }, { channels: { SMS: { allowed: false } } }]) {
      const phone = number();
      const id = await create({ name: 'Refuser', phone });
      await tenant.api.post(`/contacts/${id}/preferences`, refusal);
      await giveUp(id, phone);
      expect(await send(phone)).toMatchObject({ status: 'SUPPRESSED', reason: { code: 'suppressed' } });
    }
  });

  it.each(WAYS)('%s is free and can be written to when nothing was refused', async (_, giveUp) => {
    const phone = number();
    const id = await create({ name: 'Mover', phone });
    await tenant.api.post(`/contacts/${id}/preferences`, { channels: { EMAIL: { allowed: false } } });
    const before = await send(phone);
    await giveUp(id, phone);
    const after = await send(phone);
    expect(after).toMatchObject({ status: 'DELIVERED' });
    // Another person, so another conversation.
    expect(after['contactId']).not.toBe(id);
    expect(after['sessionId']).not.toBe(before['sessionId']);
    const over = await tenant.api.get(`/sessions/${String(before['sessionId'])}`);
    expect(over.body).toMatchObject({ status: 'COMPLETED', closedAt: expect.any(String) });
  });
});

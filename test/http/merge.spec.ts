import { startApp, type TestApp, type TestTenant } from '../support/app';

type Row = Record<string, unknown>;

let app: TestApp;
let tenant: TestTenant;
let count = 0;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const data = (body: Row) => body['data'] as Row[];
const word = () => `merge${++count}`;
const create = async (body: Row): Promise<string> => String((await tenant.api.post('/contacts', body)).body['id']);
const read = (ref: string) => tenant.api.get(`/contacts/${ref}`);
const merge = (id: string, contactId: unknown) => tenant.api.post(`/contacts/${id}/merge`, { contactId });
const send = async (body: Row, ...statuses: string[]) => {
  const sent = await tenant.api.post('/messages', { content: { subject: 'Hi', text: 'Hello' }, ...body });
  return (await tenant.api.message(sent.body['id'], ...(statuses.length ? statuses : ['DELIVERED']))).body;
};

describe('merging', () => {
  it('makes one contact of two: the addresses of both, and the facts of the other where this one has none', async () => {
    const w = word();
    const id = await create({
      name: 'Ada',
      email: `${w}@example.com`,
      attributes: { tier: 'gold', since: 2020 },
      language: 'de',
    });
    const other = await create({
      externalId: `crm-${w}`,
      name: 'A. Lovelace',
      email: `${w}.old@example.com`,
      phone: `+1415555${7000 + count}`,
      timezone: 'Europe/Vienna',
      attributes: { tier: 'silver', city: 'Vienna' },
    });
    const merged = await merge(id, other);
    expect([merged.status, merged.body]).toEqual([
      200,
      expect.objectContaining({
        id,
        externalId: `crm-${w}`,
        name: 'Ada',
        email: `${w}@example.com`,
        phone: `+1415555${7000 + count}`,
        language: 'de',
        timezone: 'Europe/Vienna',
        attributes: { tier: 'gold', since: 2020, city: 'Vienna' },
      }),
    ]);
    expect((merged.body['identities'] as Row[]).map(({ address }) => address)).toContain(`${w}.old@example.com`);
    expect((await read(`ext:crm-${w}`)).body['id']).toBe(id);
    expect(data((await tenant.api.get(`/contacts?email=${w}.old@example.com`)).body)).toMatchObject([{ id }]);

    const gone = await read(other);
    expect([gone.status, gone.body['detail']]).toEqual([404, expect.stringContaining(id)]);
    for (const answer of [await merge(other, id), await tenant.api.delete(`/contacts/${other}`)])
      expect([answer.status, answer.body['detail']]).toEqual([404, expect.stringContaining(id)]);
    const audit = data((await tenant.api.get('/audit-log')).body).find(({ action }) => action === 'contact.merged');
    expect(audit).toMatchObject({ resourceId: id, detail: { contactId: other } });
  });

  it('shows messages of both on the timeline, those that came in as well, page by page', async () => {
    const w = word();
    const id = await create({ email: `${w}+reply@example.com` });
    const other = await create({ email: `${w}.old+reply@example.com` });
    for (const contactId of [id, other]) await send({ channelType: 'EMAIL', contactId });
    const both = async (each: string) =>
      tenant.api.until(`/contacts/${each}/timeline`, ({ body }) => data(body).length === 2);
    await both(id);
    await both(other);
    await merge(id, other);

    const seen: Row[] = [];
    for (let path: string | null = `/contacts/${id}/timeline?limit=3`; path;) {
      const { body } = await tenant.api.get(path);
      seen.push(...data(body));
      const { next } = body['page'] as { next: string | null };
      path = next && `/contacts/${id}/timeline?limit=3&cursor=${next}`;
    }
    expect(seen.filter(({ direction }) => direction === 'INBOUND')).toHaveLength(2);
    const ids = seen.map((each) => String(each['id']));
    expect(ids).toHaveLength(4);
    expect(ids).toEqual(ids.toSorted((x, y) => (x < y ? 1 : -1)));
    expect(new Set(seen.map(({ from, direction, to }) => (direction === 'INBOUND' ? from : to))).size).toBe(2);
    const { body } = await tenant.api.get(`/messages?contactId=${id}`);
    expect(data(body)).toHaveLength(4);
  });

  it('keeps the conversations that are open, one for each counterpart, and goes on with them', async () => {
    const w = word();
    const [first, second] = [`${w}.a@example.com`, `${w}.b@example.com`];
    const [id, other] = [await create({ email: first }), await create({ email: second })];
    const before = [await send({ channelType: 'EMAIL', to: first }), await send({ channelType: 'EMAIL', to: second })];
    await merge(id, other);
    const after = [await send({ channelType: 'EMAIL', to: first }), await send({ channelType: 'EMAIL', to: second })];
    expect(after.map(({ sessionId }) => sessionId)).toEqual(before.map(({ sessionId }) => sessionId));
    expect(after.map(({ contactId }) => contactId)).toEqual([id, id]);
    expect(
      data((await tenant.api.get(`/sessions?contactId=${id}`)).body).map(({ counterpart }) => counterpart),
    ).toEqual([second, first]);
  });

  it.each([
    ['the contact that stays', 0],
    ['the contact that goes', 1],
  ])('keeps what %s refused, for the addresses of both', async (_, refuser) => {
    const w = word();
    const emails = [`${w}.a@example.com`, `${w}.b@example.com`];
    const ids = [await create({ email: emails[0] }), await create({ email: emails[1] })] as const;
    await tenant.api.post(`/contacts/${ids[refuser]}/preferences`, { channels: { EMAIL: { allowed: false } } });
    await merge(...ids);
    for (const to of emails)
      expect(await send({ channelType: 'EMAIL', to }, 'SUPPRESSED', 'DELIVERED')).toMatchObject({
        status: 'SUPPRESSED',
        reason: { code: 'opted_out' },
      });
  });

  it('keeps what suppressions say of the addresses of both', async () => {
    const w = word();
    const id = await create({ email: `${w}.a@example.com` });
    const other = await create({ email: `${w}.b@example.com` });
    await tenant.api.post('/suppressions', {
      channelType: 'EMAIL',
      address: `${w}.b@example.com`,
      reason: 'OPTED_OUT',
      source: 'STOP',
    });
    await merge(id, other);
    const preferences = await tenant.api.get(`/contacts/${id}/preferences`);
    expect(preferences.body['channels']).toEqual({ EMAIL: { allowed: false, source: 'STOP' } });
    const old = await send({ channelType: 'EMAIL', to: `${w}.b@example.com` }, 'SUPPRESSED', 'DELIVERED');
    expect(old).toMatchObject({ status: 'SUPPRESSED', reason: { code: 'suppressed' } });
  });

  it('takes along the places in bulk sends', async () => {
    const w = word();
    const [id, other] = [await create({ email: `${w}.a@example.com` }), await create({ email: `${w}.b@example.com` })];
    const campaign = await tenant.api.post('/bulk-send', {
      name: w,
      channelType: 'EMAIL',
      content: { subject: 'Hi', text: 'Hello' },
      recipients: [{ contactId: other }],
    });
    await merge(id, other);
    const recipients = await tenant.api.get(`/bulk-send/${String(campaign.body['id'])}/recipients`);
    expect(data(recipients.body)).toMatchObject([{ contactId: id }]);
  });

  it('in a chain ends at the last contact, so that none leads in a circle', async () => {
    const [a, b, c] = [await create({ name: 'A' }), await create({ name: 'B' }), await create({ name: 'C' })] as const;
    await merge(b, a);
    await merge(c, b);
    for (const gone of [a, b]) expect((await read(gone)).body['detail']).toContain(c);
    expect((await merge(a, c)).status).toBe(404);
    expect((await merge(c, a)).status).toBe(200); // it is part of it already
    expect((await read(c)).body).toMatchObject({ name: 'C' });
  });

  it('of two contacts into each other at the same moment makes one of them', async () => {
    for (let round = 0; round < 5; round++) {
      const ids = [
        await create({ name: 'One', email: `${word()}@example.com` }),
        await create({ name: 'Two' }),
      ] as const;
      const answers = await Promise.all([merge(ids[0], ids[1]), merge(ids[1], ids[0])]);
      expect(answers.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 404]);
      const left = await Promise.all(ids.map(read));
      expect(left.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 404]);
    }
  });

  it('of one contact into two others at the same moment makes it part of one', async () => {
    const w = word();
    const shared = await create({ email: `${w}@example.com` });
    const ids = await Promise.all([create({ name: 'One' }), create({ name: 'Two' })]);
    const answers = await Promise.all(ids.map((id) => merge(id, shared)));
    expect(answers.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 422]);
    const holders = await Promise.all(ids.map(async (id) => (await read(id)).body['email']));
    expect(holders.filter((email) => email === `${w}@example.com`)).toHaveLength(1);
  });

  it('goes well while addresses change and preferences are set', async () => {
    for (let round = 0; round < 5; round++) {
      const w = word();
      const [id, other] = [
        await create({ email: `${w}.a@example.com` }),
        await create({ email: `${w}.b@example.com` }),
      ];
      const answers = await Promise.all([
        merge(id, other),
        tenant.api.post(`/contacts/${id}/preferences`, { channels: { SMS: { allowed: false } } }),
        tenant.api.patch(`/contacts/${id}`, { email: `${w}.c@example.com` }),
        tenant.api.patch(`/contacts/${other}`, { name: 'Late' }),
        tenant.api.post('/messages', {
          channelType: 'EMAIL',
          to: `${w}.b@example.com`,
          content: { subject: 'Hi', text: 'Hello' },
        }),
      ]);
      expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
      const timeline = await tenant.api.get(`/contacts/${id}/timeline`);
      expect(data(timeline.body).map((message) => message['id'])).toEqual([answers[4].body['id']]);
    }
  });

  it('refuses the contact itself, one that is not there and one of another tenant', async () => {
    const id = await create({ externalId: 'self', name: 'Self' });
    const other = await app.tenant({ bare: true });
    const theirs = String((await other.api.post('/contacts', { name: 'Theirs' })).body['id']);
    const gone = await create({ name: 'Gone' });
    await tenant.api.delete(`/contacts/${gone}`);
    for (const contactId of [id, theirs, gone, '01890000-0000-7000-8000-000000000000', 'x', null, undefined]) {
      const answer = await merge('ext:self', contactId);
      expect([contactId, answer.status, answer.body['errors']]).toEqual([
        contactId,
        422,
        [expect.objectContaining({ pointer: '/contactId' })],
      ]);
    }
    expect((await other.api.post(`/contacts/${id}/merge`, { contactId: theirs })).status).toBe(404);
    expect((await other.api.get(`/contacts/${theirs}`)).status).toBe(200);
  });
});

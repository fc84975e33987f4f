import { startApp, type TestApp, type TestTenant } from '../support/app';

const data = (body: Record<string, unknown>) => body['data'] as Record<string, unknown>[];
const pointers = (body: Record<string, unknown>) =>
  ((body['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer);

describe('lists of contacts', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  const create = async (body: Record<string, unknown>) => (await tenant.api.post('/contacts', body)).body;

  it('find contacts by search, externalId, e-mail and phone however they are spelled', async () => {
    const { id } = await create({
      externalId: '100%_sure\\',
      name: 'Grace Hopper',
      email: 'grace@example.com',
      phone: '+442071838750',
    });
    const queries = ['search=hopper', 'search=GRACE%40ex', 'search=%25_sure%5C', 'externalId=100%25_sure%5C'];
    for (const query of [...queries, 'email=GRACE@EXAMPLE.COM', 'phone=%2B44%2020%207183%208750'])
      expect([query, data((await tenant.api.get(`/contacts?${query}`)).body).map((c) => c['id'])]).toEqual([
        query,
        [id],
      ]);
    for (const query of ['search=%25%25', 'search=h_pper', 'email=other@example.com', 'externalId=100'])
      expect([query, data((await tenant.api.get(`/contacts?${query}`)).body)]).toEqual([query, []]);
    const faulty = await tenant.api.get('/contacts?phone=911');
    expect([faulty.status, pointers(faulty.body)]).toEqual([422, ['/query/phone']]);
  });

  it('find contacts by language, with those spoken in one place, and by an attribute', async () => {
    const { id: one } = await create({ name: 'Swede', language: 'sv', attributes: { plan: 'pro:plus', seats: 7 } });
    const { id: two } = await create({ name: 'Finn', language: 'sv-FI', attributes: { plan: 'pro', active: true } });
    const found = async (query: string) => data((await tenant.api.get(`/contacts?${query}`)).body).map((c) => c['id']);
    expect(await found('language=sv')).toEqual([two, one]);
    expect(await found('language=sv-FI')).toEqual([two]);
    expect(await found('language=fi')).toEqual([]);
    expect(await found('attribute=plan:pro')).toEqual([two]);
    expect(await found('attribute=plan:pro:plus')).toEqual([one]);
    expect(await found('attribute=seats:7')).toEqual([one]);
    expect(await found('attribute=active:true&language=sv')).toEqual([two]);
    expect(await found('attribute=nothing:pro')).toEqual([]);
    for (const attribute of ['plan', ':pro', `${'k'.repeat(41)}:x`, 'plan:%00']) {
      const answer = await tenant.api.get(`/contacts?attribute=${attribute}`);
      expect([answer.status, pointers(answer.body)]).toEqual([422, ['/query/attribute']]);
    }
  });

  it('run from the newest on, page by page, without gaps or repeats', async () => {
    const lister = await app.tenant({ bare: true });
    for (let n = 0; n < 7; n++) await lister.api.post('/contacts', { name: `C${n}` });
    const seen: unknown[] = [];
    for (let path: string | null = '/contacts?limit=3'; path;) {
      const { body } = await lister.api.get(path);
      seen.push(...data(body).map((contact) => contact['name']));
      const { next } = body['page'] as { next: string | null };
      path = next && `/contacts?limit=3&cursor=${next}`;
    }
    expect(seen).toEqual(['C6', 'C5', 'C4', 'C3', 'C2', 'C1', 'C0']);
  });
});

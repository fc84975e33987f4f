import { startApp, type TestApp, type TestTenant } from '../support/app';
import type { Answer } from '../support/api';

describe('contact imports', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    tenant = await app.tenant({ bare: true });
  });
  afterAll(() => app.close());

  const CSV = { 'content-type': 'text/csv' };
  const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED'];
  const done = (id: unknown) =>
    tenant.api.until(`/contact-imports/${String(id)}`, ({ body }) => ENDED.includes(String(body['status'])));

  async function imported(content: string, query = ''): Promise<Answer> {
    const made = await tenant.api.post(`/contact-imports${query}`, content, CSV);
    if (made.status !== 202) throw new Error(made.text);
    return done(made.body['id']);
  }
  const contacts = async () => (await tenant.api.get('/contacts?limit=200')).body['data'] as Record<string, unknown>[];
  const errors = async (id: unknown) => (await tenant.api.get(`/contact-imports/${String(id)}/errors`)).text;

  it('makes a contact of every row and says how many', async () => {
    const { body } = await imported('externalId,name,email,phone,attributes.city\n1,Ada,ADA@Example.com,+1 415 555 2671,Köln\n');
    expect(body).toMatchObject({
      status: 'COMPLETED',
      reason: null,
      counts: { rows: 1, created: 1, updated: 0, skipped: 0, failed: 0 },
    });
    expect(body['bytesRead']).toBe(body['bytesTotal']);
    expect(await contacts()).toMatchObject([
      { externalId: '1', name: 'Ada', email: 'ada@example.com', phone: '+14155552671', attributes: { city: 'Köln' } },
    ]);
  });
});

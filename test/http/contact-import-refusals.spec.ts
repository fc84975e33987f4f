import { startApp, type TestApp, type TestTenant } from '../support/app';

const CSV = { 'content-type': 'text/csv' };

describe('a file that is no list of contacts', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    tenant = await app.tenant({ bare: true });
  });
  afterAll(() => app.close());

  it.each([
    ['an unknown heading', 'email,Mobile\n', /column 2 \(Mobile\) is none of/],
    ['__proto__', 'email,__proto__\n', /column 2 \(__proto__\) is none of/],
    ['a person instead of headings', 'ada@b.co,+14155552671\n', /^column 1 is none of/],
    ['a heading twice', 'email,EMAIL\n', /column 2 \(EMAIL\) is the same as column 1/],
    ['an empty heading', 'email,\n', /column 2 is none of/],
    ['no column that names anybody', 'name,language\n', /must have a column externalId/],
    ['nothing', '', /must begin with a row of headings/],
    ['an empty line first', '\nemail\n', /must begin with a row of headings/],
    ['201 columns', `email${',attributes.x'.repeat(200)}\n`, /has 201 columns/],
    ['10,000 columns', `email${',attributes.x'.repeat(9_999)}\n`, /headings of at most|has 10000 columns/],
    ['a quote that is never closed', '"email,name\n', /quote in its headings/],
    ['an attribute of 41 characters', `email,attributes.${'x'.repeat(41)}\n`, /column 2 is none of|column 2 \(/],
  ])('refuses a file with %s, and stores nothing', async (_, head, message) => {
    const answer = await tenant.api.post('/contact-imports', `${head}a@b.co,1\n`.repeat(head ? 1 : 0), CSV);
    expect(answer.status).toBe(422);
    const [error] = answer.body['errors'] as { pointer: string; message: string }[];
    expect(error).toMatchObject({ pointer: '/file', message: expect.stringMatching(message) });
    expect(answer.text).not.toContain('ada@b.co');
    await nothingStored();
  });

  it('refuses bytes that are no text wherever they stand, and stores nothing', async () => {
    const rows = Buffer.from(`email\n${'a@b.co\n'.repeat(200_000)}`);
    const response = await fetch(`${app.url}/api/v1/communication/contact-imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.key}`, ...CSV },
      body: new Uint8Array(Buffer.concat([rows, Buffer.from([0xe9, 0x0a])])),
    });
    const { status } = response;
    const body = (await response.json()) as Record<string, unknown>;
    expect(status).toBe(422);
    expect(body['errors']).toMatchObject([{ pointer: '/file', message: expect.stringMatching(/text in UTF-8/) }]);
    await nothingStored();
  });

  it.each([
    ['delimiter=x', '/query/delimiter'],
    ['onConflict=both', '/query/onConflict'],
    ['encoding=ebcdic', '/query/encoding'],
    ['mapping=x', '/query/mapping'],
    ['mapping=%7B%22a%22%3A%22password%22%7D', '/query/mapping'],
    ['mapping=%5B%5D', '/query/mapping'],
  ])('refuses ?%s by its name', async (query, pointer) => {
    const answer = await tenant.api.post(`/contact-imports?${query}`, 'email\n', CSV);
    expect(answer.status).toBe(422);
    expect(answer.body['errors']).toMatchObject([{ pointer }]);
  });

  async function nothingStored(): Promise<void> {
    expect((await tenant.api.get('/contact-imports')).body['data']).toEqual([]);
    const jobs = `SELECT 1 FROM pgboss.job WHERE name = 'contact-imports' AND data ->> 'tenantId' = $1`;
    expect(await app.sql(jobs, [tenant.tenantId])).toEqual([]);
    expect((await tenant.api.get('/contacts')).body['data']).toEqual([]);
  }
});

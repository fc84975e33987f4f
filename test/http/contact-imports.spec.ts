import { startApp, type TestApp, type TestTenant } from '../support/app';
import { type Answer, Api } from '../support/api';

const CSV = { 'content-type': 'text/csv' };
const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED'];

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

  const done = (id: unknown) =>
    tenant.api.until(`/contact-imports/${String(id)}`, ({ body }) => ENDED.includes(String(body['status'])));

  async function imported(content: string, query = ''): Promise<Answer> {
    const made = await tenant.api.post(`/contact-imports${query}`, content, CSV);
    if (made.status !== 202) throw new Error(made.text);
    return done(made.body['id']);
  }
  async function importedBytes(content: Buffer, query = ''): Promise<Answer> {
    const made = await upload(content, query);
    return done(made.body['id']);
  }
  async function upload(content: Buffer | FormData, query = ''): Promise<{ status: number; body: Answer['body'] }> {
    const response = await fetch(`${app.url}/api/v1/communication/contact-imports${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.key}`, ...(content instanceof FormData ? {} : CSV) },
      body: content instanceof FormData ? content : new Uint8Array(content),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }
  async function contacts(): Promise<Record<string, unknown>[]> {
    const { body } = await tenant.api.get('/contacts?limit=200');
    return (body['data'] as Record<string, unknown>[]).toReversed();
  }
  const errors = async ({ body }: Answer) =>
    (await tenant.api.get(`/contact-imports/${String(body['id'])}/errors`)).text;
  const counts = ({ body }: Answer) => body['counts'];

  it('makes a contact of every row and says how many', async () => {
    const { body } = await imported(
      'externalId,name,Email,phone,telegramChatId,whatsappId,language,timezone,attributes.city\n' +
        '1,Ada,ADA@Example.com,+1 415 555 2671,123456789,+4915112345678,de-AT,Europe/Vienna,Köln\n',
    );
    expect(body).toMatchObject({
      status: 'COMPLETED',
      reason: null,
      delimiter: ',',
      onConflict: 'update',
      counts: { rows: 1, created: 1, updated: 0, skipped: 0, failed: 0 },
    });
    expect(body['bytesRead']).toBe(body['bytesTotal']);
    expect(await contacts()).toMatchObject([
      {
        externalId: '1',
        name: 'Ada',
        email: 'ada@example.com',
        phone: '+14155552671',
        telegramChatId: '123456789',
        whatsappId: '+4915112345678',
        language: 'de-AT',
        timezone: 'Europe/Vienna',
        attributes: { city: 'Köln' },
      },
    ]);
  });

  it('changes a known contact by externalId or else by address, and leaves what a cell does not say', async () => {
    await tenant.api.post('/contacts', { externalId: 'a', name: 'Ada', email: 'ada@b.co', attributes: { x: 1, y: 2 } });
    await tenant.api.post('/contacts', { name: 'Bob', email: 'bob@b.co', phone: '+14155552671' });
    const result = await imported(
      'externalId,name,email,attributes.x\na,,new@b.co,3\nb,Robert,bob@b.co,\nc,Carl,,\n,Nobody,carl@b.co,\n',
    );
    expect(counts(result)).toEqual({ rows: 4, created: 2, updated: 2, skipped: 0, failed: 0 });
    expect(await contacts()).toMatchObject([
      { externalId: 'a', name: 'Ada', email: 'new@b.co', attributes: { x: '3', y: 2 } },
      { externalId: 'b', name: 'Robert', email: 'bob@b.co', phone: '+14155552671' },
      { externalId: 'c', name: 'Carl', email: null },
      { externalId: null, name: 'Nobody', email: 'carl@b.co' },
    ]);
  });

  it('leaves known contacts alone when told to skip them', async () => {
    await tenant.api.post('/contacts', { externalId: 'a', name: 'Ada' });
    const result = await imported('externalId,name\na,Changed\nb,Bob\n', '?onConflict=skip');
    expect(counts(result)).toEqual({ rows: 2, created: 1, updated: 0, skipped: 1, failed: 0 });
    expect(await contacts()).toMatchObject([{ name: 'Ada' }, { name: 'Bob' }]);
  });

  it('takes the same person many times in one file, and in three files, as one contact', async () => {
    const file = 'email,name,phone\nada@b.co,A,\nADA@b.co,B,+14155552671\n,C,+1 415 555 2671\nada@b.co,D,\n';
    expect(counts(await imported(file))).toMatchObject({ created: 1, updated: 3, failed: 0 });
    await imported(file);
    await imported(file);
    expect(await contacts()).toMatchObject([{ name: 'D', email: 'ada@b.co', phone: '+14155552671' }]);
  });

  it('stores two rows about one contact that name it by different addresses in their order', async () => {
    await tenant.api.post('/contacts', { email: 'ada@b.co', phone: '+14155552671' });
    const result = await imported('email,phone,name\nada@b.co,,First\n,+14155552671,Second\n');
    expect(counts(result)).toMatchObject({ updated: 2 });
    expect(await contacts()).toMatchObject([{ name: 'Second' }]);
  });

  it('names each refused row with its number, column and reason, and takes the others', async () => {
    await tenant.api.post('/contacts', { externalId: 'held', email: 'held@b.co' });
    const result = await imported(
      [
        'externalId,email,phone,language,timezone,attributes.note',
        '1,ok@b.co,,,,',
        '2,no address,1.41556E+10,,,',
        '',
        '4,held@b.co,,,,',
        ',,,de,,',
        '6,b@b.co,,german,Mars/Olympus,',
        '7,c@b.co',
        `8,d@b.co,,,,${'x'.repeat(501)}`,
        '9,e@b.co,,,,nul\0here',
        '"10",f@b.co,,,,"two\nlines"',
        '11,g@b.co,,,,,surplus',
        '12,h@b.co,,,,,',
        ',held@b.co,+14155550100,,,',
      ].join('\n'),
    );
    expect(result.body).toMatchObject({ status: 'COMPLETED', counts: { rows: 12, created: 3, updated: 1, failed: 8 } });
    expect((await errors(result)).split('\n')).toEqual([
      'row,column,message',
      '3,email,"must not have spaces"',
      expect.stringMatching(/^3,phone,"is a number that a spreadsheet has rounded; format the column as text/),
      '5,email,"belongs to another contact"',
      expect.stringMatching(/^6,,"has neither an externalId nor an address/),
      '7,language,"must be a language tag such as de or de-AT"',
      '7,timezone,"must be an IANA time zone such as Europe/Berlin"',
      '8,,"has 2 cells where the header has 6"',
      '9,attributes.note,"must have at most 500 characters"',
      '10,attributes.note,"has a character that cannot be stored"',
      '12,,"has 7 cells where the header has 6"',
      '',
    ]);
    expect((await contacts()).map(({ externalId }) => externalId)).toEqual(['held', '1', '10', '12']);
  });

  it('finds one bad row in the middle of many by its number', async () => {
    const lines = Array.from({ length: 5_000 }, (_, n) => (n === 3_456 ? 'bad' : `p${n}@b.co`));
    const result = await imported(`email\n${lines.join('\r\n')}\r\n`);
    expect(counts(result)).toMatchObject({ rows: 5_000, created: 4_999, failed: 1 });
    expect(await errors(result)).toMatch(/^row,column,message\n3458,email,[^\n]+\n$/);
  });

  it.each([
    ['semicolons', 'externalId;email;name\n1;a@b.co;"x;y"\n', ''],
    ['tabs', 'externalId\temail\tname\n1\ta@b.co\tx;y\n', ''],
    ['bars', 'externalId|email|name\n1|a@b.co|x;y\n', ''],
    ['quoted headings', '"externalId","email","name"\n"1","a@b.co","x;y"\n', ''],
    ['CR only', 'externalId,email,name\r1,a@b.co,x;y\r', ''],
    ['CRLF, and no line end', 'externalId,email,name\r\n1,a@b.co,x;y', ''],
    ['mixed line ends', 'externalId,email,name\r\n\r1,a@b.co,x;y\n\r\n', ''],
    ['a byte order mark', '\uFEFFexternalId,email,name\n1,a@b.co,x;y\n', ''],
    ['a delimiter that is said', 'externalId;email;name\n1;a@b.co;"x;y"\n', '?delimiter=%3B'],
  ])('reads %s', async (_, content, query) => {
    expect(counts(await imported(content, query))).toMatchObject({ created: 1, failed: 0 });
    expect(await contacts()).toMatchObject([{ externalId: '1', email: 'a@b.co', name: 'x;y' }]);
  });

  it('reads UTF-16 with its mark, and Windows-1252 when it is said', async () => {
    const text = 'email,name\na@b.co,Jürgen €\n';
    const little = Buffer.from(`\uFEFF${text}`, 'utf16le');
    await importedBytes(little);
    expect(await contacts()).toMatchObject([{ name: 'Jürgen €' }]);
    await importedBytes(Buffer.from(`\uFEFF${text.replace('a@', 'b@')}`, 'utf16le').swap16());
    const western = Buffer.from('email,name\nc@b.co,J\xfcrgen \x80\n', 'latin1');
    await importedBytes(western, '?encoding=windows-1252');
    expect(await contacts()).toMatchObject([{ name: 'Jürgen €' }, { name: 'Jürgen €' }, { name: 'Jürgen €' }]);
  });

  it('takes the apostrophe off again that stands before a formula', async () => {
    await imported(`email,phone,name,attributes.note\na@b.co,'+14155552671,'=cmd,O'Brien\n`);
    expect(await contacts()).toMatchObject([{ phone: '+14155552671', name: '=cmd', attributes: { note: "O'Brien" } }]);
  });

  it('takes headings as they are told, leaves columns out, and keeps a key called __proto__ as a key', async () => {
    const mapping = encodeURIComponent('{"E-Mail":"email","Notes":null,"Town":"attributes.__proto__"}');
    const result = await imported('E-Mail,Notes,Town\na@b.co,secret,Wien\n', `?mapping=${mapping}`);
    expect(result.body).toMatchObject({ status: 'COMPLETED', counts: { created: 1 } });
    expect(await app.sql(`SELECT attributes::text AS a FROM contact WHERE tenant_id = $1`, [tenant.tenantId])).toEqual([
      { a: '{"__proto__": "Wien"}' },
    ]);
  });

  it('takes a form with one file in the field file, and nothing else', async () => {
    const form = (parts: [string, string | File][]) => {
      const data = new FormData();
      for (const [name, value] of parts) data.append(name, value);
      return data;
    };
    const file = new File(['email\na@b.co\n'], 'people.csv');
    const made = await upload(form([['file', file]]));
    expect(made.status).toBe(202);
    expect((await done(made.body['id'])).body).toMatchObject({ status: 'COMPLETED', counts: { created: 1 } });
    const bad = [
      form([]),
      form([['other', file]]),
      form([['file', 'text']]),
      form([
        ['file', file],
        ['more', 'x'],
      ]),
      form([
        ['file', file],
        ['file', file],
      ]),
    ];
    for (const one of bad) expect(await upload(one)).toMatchObject({ status: 422 });
    const json = await tenant.api.post('/contact-imports', { email: 'a@b.co' });
    expect(json.status).toBe(415);
    expect(await imports()).toHaveLength(1);
  });

  it('fails with the row at a quote that is never closed, and keeps the rows before it', async () => {
    const content = `email,name\na@b.co,A\n"b@b.co,B\n${'c@b.co,C\n'.repeat(150_000)}`;
    const { body } = await imported(content);
    expect(body).toMatchObject({
      status: 'FAILED',
      reason: { code: 'file_unreadable', detail: expect.stringMatching(/^Row 3 has no end/) },
      counts: { rows: 1, created: 1 },
    });
  });

  it('ends where it is when it is cancelled, and not a second time', async () => {
    const rows = Array.from({ length: 30_000 }, (_, n) => `p${n}@b.co`).join('\n');
    const made = await tenant.api.post('/contact-imports', `email\n${rows}\n`, CSV);
    const path = `/contact-imports/${String(made.body['id'])}`;
    await tenant.api.until(path, ({ body }) => Number(body['bytesRead']) > 0);
    const cancelled = await tenant.api.post(`${path}/cancel`);
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
    expect((await tenant.api.post(`${path}/cancel`)).status).toBe(409);
    const [stored] = await app.sql<{ n: number }>('SELECT count(*)::int AS n FROM contact WHERE tenant_id = $1', [
      tenant.tenantId,
    ]);
    expect(cancelled.body['counts']).toMatchObject({ rows: stored?.n, created: stored?.n });
    expect(stored?.n).toBeLessThan(30_000);
  });

  it('is for keys that may manage contacts, and nobody else sees it', async () => {
    const made = await imported('email\na@b.co\n');
    const reader = new Api(app.url, await app.key(tenant.tenantId, ['contacts:read']));
    expect((await reader.post('/contact-imports', 'email\n', CSV)).status).toBe(403);
    const { api: other } = await app.tenant({ bare: true });
    const path = `/contact-imports/${String(made.body['id'])}`;
    for (const answer of [await other.get(path), await other.get(`${path}/errors`), await other.post(`${path}/cancel`)])
      expect(answer.status).toBe(404);
    expect((await other.get('/contact-imports')).body['data']).toEqual([]);
    expect(await imports()).toMatchObject([{ id: made.body['id'] }]);
  });

  async function imports(): Promise<unknown[]> {
    return (await tenant.api.get('/contact-imports')).body['data'] as unknown[];
  }
});

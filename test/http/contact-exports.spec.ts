import { parse } from 'csv-parse/sync';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { Api } from '../support/api';

const CSV = { 'content-type': 'text/csv' };

describe('contact exports', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    tenant = await app.tenant({ bare: true });
  });
  afterAll(() => app.close());

  async function exported(filter?: object): Promise<string> {
    const made = await tenant.api.post('/contact-exports', { format: 'csv', ...(filter && { filter }) });
    if (made.status !== 202) throw new Error(made.text);
    const path = `/contact-exports/${String(made.body['id'])}`;
    await tenant.api.until(path, ({ body }) => body['status'] === 'COMPLETED');
    return path;
  }
  /** The very bytes: `text()` of a response would take the byte order mark off. */
  async function bytes(path: string): Promise<string> {
    const response = await fetch(`${app.url}/api/v1/communication${path}/content`, {
      headers: { authorization: `Bearer ${tenant.key}` },
    });
    return Buffer.from(await response.arrayBuffer()).toString();
  }
  async function contacts(api: Api): Promise<Record<string, unknown>[]> {
    const { body } = await api.get('/contacts?limit=200');
    const data = body['data'] as Record<string, unknown>[];
    return data
      .map(({ externalId, name, email, phone, telegramChatId, whatsappId, language, timezone, attributes }) => ({
        ...{ externalId, name, email, phone },
        ...{ telegramChatId, whatsappId, language, timezone, attributes },
      }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  const HOSTILE = ['=HYPERLINK("http://evil.example")', '-2+3', '@SUM(A1)', "'=1+1", 'a\n=b', 'x,"y";z', '\t=1', "O'B"];

  it('writes a file that no spreadsheet runs, and that comes back in as it was', async () => {
    for (const [n, note] of HOSTILE.entries())
      await tenant.api.post('/contacts', {
        externalId: `=${n}`,
        name: note.replace(/[\n\t]/g, ''),
        email: `p${n}@b.co`,
        phone: `+1415555267${n}`,
        whatsappId: '+4915112345678'.slice(0, -1) + n,
        telegramChatId: `-100${n}`,
        language: 'de-AT',
        timezone: 'Europe/Vienna',
        attributes: { note, empty: null },
      });
    const path = await exported();
    const content = await bytes(path);
    expect(content.startsWith('\uFEFFexternalId,name,email,phone,')).toBe(true);
    const cells = (parse(content, { bom: true }) as string[][]).flat();
    expect(cells.length).toBe((HOSTILE.length + 1) * 10);
    expect(cells.filter((cell) => /(^|\n)[=+\-@\t\r]/.test(cell))).toEqual([]);

    const { api: other } = await app.tenant({ bare: true });
    const made = await other.post('/contact-imports', content, CSV);
    const { body } = await other.until(`/contact-imports/${String(made.body['id'])}`, (answer) =>
      ['COMPLETED', 'FAILED'].includes(String(answer.body['status'])),
    );
    expect(body['counts']).toMatchObject({ created: HOSTILE.length, failed: 0 });
    const before = (await contacts(tenant.api)).map((contact) => {
      const { note } = contact['attributes'] as { note: string };
      return { ...contact, attributes: { note: note.trim() } };
    });
    expect(await contacts(other)).toEqual(before);
  });

  it('writes thousands of contacts, each once, newest first', async () => {
    await app.sql(
      `INSERT INTO contact (tenant_id, id, external_id)
       SELECT $1, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'e' || n FROM generate_series(1, 3500) n`,
      [tenant.tenantId],
    );
    const path = await exported();
    const rows = parse(await bytes(path), { bom: true, columns: true }) as { externalId: string }[];
    expect(rows.map(({ externalId }) => externalId)).toEqual(Array.from({ length: 3500 }, (_, n) => `e${3500 - n}`));
    const { body } = await tenant.api.get(path);
    expect(body).toMatchObject({ rows: 3500, format: 'csv', reason: null });
  });

  it('writes only the contacts of the filter, and refuses one that is none', async () => {
    for (const name of ['Ada', 'Bob']) await tenant.api.post('/contacts', { name, email: `${name}@b.co` });
    expect(await bytes(await exported({ email: 'BOB@b.co' }))).toMatch(/^[^\n]+\n,Bob,bob@b\.co,[^\n]+\n$/);
    const bad = await tenant.api.post('/contact-exports', { format: 'csv', filter: { email: 'nobody' } });
    expect(bad).toMatchObject({ status: 422, body: { errors: [{ pointer: '/filter/email' }] } });
    expect((await tenant.api.post('/contact-exports', { format: 'xlsx' })).status).toBe(422);
  });

  it('is handed out as a download, to keys that may read contacts of this tenant only', async () => {
    const path = await exported();
    const answer = await tenant.api.get(`${path}/content`);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="contacts-[0-9a-f-]{36}\.csv"$/);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const sender = new Api(app.url, await app.key(tenant.tenantId, ['messages:send']));
    expect((await sender.get(`${path}/content`)).status).toBe(403);
    const { api: other } = await app.tenant({ bare: true });
    expect((await other.get(path)).status).toBe(404);
    expect((await other.get(`${path}/content`)).status).toBe(404);
    const log = await app.sql(`SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id`, [tenant.tenantId]);
    expect(log).toEqual([{ action: 'contact-export.created' }, { action: 'contact-export.read' }]);
  });

  it('is gone after seven days, with what was looked for', async () => {
    const path = await exported({ search: 'ada' });
    const { body } = await tenant.api.get(path);
    expect(Date.parse(String(body['expiresAt'])) - Date.parse(String(body['finishedAt']))).toBeCloseTo(
      7 * 86_400_000,
      -4,
    );
    await app.sql(
      `UPDATE pgboss.job SET start_after = now() WHERE name = 'contact-exports.expire' AND data ->> 'id' = $1`,
      [body['id']],
    );
    await tenant.api.until(path, (answer) => answer.body['status'] === 'EXPIRED');
    expect((await tenant.api.get(`${path}/content`)).status).toBe(404);
    expect(await app.sql('SELECT filter FROM contact_export WHERE id = $1', [body['id']])).toEqual([{ filter: {} }]);
  });
});

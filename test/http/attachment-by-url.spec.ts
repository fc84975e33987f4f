import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Config } from '../../src/config';
import { OUTSIDE, startInside, startWeb, type Inside, type WebServer } from '../egress/egress-stage';
import { startApp, type TestApp, type TestTenant } from '../support/app';

const PDF = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1');

let app: TestApp;
let tenant: TestTenant;
let web: WebServer;
let inside: Inside;
/** What the server outside says at each path. */
const pages = new Map<string, { body: string | Buffer; status?: number; headers?: Record<string, string> }>();

beforeAll(async () => {
  inside = await startInside();
  web = await startWeb((request, response) => {
    const page = pages.get(request.url ?? '');
    response.writeHead(page?.status ?? (page ? 200 : 404), page?.headers).end(page?.body);
  });
  app = await startApp({
    EGRESS_ALLOW_HTTP: 'true',
    EGRESS_ALLOWED_PORTS: `${web.port}, ${inside.port}`,
    EGRESS_ALLOWED_NETWORKS: `${OUTSIDE}/32`,
  });
  tenant = await app.tenant();
});
afterAll(async () => {
  await app.close();
  await Promise.all([web.close(), inside.close()]);
});

const out = (path: string) => `http://${OUTSIDE}:${web.port}${path}`;
const attach = (body: unknown) => tenant.api.post('/attachments', body);

/** What is kept of this tenant, in rows and in the storage. */
async function kept(): Promise<number[]> {
  const [row] = await app.sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM communication_attachment WHERE tenant_id = $1`,
    [tenant.tenantId],
  );
  const folder = join(app.runtime.app.get(Config).DATA_DIR, 'files', tenant.tenantId, 'files');
  return [row?.count ?? 0, existsSync(folder) ? readdirSync(folder).length : 0];
}

describe('a file by its address', () => {
  it('is fetched, looked at and kept like an uploaded one, and goes out with a message', async () => {
    pages.set('/documents/Rechnung%20M%C3%A4rz.pdf?x=1', { body: PDF, headers: { 'content-type': 'text/html' } });
    const made = await attach({ url: out('/documents/Rechnung%20M%C3%A4rz.pdf?x=1') });
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({ filename: 'Rechnung März.pdf', contentType: 'application/pdf', size: PDF.length }),
    ]);
    expect(made.headers.get('location')).toBe(`/api/v1/communication/attachments/${String(made.body['id'])}`);
    expect((await tenant.api.get(`/attachments/${String(made.body['id'])}`)).body).toEqual(made.body);
    const sent = await tenant.api.post('/messages', {
      channelType: 'EMAIL',
      to: 'ada@example.com',
      content: { subject: 'Note', text: 'Attached' },
      attachments: [{ attachmentId: made.body['id'] }],
    });
    await tenant.api.message(sent.body['id'], 'DELIVERED');
  });

  it('gets the name that is given with it, made safe', async () => {
    pages.set('/a', { body: 'text' });
    expect((await attach({ url: out('/a'), filename: '../../note.txt' })).body).toMatchObject({ filename: 'note.txt' });
    expect((await attach({ url: out('/a') })).body).toMatchObject({ filename: 'a' });
    pages.set('/%E0%A4%A', { body: 'text' });
    expect((await attach({ url: out('/%E0%A4%A') })).status).toBe(201);
    pages.set('/', { body: 'text' });
    expect((await attach({ url: out('/') })).body).toMatchObject({ filename: 'file' });
  });

  it('may be redirected, and not inside', async () => {
    pages.set('/moved', { body: '', status: 302, headers: { location: out('/a') } });
    expect((await attach({ url: out('/moved') })).status).toBe(201);
    pages.set('/inside', { body: '', status: 302, headers: { location: `http://127.0.0.1:${inside.port}/` } });
    const before = await kept();
    const refused = await attach({ url: out('/inside') });
    expect([refused.status, refused.body['errors']]).toEqual([
      422,
      [{ pointer: '/url', message: 'not_allowed: must name a server on the public Internet' }],
    ]);
    expect([inside.hits, await kept()]).toEqual([0, before]);
  });

  it.each([
    ['not_allowed', () => `http://127.0.0.1:${inside.port}/`],
    ['not_allowed', () => `http://[::1]:${inside.port}/`],
    ['not_allowed', () => 'http://169.254.169.254/latest/meta-data/'],
    ['not_allowed', () => 'file:///etc/passwd'],
    ['not_allowed', () => 'not an address'],
    ['unreachable', () => out('/nothing-there')],
    ['type', () => out('/page')],
    ['type', () => out('/empty')],
    ['type', () => out('/compressed')],
    ['too_large', () => out('/huge')],
    ['too_large', () => out('/endless')],
  ])('is refused as %s, with nothing of the answer and nothing kept (%#)', async (why, url) => {
    const secret = 'what stands inside';
    pages.set('/page', { body: `<html>${secret}` });
    pages.set('/empty', { body: '' });
    pages.set('/nothing-there', { body: secret, status: 404, headers: { 'x-secret': 'sesame' } });
    pages.set('/compressed', { body: gzipSync(Buffer.alloc(20_000_000)), headers: { 'content-encoding': 'gzip' } });
    pages.set('/huge', { body: Buffer.alloc(10_000_001, 'a') });
    pages.set('/endless', { body: Buffer.alloc(12_000_000, 'a'), headers: { 'transfer-encoding': 'chunked' } });
    const before = await kept();
    const refused = await attach({ url: url() });
    expect([refused.status, refused.body['code']]).toEqual([422, 'invalid_field']);
    expect(refused.body['errors']).toEqual([{ pointer: '/url', message: expect.stringMatching(`^${why}: `) }]);
    expect(refused.text).not.toMatch(/what stands inside|sesame/);
    expect(await kept()).toEqual(before);
    expect(inside.hits).toBe(0);
  });

  it('may have 10,000,000 bytes', async () => {
    const text = randomBytes(7_500_000).toString('base64').slice(0, 10_000_000);
    pages.set('/big', { body: text });
    const made = await attach({ url: out('/big') });
    expect([made.status, made.body['size']]).toEqual([201, 10_000_000]);
  });

  it.each([
    [{}, '/url'],
    [{ url: 1 }, '/url'],
    [{ url: '' }, '/url'],
    [{ url: `https://example.com/${'a'.repeat(2048)}` }, '/url'],
    [{ url: 'https://example.com', filename: '' }, '/filename'],
    [{ url: 'https://example.com', filename: null }, '/filename'],
    [{ url: 'https://example.com', headers: { authorization: 'x' } }, '/headers'],
    [{ url: 'https://example.com', tenantId: 'x' }, '/tenantId'],
  ])('is refused as %j', async (body, pointer) => {
    const refused = await attach(body);
    expect([refused.status, (refused.body['errors'] as { pointer: string }[])[0]?.pointer]).toEqual([422, pointer]);
  });

  it('is not read from a body that is no plain JSON', async () => {
    for (const body of ['', '[]', '"x"', '{"url":"a","url":"b"}', 'x'.repeat(30_000)]) {
      const { status } = await attach(body);
      expect([400, 413]).toContain(status);
    }
  });
});

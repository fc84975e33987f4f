import { createHash, randomUUID } from 'node:crypto';
import { startApp, type TestApp, type TestTenant } from '../support/app';

const PDF = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1');

describe('attachments', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  const url = (path = '') => `${app.url}/api/v1/communication/attachments${path}`;
  const auth = () => ({ authorization: `Bearer ${tenant.key}` });

  async function upload(parts: readonly (readonly [string, string | File])[]) {
    const form = new FormData();
    for (const [name, value] of parts) form.append(name, value);
    const response = await fetch(url(), { method: 'POST', headers: auth(), body: form });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  }

  const file = (name: string, content: string | Buffer, type = 'application/octet-stream') =>
    new File([new Uint8Array(Buffer.from(content))], name, { type });

  it('keeps a file under a safe name, with the type of its bytes, and gives it back unchanged', async () => {
    const made = await upload([['file', file('../Rechnung \u202Efdp.pdf', PDF, 'text/html')]]);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      filename: 'Rechnung fdp.pdf',
      contentType: 'application/pdf',
      size: PDF.length,
      sha256: createHash('sha256').update(PDF).digest('hex'),
    });
    const path = `/${String(made.body['id'])}`;
    expect(made.headers.get('location')).toBe(`/api/v1/communication/attachments${path}`);
    expect((await tenant.api.get(`/attachments${path}`)).body).toEqual(made.body);

    const content = await fetch(url(`${path}/content`), { headers: auth() });
    expect(content.status).toBe(200);
    expect(Buffer.from(await content.arrayBuffer())).toEqual(PDF);
    expect(Object.fromEntries(content.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(PDF.length),
      'content-disposition': `attachment; filename="Rechnung fdp.pdf"; filename*=UTF-8''Rechnung%20fdp.pdf`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-store',
    });
  });

  it('goes out with a message', async () => {
    const { body } = await upload([['file', file('note.txt', 'Grüße')]]);
    const sent = await tenant.api.post('/messages', {
      channelType: 'EMAIL',
      to: 'ada@example.com',
      content: { subject: 'Note', text: 'Attached' },
      attachments: [{ attachmentId: body['id'] }],
    });
    expect(sent.status).toBe(202);
    await tenant.api.message(sent.body['id'], 'DELIVERED');
  });

  it('takes 10,000,000 bytes and not one more', async () => {
    const size = (bytes: number) => upload([['file', file('big.txt', 'a'.repeat(bytes))]]);
    expect((await size(10_000_000)).status).toBe(201);
    const refused = await size(10_000_001);
    expect([refused.status, refused.body['code']]).toEqual([413, 'payload_too_large']);
    expect((await size(15_000_000)).status).toBe(413);
  });

  it.each([
    ['an empty file', [['file', file('a.txt', '')]]],
    ['HTML', [['file', file('a.txt', '<html><script>1</script>')]]],
    ['SVG under another name', [['file', file('a.png', '<svg onload="alert(1)"/>', 'image/png')]]],
    ['an executable', [['file', file('a.pdf', 'MZ\u0090\0\u0003\0', 'application/pdf')]]],
    ['a script by its extension', [['file', file('a.js', 'alert(1)')]]],
    ['no file', [['other', 'x']]],
    ['a text field instead of a file', [['file', 'x']]],
    ['a file in another field', [['upload', file('a.txt', 'x')]]],
    [
      'two files',
      [
        ['file', file('a.txt', 'x')],
        ['file', file('b.txt', 'x')],
      ],
    ],
    [
      'a field besides the file',
      [
        ['file', file('a.txt', 'x')],
        ['comment', 'x'],
      ],
    ],
  ] as [string, [string, string | File][]][])('refuses %s with 422', async (_, parts) => {
    const refused = await upload(parts);
    expect(refused.status).toBe(422);
    expect(refused.body['errors']).toEqual([{ pointer: '/file', message: expect.any(String) }]);
  });

  it.each([
    ['a form without a boundary', 'multipart/form-data', 'x'],
    ['a URL-encoded form', 'application/x-www-form-urlencoded', 'file=x'],
    ['bare bytes', 'application/octet-stream', 'x'],
    ['another kind of multipart', 'multipart/mixed; boundary=x', '--x\r\n\r\nx\r\n--x--\r\n'],
  ])('answers 415 to %s', async (_, type, body) => {
    const response = await fetch(url(), { method: 'POST', headers: { ...auth(), 'content-type': type }, body });
    expect(response.status).toBe(415);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each([
    ['ends in the middle', '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc'],
    ['has no such boundary', 'abc'],
  ])('answers 400 or 422, never 500, to a form that %s', async (_, body) => {
    const type = 'multipart/form-data; boundary=x';
    const response = await fetch(url(), { method: 'POST', headers: { ...auth(), 'content-type': type }, body });
    expect([400, 422]).toContain(response.status);
  });

  it('shows nothing of another tenant', async () => {
    const { body } = await upload([['file', file('a.txt', 'x')]]);
    const other = await app.tenant({ bare: true });
    for (const id of [body['id'], randomUUID(), 'x']) {
      expect((await other.api.get(`/attachments/${String(id)}`)).status).toBe(404);
      expect((await other.api.get(`/attachments/${String(id)}/content`)).status).toBe(404);
    }
  });
});

import { gzipSync } from 'node:zlib';
import type { Answer } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { BODIES } from './isolation-bodies';
import { readOperations, type Operation } from './operations';
import { post, sendRaw, type RawAnswer } from './raw-http';
import { statusesOf } from './statuses';
import { makeThings, type Things } from './tenant-things';

const PREFIX = '/api/v1/communication';
const JSON_TYPE = 'Content-Type: application/json';
const MESSAGE = { channelType: 'EMAIL', to: 'a@b.co', content: { subject: 's', text: 't' } };

let app: TestApp;
let tenant: TestTenant;
let own: Things;

beforeAll(async () => {
  app = await startApp({ RATE_LIMIT_PER_MINUTE: '1000000' });
  tenant = await app.tenant();
  own = await makeThings(app);
});
afterAll(() => app.close());

const bearer = () => `Authorization: Bearer ${tenant.key}`;
const send = (bytes: string | Buffer) => sendRaw(Number(new URL(app.url).port), bytes);
const postRaw = (path: string, body: string | Buffer, ...headers: string[]) =>
  send(post(PREFIX + path, body, [bearer(), ...headers]));
const getRaw = (target: string, ...headers: string[]) =>
  send([`GET ${target} HTTP/1.1`, 'Host: localhost', bearer(), ...headers, '', ''].join('\r\n'));

function problem({ status, headers, body }: RawAnswer): unknown[] {
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  return [status, JSON.parse(body).code];
}

async function count(table: string): Promise<number> {
  const [row] = await app.sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${table} WHERE tenant_id = $1`, [
    tenant.tenantId,
  ]);
  return row?.count ?? -1;
}

describe('a body', () => {
  afterEach(async () => expect(await count('communication_message')).toBe(0));

  const nested = (depth: number) => `{"metadata":${'{"a":'.repeat(depth - 1)}1${'}'.repeat(depth - 1)}}`;

  it.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['a number', '1'],
    ['a comma too many', '{"to":"a",}'],
    ['single quotes', "{'to':'a'}"],
    ['a comment', '{/* */"to":"a"}'],
    ['NaN', '{"to":NaN}'],
    ['a key twice', '{"to":"a","to":"b"}'],
    ['a key twice, once in escapes', '{"to":"a","\\u0074o":"b"}'],
    ['21 levels', nested(21)],
    ['1,000 levels', nested(1_000)],
    ['20,000 levels', nested(20_000)],
    ['400,000 brackets', '['.repeat(400_000)],
    ['a prototype', '{"__proto__":{"admin":true}}'],
    ['a constructor', '{"constructor":{"prototype":{}}}'],
    ['a byte order mark', `\ufeff${JSON.stringify(MESSAGE)}`],
    ['overlong UTF-8', Buffer.concat([Buffer.from('{"to":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])],
    ['bytes that are no UTF-8', Buffer.concat([Buffer.from('{"to":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])],
    ['a cut character', Buffer.concat([Buffer.from('{"to":"'), Buffer.from([0xf0, 0x9f, 0x98]), Buffer.from('"}')])],
  ])('of %s is no acceptable JSON', async (_, body) => {
    expect(problem(await postRaw('/messages', body, JSON_TYPE))).toEqual([400, 'invalid_json']);
  });

  it.each([
    ['500,000 levels', '{"a":'.repeat(500_000)],
    ['a million keys', `{${Array.from({ length: 1_000_000 }, (_, n) => `"k${n}":1`).join()}}`],
  ])('of %s is too large', async (_, body) => {
    expect(problem(await postRaw('/messages', body, JSON_TYPE))).toEqual([413, 'payload_too_large']);
  });

  it('of a thousand unknown keys names a hundred of them', async () => {
    const keys = `{${Array.from({ length: 1_000 }, (_, n) => `"k${n}":1`).join()}}`;
    const refused = await postRaw('/messages', keys, JSON_TYPE);
    expect(problem(refused)).toEqual([422, 'invalid_field']);
    expect(JSON.parse(refused.body).errors).toHaveLength(100);
  });

  it.each([
    ['80,000 keys', '/messages', `{${Array.from({ length: 80_000 }, (_, n) => `"k${n}":1`).join()}}`],
    ['300,000 attachments', '/messages', `{"attachments":[${'{},'.repeat(300_000)}{}]}`],
    ['three million recipients', '/bulk-send', `{"recipients":[${'{},'.repeat(3_000_000)}{}]}`],
    ['lists of recipients', '/bulk-send', `{"recipients":[${`[${'{},'.repeat(999)}{}],`.repeat(2_000)}[]]}`],
  ])('of %s is refused before it is looked at', async (_, path, body) => {
    expect(problem(await postRaw(path, body, JSON_TYPE))).toEqual([400, 'invalid_json']);
  });

  it('of 10,001 recipients names the field', async () => {
    const recipients = Array.from({ length: 10_001 }, (_, n) => ({ to: `a${n}@b.co` }));
    const bulk = JSON.stringify({ name: 'n', channelType: 'EMAIL', content: MESSAGE.content, recipients });
    const refused = await postRaw('/bulk-send', bulk, JSON_TYPE);
    expect(problem(refused)).toEqual([422, 'invalid_field']);
    expect(JSON.parse(refused.body).errors).toMatchObject([{ pointer: '/recipients' }]);
  });

  it.each([
    ['no type', []],
    ['text', ['Content-Type: text/plain']],
    ['a form', ['Content-Type: application/x-www-form-urlencoded']],
    ['multipart with JSON inside', ['Content-Type: multipart/form-data; boundary=x']],
    ['UTF-7', ['Content-Type: application/json; charset=utf-7']],
    ['two types', [JSON_TYPE, 'Content-Type: text/plain']],
    ['gzip', [JSON_TYPE, 'Content-Encoding: gzip']],
    ['br', [JSON_TYPE, 'Content-Encoding: br']],
  ])('as %s is not read', async (_, headers) => {
    const bytes = headers.includes('Content-Encoding: gzip')
      ? gzipSync(Buffer.alloc(10_000_000, ' '))
      : JSON.stringify(MESSAGE);
    expect(problem(await postRaw('/messages', bytes, ...headers))).toEqual([415, 'unsupported_media_type']);
  });

  it('of JSON that names a file of ours is no upload', async () => {
    const body = '{"files":{"f":{"filepath":"/etc/passwd"}},"file":"/etc/passwd"}';
    expect(problem(await postRaw('/attachments', body, JSON_TYPE))).toEqual([422, 'invalid_field']);
  });

  it.each([
    ['two lengths', ['Content-Length: 2', 'Content-Length: 3']],
    ['a length and chunks', ['Content-Length: 2', 'Transfer-Encoding: chunked']],
    ['a negative length', ['Content-Length: -1']],
  ])('with %s is no request', async (_, lengths) => {
    const head = [`POST ${PREFIX}/messages HTTP/1.1`, 'Host: x', bearer(), JSON_TYPE, ...lengths];
    expect((await send(`${head.join('\r\n')}\r\n\r\n{}`)).status).toBe(400);
  });
});

describe('fields', () => {
  /** What a caller may try to set of what is ours to set. */
  const OURS = [
    'tenantId',
    'id',
    'status_at',
    'cost',
    'createdAt',
    'isAdmin',
    'webhookKey',
    'accountKey',
    'deletedAt',
    'toString',
  ];

  const FILES = ['attachmentsUpload', 'contactImportsCreate', 'recipientUploadsAdd'];
  const withBody = readOperations().filter(({ id, hasBody }) => hasBody && !FILES.includes(id));

  it.each(withBody.map((operation) => [operation.id, operation] as const))(
    'of %s are those of its description',
    async (_, operation) => {
      for (const field of OURS) {
        const body = { ...(BODIES[operation.id]?.['']?.(own, undefined) as object), [field]: 1 };
        const answer = await call(operation, body);
        if (field === 'toString') expect(answer.status).toBe(400);
        else
          expect([answer.status, answer.body['errors']]).toEqual([
            422,
            [expect.objectContaining({ pointer: `/${field}` })],
          ]);
      }
    },
  );

  function call({ method, path }: Operation, body: unknown): Promise<Answer> {
    const target = path.replace('{id}', own.session).replace('{userId}', own.user);
    return own.api[method.toLowerCase() as 'post' | 'put' | 'patch'](target, body);
  }

  const channel = { name: 'Typed', channelType: 'SMS', providerType: 'sandbox', from: '+15005550006' };
  const wait = (seconds: string) =>
    `{"name":"r","trigger":{"event":"e"},"steps":[{"type":"wait","seconds":${seconds}}]}`;

  it.each([
    ...['"true"', '"1"', '1', '[]', '{}'].map((value) => [
      '/channels',
      '/isDefault',
      JSON.stringify(channel).replace('}', `,"isDefault":${value}}`),
    ]),
    ...['"10"', '1.5', '-1', '0', '[]', '2147483648', '9223372036854775808', '9007199254740993', '1e400'].map(
      (value) => ['/automation-rules', '/steps/0/seconds', wait(value)],
    ),
    ...['91', '-90.1', '"1"', '1e400', 'null'].map((value) => [
      '/messages',
      '/content/location/latitude',
      `{"channelType":"WHATSAPP","to":"+14155552671","messageType":"LOCATION","content":{"location":{"latitude":${value},"longitude":1}}}`,
    ]),
    ['/messages', '/content', JSON.stringify({ ...MESSAGE, content: [] })],
    ['/messages', '/content', JSON.stringify({ ...MESSAGE, content: 'text' })],
    ['/messages', '/metadata', JSON.stringify({ ...MESSAGE, metadata: { a: { b: 1 } } })],
    ['/messages', '/attachments/0/attachmentId', JSON.stringify({ ...MESSAGE, attachments: [{ attachmentId: 'x' }] })],
    ['/messages', '/attachments', JSON.stringify({ ...MESSAGE, attachments: {} })],
    ['/messages', '/scheduledAt', JSON.stringify({ ...MESSAGE, scheduledAt: 1_800_000_000 })],
  ])('%s refuses %s of another type or size: %s', async (path, pointer, body) => {
    const answer = await tenant.api.post(path ?? '', body);
    expect(answer.status).toBe(422);
    expect((answer.body['errors'] as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer);
  });
});

describe('a request', () => {
  it.each([
    ['a header of 64 kB', [`X-Long: ${'a'.repeat(65_536)}`], 431],
    ['2,000 headers', Array.from({ length: 2_000 }, (_, n) => `X-${n}: 1234567890`), 431],
    ['another method in a header', ['X-HTTP-Method-Override: DELETE', 'X-Method-Override: DELETE'], 200],
    ['an evil host', ['X-Forwarded-Host: evil.example', 'X-Forwarded-Proto: https'], 200],
    ['no wish for JSON', ['Accept: text/html'], 200],
    ['a condition', ['If-Match: "stale"', 'If-None-Match: *'], 200],
    ['another origin', ['Origin: https://evil.example'], 200],
    ['a header beyond ASCII', ['X-Name: Zo\u00eb'], 200],
  ])('with %s', async (_, headers, status) => {
    const answer = await getRaw(`${PREFIX}/channels?limit=1`, ...headers);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.headers)).not.toMatch(/evil|access-control|x-powered-by/i);
    expect(answer.body).not.toContain('evil');
  });

  it('tells its place without the host that was asked for', async () => {
    const answer = await postRaw('/messages', JSON.stringify(MESSAGE), JSON_TYPE, 'X-Forwarded-Host: evil.example');
    expect(answer.headers['location']).toMatch(/^\/api\/v1\/communication\/messages\/[0-9a-f-]{36}$/);
  });

  it.each(['TRACE', 'OPTIONS', 'CONNECT', 'BREW'])('by %s is none', async (method) => {
    const answer = await send(`${method} ${PREFIX}/channels HTTP/1.1\r\nHost: x\r\n${bearer()}\r\n\r\n`).catch(
      () => undefined,
    );
    expect([400, 404, 405, undefined]).toContain(answer?.status);
  });

  it.each([
    '//',
    '/channels/',
    '/CHANNELS',
    '/..;/channels',
    '/%2e%2e%2fhealth',
    '/channels%00',
    '/channels.',
    `/${'a'.repeat(10_000)}`,
  ])('to %.30s finds nothing', async (path) => {
    expect([400, 404]).toContain((await getRaw(PREFIX + path)).status);
  });
});

it('left nothing that the server could not answer', async () => {
  const statuses = await statusesOf(app);
  console.info('answers:', statuses);
  expect(Object.keys(statuses).toSorted()).toEqual(['2xx', '4xx']);
});

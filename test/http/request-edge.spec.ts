import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { type EdgeApp, startEdgeApp } from './edge-app';
import { post, type RawAnswer, sendRaw } from './raw-http';

const JSON_TYPE = 'Content-Type: application/json';
const ID = '0192f7c0-1111-7222-8333-444455556666';
const THING = '{"name":"Ada"}';

let edge: EdgeApp;
beforeAll(async () => {
  edge = await startEdgeApp();
});
afterAll(() => edge.app.close());

const send = (bytes: string | Buffer) => sendRaw(edge.port, bytes);
const get = (path: string, headers: readonly string[] = []) =>
  send([`GET ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n'));

function problemIn(answer: RawAnswer): Record<string, unknown> {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = JSON.parse(answer.body) as Record<string, unknown>;
  expect(problem).toMatchObject({ status: answer.status, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
  return problem;
}

describe('bodies', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
  ])('takes JSON as %s', async (type) => {
    const answer = await send(post('/api/things', THING, [`Content-Type: ${type}`]));
    expect([answer.status, answer.body]).toEqual([201, THING]);
  });

  it.each([
    ['no content type', []],
    ['text/plain', ['Content-Type: text/plain']],
    ['a form', ['Content-Type: application/x-www-form-urlencoded']],
    ['multipart with JSON inside', ['Content-Type: multipart/form-data; boundary=x']],
    ['utf-7', ['Content-Type: application/json; charset=utf-7']],
    ['utf-16', ['Content-Type: application/json; charset=utf-16']],
    ['two semicolons', ['Content-Type: application/JSON;;']],
    ['another parameter', ['Content-Type: application/json; profile=x']],
    ['a JSON dialect', ['Content-Type: application/json5']],
    ['no type at all in the header', ['Content-Type: ;;']],
    ['two content types', [JSON_TYPE, 'Content-Type: text/plain']],
    ['gzip', [JSON_TYPE, 'Content-Encoding: gzip']],
    ['br', [JSON_TYPE, 'Content-Encoding: br']],
    ['gzip twice', [JSON_TYPE, 'Content-Encoding: gzip, gzip']],
  ])('answers 415 to %s', async (_, headers) => {
    const answer = await send(post('/api/things', THING, headers));
    expect(problemIn(answer)).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it('answers 415 to a compressed bomb without inflating it', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000, ' '));
    expect((await send(post('/api/things', bomb, [JSON_TYPE, 'Content-Encoding: gzip']))).status).toBe(415);
  });

  it.each([
    ['an empty body', ''],
    ['null', 'null'],
    ['an array', '[]'],
    ['a repeated key', '{"name":"a","name":"b"}'],
    ['depth 20 000', '{"a":'.repeat(20_000)],
    ['a forbidden key', '{"__proto__":{"admin":true}}'],
    ['half a surrogate pair', '{"name":"\\ud800"}'],
    ['NUL', '{"name":"a\\u0000"}'],
  ])('answers 400 to %s', async (_, body) => {
    const answer = await send(post('/api/things', body, [JSON_TYPE]));
    expect(problemIn(answer)).toMatchObject({ status: 400, code: 'invalid_json', instance: '/api/things' });
  });

  it('answers 400 to a missing body where one is needed, and takes none where none is', async () => {
    expect(problemIn(await send(post('/api/things', '')))).toMatchObject({ status: 400, code: 'invalid_json' });
    expect((await send(post(`/api/things/${ID}/start`, ''))).status).toBe(201);
  });

  it.each([
    ['a little', 1_000_001],
    ['much', 2_500_000],
  ])('answers 413 to a body that is %s too long', async (_, length) => {
    const answer = await send(post('/api/things', Buffer.alloc(length, ' '), [JSON_TYPE]));
    expect(problemIn(answer)).toMatchObject({ status: 413, code: 'payload_too_large' });
  });

  it('answers 413 to a chunked body that is too long', async () => {
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const head = `POST /api/things HTTP/1.1\r\nHost: x\r\n${JSON_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect(problemIn(await send(`${head}${chunk.repeat(20)}0\r\n\r\n`))).toMatchObject({ status: 413 });
    expect((await send(`${head}${chunk.repeat(60)}`)).status).toBe(413);
  });

  it('ignores the body of a DELETE and of a GET', async () => {
    const request = (method: string, path: string) =>
      `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: text/x\r\nContent-Length: 3\r\n\r\n{{{`;
    const removed = await send(request('DELETE', `/api/things/${ID}`));
    expect([removed.status, removed.body]).toEqual([200, '{"hasBody":false}']);
    expect((await send(request('GET', `/api/things/${ID}`))).status).toBe(200);
  });

  it('answers 404 to a body for an unknown path, whatever it is', async () => {
    expect(problemIn(await send(post('/api/nothing', '{{{', ['Content-Type: text/x'])))).toMatchObject({ status: 404 });
  });

  it.each([
    'application/json',
    'text/plain; charset=x',
    'multipart/form-data; boundary=y',
    'application/x-www-form-urlencoded',
  ])('hands the bytes of %s over untouched where a rule says so', async (type) => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x0d, 0x0a, 0x00, 0xff]);
    const answer = await send(post('/api/raw/bytes', bytes, [`Content-Type: ${type}`]));
    expect(JSON.parse(answer.body)).toEqual({ hex: bytes.toString('hex') });
  });

  it('keeps the limit of a rule, streams, and takes an array where the rules say so', async () => {
    expect((await send(post('/api/raw/bytes', ' '.repeat(1001), ['Content-Type: a/b']))).status).toBe(413);
    const streamed = await send(post('/api/raw/stream', ' '.repeat(3_000_000), ['Content-Type: text/csv']));
    expect(JSON.parse(streamed.body)).toEqual({ length: 3_000_000 });
    expect(JSON.parse((await send(post('/api/raw/list', '[1,2]', [JSON_TYPE]))).body)).toEqual({ items: 2 });
  });
});

describe('framing', () => {
  const framed = (headers: string[], body = THING) =>
    ['POST /api/things HTTP/1.1', 'Host: x', JSON_TYPE, ...headers, '', body].join('\r\n');

  it.each([
    ['a Content-Length too small', framed(['Content-Length: 5'])],
    ['a negative Content-Length', framed(['Content-Length: -1'])],
    ['a Content-Length that is no number', framed(['Content-Length: 1e3'])],
    ['two Content-Lengths', framed(['Content-Length: 14', 'Content-Length: 15'])],
    ['Content-Length with Transfer-Encoding', framed(['Content-Length: 14', 'Transfer-Encoding: chunked'])],
    ['an unknown Transfer-Encoding', framed(['Transfer-Encoding: gzip'])],
    ['a broken chunk', framed(['Transfer-Encoding: chunked'], 'zz\r\n')],
    ['a header with a line break', 'GET /api/things HTTP/1.1\r\nHost: x\r\nX: a\n b: \u0001\r\n\r\n'],
    ['no Host', 'GET /api/things HTTP/1.1\r\n\r\n'],
    ['an unknown verb', 'BREW /api/things HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['another protocol', 'EHLO mail.example.com\r\n\r\n'],
  ])('answers 400 to %s', async (_, bytes) => {
    const answer = await send(bytes);
    expect(answer.status).toBe(400);
  });

  it('answers 408, not nothing, to a Content-Length too large', async () => {
    expect(problemIn(await send(framed(['Content-Length: 100'])))).toMatchObject({ code: 'request_timeout' });
  });

  it('answers 431 to 64 kB of headers', async () => {
    expect(problemIn(await get('/api/things', [`X-Long: ${'a'.repeat(65_536)}`]))).toMatchObject({ status: 431 });
  });

  it.each(['/%00', '/api/things/%ff', '/api/things/%zz', '/api/things/%E0%A4%A'])(
    'never answers 500 to %s',
    async (path) => {
      const answer = await get(path);
      expect([400, 404]).toContain(answer.status);
      problemIn(answer);
    },
  );

  it.each([
    `/api/things/${'a'.repeat(5_000)}`,
    '//',
    '/api/../api',
    '/api/THINGS/',
    '/api/things/..;/',
    'http://evil/api/nothing',
  ])('answers 404 to %.40s', async (path) => {
    expect(problemIn(await get(path))).toMatchObject({ status: 404, code: 'not_found' });
  });

  it.each(['TRACE', 'PUT', 'PATCH', 'QUERY'])('has no %s', async (method) => {
    const answer = await send(`${method} /api/things HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect([400, 404, 405]).toContain(answer.status);
  });
});

describe('fields', () => {
  const create = async (body: unknown) => problemIn(await send(post('/api/things', JSON.stringify(body), [JSON_TYPE])));

  it('names each faulty field by its pointer, in nested objects and arrays too', async () => {
    const body = {
      name: '',
      size: '1',
      content: { media: { url: 1 }, buttons: [{ url: 'x' }, { url: 'x', 'a/b~c': 1 }] },
    };
    expect(await create(body)).toMatchObject({
      status: 422,
      code: 'invalid_field',
      errors: [
        { pointer: '/name', message: 'must be visible text of 1 to 20 characters on one line' },
        { pointer: '/size', message: 'must not be greater than 100' },
        { pointer: '/size', message: 'must be an integer number' },
        { pointer: '/content/media/url', message: 'must be a string' },
        { pointer: '/content/buttons/1/a~1b~0c', message: 'is not a known field' },
      ],
    });
  });

  it.each([
    [{ name: 'a', tenantId: 'x' }, '/tenantId'],
    [{ name: 'a', isBig: 'true' }, '/isBig'],
    [{ name: 'a', isBig: [] }, '/isBig'],
    [{ name: ['a'] }, '/name'],
    [{ name: { $ne: 1 } }, '/name'],
    [{ name: 'a', content: [] }, '/content'],
    [{ name: 'a', content: 'x' }, '/content'],
    [{ name: 'a', content: { buttons: {} } }, '/content/buttons'],
    [{ name: 'a', content: { buttons: [1] } }, '/content/buttons'],
    [{ name: 'a', content: { buttons: [[]] } }, '/content/buttons/0'],
    [{ name: 'a', content: [{ media: { url: 'x' } }] }, '/content'],
    [{ name: 'a', content: { media: [{ url: 'x' }] } }, '/content/media'],
    [{}, '/name'],
  ])('refuses %j', async (body, pointer) => {
    const { errors } = (await create(body)) as { errors: { pointer: string }[] };
    expect(errors.map((error) => error.pointer.slice(0, pointer.length))).toContain(pointer);
  });

  it('refuses numbers that JSON can write and JavaScript cannot hold', async () => {
    const answer = await send(post('/api/things', '{"name":"a","size":1e400}', [JSON_TYPE]));
    expect(problemIn(answer)).toMatchObject({ status: 422 });
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=1e2',
    'limit=0x10',
    'limit=+5',
    'limit=%205',
    'limit=',
    'limit=1&limit=2',
    'limit=1;drop',
  ])('refuses the query %s, naming /query/limit', async (query) => {
    const problem = problemIn(await get(`/api/things?${query}`));
    expect(problem).toMatchObject({ status: 422, instance: '/api/things', errors: [{ pointer: '/query/limit' }] });
  });

  it.each([
    'limit[]=1',
    'limit[$gt]=1',
    'other=1',
    'toString=1',
    'constructor=1',
    '__proto__=1',
    'search=a&search=b',
    'search=%00',
  ])('refuses the query %s', async (query) => {
    expect(problemIn(await get(`/api/things?${query}`))).toMatchObject({ status: 422 });
  });

  it.each(['not-a-uuid', ID.toUpperCase(), `{${ID}}`, ID.replaceAll('-', ''), "'", '%F0%9F%98%80'])(
    'answers 404 to the id %s',
    async (id) => {
      expect(problemIn(await get(`/api/things/${id}`))).toMatchObject({ status: 404, code: 'not_found' });
    },
  );
});

describe('answers', () => {
  it('names the next page in a Link header, with the other parameters kept', async () => {
    const { headers, body } = await get('/api/things?search=a%20b&limit=3');
    expect(JSON.parse(body)).toEqual({ data: [1, 2, 3], page: { next: '3' } });
    expect(headers['link']).toBe('</api/things?search=a+b&limit=3&cursor=3>; rel="next"');
  });

  it('logs the cause of a 500 under the traceId of the caller and shows nothing of it', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const answer = await get('/api/things/boom', [
      `traceparent: 00-${traceId}-00f067aa0ba902b7-01`,
      'X-Request-Id: r1',
    ]);
    expect(problemIn(answer)).toMatchObject({ status: 500, code: 'internal', traceId });
    expect(answer.body).not.toContain('hunter2');
    expect(answer.headers['x-request-id']).toBe('r1');
    expect(edge.logged.at(-1)).toMatchObject({
      fields: { traceId, requestId: 'r1', method: 'GET', route: '/api/things/boom', err: expect.any(Error) },
    });
  });

  it('answers 404 as a problem without the query in its instance', async () => {
    expect(problemIn(await get('/nowhere?to=ada@example.com'))).toMatchObject({ status: 404, instance: '/nowhere' });
  });
});

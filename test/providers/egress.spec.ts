import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createHttpClient, type EgressResult, type HttpClient } from '../../src/platform/egress/http-client';
import {
  answerOf,
  drip,
  garbage,
  hugeAnswer,
  refusedUrl,
  reset,
  silence,
  startRawServer,
  truncatedAnswer,
  type Answer,
  type RawServer,
} from './raw-server';

const SHORT_MS = 300;

describe('the HTTP client that may leave', () => {
  let client: HttpClient;
  const servers: RawServer[] = [];

  beforeEach(() => {
    client = createHttpClient({ connectTimeoutMs: 1_000 });
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await client.close();
  });

  async function serve(answer: Answer): Promise<RawServer> {
    const server = await startRawServer(answer);
    servers.push(server);
    return server;
  }

  async function post(answer: Answer, timeoutMs = 5_000): Promise<EgressResult> {
    const { url } = await serve(answer);
    return client.http({ method: 'POST', url: `${url}/send`, body: 'hello', timeoutMs });
  }

  it('gives status, headers in lower case and the body as bytes', async () => {
    const result = await post(answerOf(201, '{"sid":"x"}', { 'X-Message-Id': 'abc' }));
    expect(result).toEqual({
      kind: 'RESPONSE',
      status: 201,
      headers: { 'content-length': '11', 'x-message-id': 'abc' },
      body: Buffer.from('{"sid":"x"}'),
    });
  });

  it('joins the values of a header that comes twice', async () => {
    const result = await post((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nvia: a\r\nvia: b\r\ncontent-length: 0\r\n\r\n'),
    );
    expect(result).toMatchObject({ kind: 'RESPONSE', headers: { via: 'a, b' } });
  });

  it('says NOT_SENT for a refused connection', async () => {
    const result = await client.http({ method: 'POST', url: await refusedUrl(), body: 'hello' });
    expect(result).toMatchObject({ kind: 'NOT_SENT', code: 'ECONNREFUSED' });
  });

  it('says NOT_SENT for a name that cannot be resolved', async () => {
    const result = await client.http({ method: 'POST', url: 'http://no.such.invalid/', body: 'hello' });
    expect(result).toMatchObject({ kind: 'NOT_SENT', code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) });
  });

  it('says NOT_SENT when TLS cannot be agreed on', async () => {
    const plain = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    const result = await client.http({ method: 'POST', url: `https://127.0.0.1:${port}/`, body: 'hello' });
    expect(result).toMatchObject({ kind: 'NOT_SENT', code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
    await new Promise((resolve) => plain.close(resolve));
  });

  it('says NOT_SENT when the deadline passes before the connection stands', async () => {
    const { url } = await serve(silence);
    // The server never answers the TLS greeting, so the connection is never ready for the request.
    const result = await client.http({
      method: 'POST',
      url: url.replace('http:', 'https:'),
      body: 'hello',
      timeoutMs: SHORT_MS,
    });
    expect(result).toMatchObject({ kind: 'NOT_SENT', code: 'timeout' });
  });

  it('says NOT_SENT when no connection is made within its own limit', async () => {
    const impatient = createHttpClient({ connectTimeoutMs: 200 });
    const { url } = await serve(silence);
    const result = await impatient.http({
      method: 'POST',
      url: url.replace('http:', 'https:'),
      body: 'x',
      timeoutMs: 5_000,
    });
    expect(result).toMatchObject({ kind: 'NOT_SENT', code: 'UND_ERR_CONNECT_TIMEOUT' });
    await impatient.close();
  });

  it.each<[string, Answer]>([
    ['a reset after the request', reset],
    ['no answer', silence],
    ['an answer that drips for ever', drip],
    ['a truncated answer', truncatedAnswer],
    ['something that is not HTTP', garbage],
    ['a connection closed without an answer', (socket) => socket.end()],
  ])('says IN_DOUBT for %s', async (_case, answer) => {
    expect(await post(answer, SHORT_MS)).toMatchObject({ kind: 'IN_DOUBT' });
  });

  it('says IN_DOUBT for an answer above the cap and does not read it to its end', async () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(await post(hugeAnswer)).toMatchObject({ kind: 'IN_DOUBT', code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 1024 * 1024);
  });

  it('asks for no compression and leaves a compressed answer as the bytes that it is', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    const { url, requests } = await serve(answerOf(200, bomb, { 'content-encoding': 'gzip' }));
    const result = await client.http({ method: 'GET', url });
    expect(requests[0]).toContain('accept-encoding: identity');
    expect(result).toMatchObject({ kind: 'RESPONSE', body: bomb });
  });

  it('does not follow a redirect', async () => {
    const target = await serve(answerOf(200, 'secret'));
    const result = await post(answerOf(302, '', { location: target.url }));
    expect(result).toMatchObject({ kind: 'RESPONSE', status: 302 });
    expect(target.connections).toBe(0);
  });

  it('ignores a proxy named in the environment', async () => {
    const proxy = await serve(answerOf(502));
    process.env['HTTP_PROXY'] = process.env['http_proxy'] = proxy.url;
    try {
      expect(await post(answerOf(200))).toMatchObject({ kind: 'RESPONSE', status: 200 });
      expect(proxy.connections).toBe(0);
    } finally {
      delete process.env['HTTP_PROXY'];
      delete process.env['http_proxy'];
    }
  });

  it('keeps connections for the next call', async () => {
    const server = await serve(answerOf(200, 'ok'));
    for (let call = 0; call < 5; call += 1) await client.http({ method: 'POST', url: server.url, body: 'x' });
    // A call that follows at once may find the first connection not yet free.
    expect(server.connections).toBeLessThanOrEqual(2);
    expect(server.requests).toHaveLength(5);
  });

  it('takes a new connection when the kept one was closed by the server', async () => {
    let closed: Promise<void> = Promise.resolve();
    const server = await serve((socket) => {
      answerOf(200, 'ok')(socket);
      closed = new Promise((resolve) => socket.end().on('close', () => resolve()));
    });
    await client.http({ method: 'POST', url: server.url, body: 'x' });
    await closed;
    expect(await client.http({ method: 'POST', url: server.url, body: 'x' })).toMatchObject({ kind: 'RESPONSE' });
    expect(server.requests).toHaveLength(2);
  });

  it('never sends a request twice, not even a GET whose connection breaks', async () => {
    const server = await serve(reset);
    const result = await client.http({ method: 'GET', url: server.url });
    expect(result.kind).toBe('IN_DOUBT');
    expect(server.requests).toHaveLength(1);
  });

  it('does not repeat the address or a header in the message of a fault', async () => {
    const { url } = await serve(reset);
    const headers = { authorization: 'Bearer SG.very-secret' };
    const result = await client.http({ method: 'POST', url: `${url}/Accounts/AC123`, headers, body: 'x' });
    expect(JSON.stringify(result)).not.toMatch(/AC123|very-secret/);
  });
});

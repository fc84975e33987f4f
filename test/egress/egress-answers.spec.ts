import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { EgressFault } from '../../src/platform/egress/egress-fault';
import { GuardedClient, MEDIA, type EgressPolicy } from '../../src/platform/egress/guarded-client';
import { OUTSIDE, startWeb } from './egress-stage';

const client = (ports: number[]) => new GuardedClient({ allowHttp: true, ports, networks: [`${OUTSIDE}/32`] });

async function fetched(url: string, policy: EgressPolicy, from: GuardedClient): Promise<string> {
  const { status, body } = await from.fetch({ url }, policy);
  return `${status} ${(await buffer(body)).toString()}`;
}

/** Why a call gave nothing. */
async function why(url: string, policy: EgressPolicy, from: GuardedClient): Promise<string> {
  return fetched(url, policy, from).then(
    (answer) => `it answered ${answer.slice(0, 50)}`,
    (error: unknown) => (error instanceof EgressFault ? error.why : String(error)),
  );
}

describe('an answer', () => {
  const SMALL: EgressPolicy = { redirects: 0, timeoutMs: 20_000, maxBytes: 1_000 };
  const HASTY: EgressPolicy = { ...SMALL, timeoutMs: 500 };

  /** A server of its own for one answer. */
  async function against(answer: Parameters<typeof startWeb>[0], policy = SMALL): Promise<string> {
    const server = await startWeb(answer);
    const outcome = await why(`http://${OUTSIDE}:${server.port}/`, policy, client([server.port]));
    await server.close();
    return outcome;
  }

  it('may be as long as the limit, and not a byte longer', async () => {
    expect(await against((_, response) => response.end('x'.repeat(1_000)))).toContain('it answered 200');
    expect(await against((_, response) => response.end('x'.repeat(1_001)))).toBe('too_large');
    const chunked = (bytes: number) => (_: unknown, response: { write(text: string): void; end(): void }) => {
      for (let at = 0; at < bytes; at += 100) response.write('x'.repeat(100));
      response.end();
    };
    expect(await against(chunked(1_000))).toContain('it answered 200');
    expect(await against(chunked(1_100))).toBe('too_large');
  });

  it('that says how long it is and lies is not taken', async () => {
    const short = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx';
    expect(await against((_, response) => response.socket?.end(short))).toBe('unreachable');
    expect(await against((_, response) => response.socket?.write(short), HASTY)).toBe('timeout');
    const longer = await against((_, response) => {
      response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n${'x'.repeat(2_000)}`);
    });
    expect(['it answered 200 xxxx', 'unreachable']).toContain(longer); // what is beyond is no part of it
    expect(await against((_, response) => response.writeHead(200, { 'content-length': 1e12 }).flushHeaders())).toBe(
      'too_large',
    );
  });

  it('that endlessly drips ends with its time, over headers, body and redirects together', async () => {
    expect(await against(() => undefined, HASTY)).toBe('timeout');
    expect(
      await against((_, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      }, HASTY),
    ).toBe('timeout');
    const late = { ...SMALL, redirects: 3, timeoutMs: 600 };
    expect(
      await against((_, response) => {
        setTimeout(() => response.writeHead(302, { location: '/' }).end(), 250);
      }, late),
    ).toBe('timeout');
  });

  it('that is compressed is not opened', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    for (const encoding of ['gzip', 'br', 'deflate', 'GZIP, identity'])
      expect(
        await against((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bomb), MEDIA),
      ).toBe('type');
  });

  it('that is none is told as such', async () => {
    expect(await against((request) => request.socket.destroy())).toBe('unreachable');
    expect(await against((request) => request.socket.end('SSH-2.0-OpenSSH_9.2\r\n'))).toBe('unreachable');
    const gone = await startWeb(() => undefined);
    await gone.close();
    expect(await why(`http://${OUTSIDE}:${gone.port}/`, MEDIA, client([gone.port]))).toBe('unreachable');
  });

  it('is given up when its reader stops', async () => {
    let closed: () => void = () => undefined;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    const server = await startWeb((_, response) => {
      response.on('close', closed).writeHead(200).write('x');
    });
    const answer = await client([server.port]).fetch({ url: `http://${OUTSIDE}:${server.port}/` }, MEDIA);
    answer.body.destroy();
    await expect(isClosed).resolves.toBeUndefined();
    await server.close();
  });

  it('says of what was not taken nothing but its class', async () => {
    const server = await startWeb((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'x-secret': 'internal secret' }).end('internal secret');
    });
    const fault = await fetched(`http://${OUTSIDE}:${server.port}/`, MEDIA, client([server.port])).catch(
      (error: EgressFault) => error,
    );
    expect(fault).toBeInstanceOf(EgressFault);
    expect(JSON.stringify(fault) + String(fault)).not.toMatch(/internal secret|127/);
    await server.close();
  });
});

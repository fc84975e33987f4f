import { connect, type Socket } from 'node:net';
import { setInterval as ticks } from 'node:timers/promises';
import { startEdgeApp, type EdgeApp } from './edge-app';

const HEAD = ['Host: x', 'Transfer-Encoding: chunked', 'Content-Type: text/csv', '', ''].join('\r\n');

/** A whole request may take one second here, and one that may be slow as long as something comes in every second. */
describe('a body that comes slowly', () => {
  let edge: EdgeApp;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    edge = await startEdgeApp();
  });
  afterAll(() => edge.app.close());
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  function open(path: string): { socket: Socket; answer: Promise<string> } {
    const socket = connect(edge.port, '127.0.0.1');
    sockets.push(socket);
    const answer = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (text.includes('\r\n\r\n')) resolve(text);
      });
      socket.on('error', () => undefined).on('close', () => resolve(text));
    });
    socket.write(`POST ${path} HTTP/1.1\r\n${HEAD}`);
    return { socket, answer };
  }

  /** A byte at a time, for longer than other requests may take. */
  async function trickle(socket: Socket): Promise<number> {
    const until = Date.now() + 3500;
    let sent = 0;
    for await (const _ of ticks(200)) {
      if (Date.now() > until || socket.destroyed) break;
      socket.write('1\r\nx\r\n');
      sent++;
    }
    if (!socket.destroyed) socket.write('0\r\n\r\n');
    return sent;
  }

  it('is read to its end where the route allows it, and the connection serves on', async () => {
    const { socket, answer } = open('/api/raw/stream/slow');
    const sent = await trickle(socket);
    expect(await answer).toContain(`{"length":${sent}}`);
    const next = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())));
    socket.write('GET /api/things HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await next).toContain('200 OK');
  });

  it('is cut off with 408 where it does not', async () => {
    const { socket, answer } = open('/api/raw/stream');
    await trickle(socket);
    expect(await answer).toContain('408 Request Timeout');
  });

  it('is cut off when nothing of it comes any more, also where it may be slow', async () => {
    const { socket, answer } = open('/api/raw/stream/slow');
    socket.write('1\r\nx\r\n');
    expect(await answer).toBe('');
  });
});

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What the server does with a request that it has read to its end. Writing and closing is up to it. */
export type Answer = (socket: Socket) => void;

export interface RawServer {
  url: string;
  /** Requests that were read to their end, as text. */
  requests: string[];
  /** Connections that were opened. */
  connections: number;
  close(): Promise<void>;
}

/** A server on loopback that answers with bytes of the test's choice, well-formed or not. */
export async function startRawServer(answer: Answer): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const state: RawServer = { url: '', requests: [], connections: 0, close: () => closeAll(server, sockets) };
  const server = createServer((socket) => {
    state.connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    readRequests(socket, (request) => {
      state.requests.push(request);
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

/** An address of loopback at which nothing listens. */
export async function refusedUrl(): Promise<string> {
  const server = await startRawServer(() => undefined);
  await server.close();
  return server.url;
}

/** A whole HTTP/1.1 answer. */
export function answerOf(status: number, body: string | Buffer = '', headers: Record<string, string> = {}): Answer {
  const bytes = Buffer.from(body);
  const lines = [`HTTP/1.1 ${status} x`, `content-length: ${bytes.length}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  return (socket) => socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]));
}

/** An answer that claims more bytes than it sends before the connection is closed. */
export const truncatedAnswer: Answer = (socket) =>
  socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"sid":"SM');

/** Reset instead of an answer. */
export const reset: Answer = (socket) => socket.resetAndDestroy();

/** Neither an answer nor the end of the connection. */
export const silence: Answer = () => undefined;

/** Not HTTP at all. */
export const garbage: Answer = (socket) => socket.end('\u0000\u0001 this is not http \r\n\r\n');

/** A hundred megabytes, as fast as the other side takes them. */
export const hugeAnswer: Answer = (socket) => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  let left = 100 * 1024 * 1024;
  socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${left}\r\n\r\n`);
  const pump = () => {
    while (left > 0 && !socket.destroyed) {
      left -= chunk.length;
      if (!socket.write(chunk)) return void socket.once('drain', pump);
    }
  };
  pump();
};

/** One byte of a long answer every few milliseconds, for ever. */
export const drip: Answer = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
  const timer = setInterval(() => socket.write('x'), 20);
  socket.on('close', () => clearInterval(timer));
};

function readRequests(socket: Socket, onRequest: (request: string) => void): void {
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    const headersEnd = bytes.indexOf('\r\n\r\n');
    if (headersEnd === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(bytes.toString('latin1', 0, headersEnd))?.[1] ?? 0);
    if (bytes.length < headersEnd + 4 + length) return;
    onRequest(bytes.toString('utf8'));
    bytes = Buffer.alloc(0);
  });
}

async function closeAll(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}

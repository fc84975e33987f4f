import { createServer as createTlsServer } from 'node:https';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';

/** A web server outside: the one network that the tests allow holds its address. */
export const OUTSIDE = '127.0.0.2';

export interface WebServer {
  port: number;
  requests: IncomingMessage[];
  close(): Promise<void>;
}

export async function startWeb(
  answer: RequestListener,
  { host = OUTSIDE, tls }: { host?: string; tls?: { key: string; cert: string } } = {},
): Promise<WebServer> {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    answer(request, response);
  };
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export interface Inside {
  port: number;
  /** Connections that were opened, whatever was sent over them. */
  hits: number;
  close(): Promise<void>;
}

/** What must not be reached: it listens on every IPv4 and IPv6 address of the machine. */
export async function startInside(): Promise<Inside> {
  const state: Inside = { port: 0, hits: 0, close: () => new Promise((resolve) => server.close(() => resolve())) };
  const server = createTcpServer((socket) => {
    state.hits += 1;
    socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret');
  });
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  state.port = (server.address() as AddressInfo).port;
  return state;
}

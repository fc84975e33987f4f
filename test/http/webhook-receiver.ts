import type { IncomingMessage, ServerResponse } from 'node:http';
import { OUTSIDE, startWeb } from '../egress/egress-stage';

/** A call as it arrived. */
export interface ReceivedCall {
  path: string;
  headers: Record<string, string>;
  body: string;
  /** The body as JSON. */
  event: { id: string; type: string; time: string; subject?: string; data: Record<string, unknown> };
  receivedAt: number;
}

type Answer = (call: ReceivedCall, response: ServerResponse) => void;

/** Somebody's web server, outside, that is told of events; it answers 204 unless a path was given another answer. */
export interface Receiver {
  port: number;
  url(path: string): string;
  calls: ReceivedCall[];
  /** What a path answers from now on. */
  answers(path: string, answer: Answer): void;
  /** Calls of a path, of one type of event where it is given. */
  of(path: string, type?: string): ReceivedCall[];
  /** Waits until a path was called so often, and answers the calls. */
  until(path: string, count: number, type?: string): Promise<ReceivedCall[]>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const calls: ReceivedCall[] = [];
  const answers = new Map<string, Answer>();
  const waiting = new Set<() => void>();
  const web = await startWeb((request, response) => {
    void read(request).then((call) => {
      calls.push(call);
      (answers.get(call.path) ?? ((_, reply) => reply.writeHead(204).end()))(call, response);
      for (const look of waiting) look();
    });
  });
  const of = (path: string, type?: string) =>
    calls.filter((call) => call.path === path && (type === undefined || call.event.type === type));
  return {
    port: web.port,
    url: (path) => `http://${OUTSIDE}:${web.port}${path}`,
    calls,
    answers: (path, answer) => void answers.set(path, answer),
    of,
    until: (path, count, type) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`${path} was called ${of(path, type).length} times instead of ${count}`));
        }, 15_000);
        const look = (): void => {
          if (of(path, type).length < count) return;
          clearTimeout(late);
          waiting.delete(look);
          resolve(of(path, type));
        };
        waiting.add(look);
        look();
      }),
    close: () => web.close(),
  };
}

async function read(request: IncomingMessage): Promise<ReceivedCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  return {
    path: request.url ?? '',
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body,
    event: JSON.parse(body) as ReceivedCall['event'],
    receivedAt: performance.now(),
  };
}

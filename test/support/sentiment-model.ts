import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers as chat completions do, and remembers what it was asked. */
export interface Model {
  /** What SENTIMENT_URL is to be. */
  url: string;
  asked: { path: string; authorization: string | undefined; body: Record<string, unknown> }[];
  /** What it answers from now on. */
  answers(status: number, body: string): void;
  close(): Promise<void>;
}

/** The body of an answer that says this. */
export const saying = (content: string) => JSON.stringify({ choices: [{ message: { content } }] });

export async function startModel(score: string): Promise<Model> {
  const asked: Model['asked'] = [];
  let answer = { status: 200, body: saying(score) };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { authorization } = request.headers;
      asked.push({ path: request.url ?? '', authorization, body: JSON.parse(text) });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`,
    asked,
    answers: (status, body) => void (answer = { status, body }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

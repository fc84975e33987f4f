import { request, type IncomingMessage } from 'node:http';

/** One frame of a stream of server-sent events. */
export interface Frame {
  id?: string;
  event?: string;
  data: Record<string, unknown>;
}

/** A client that reads a stream over a socket of its own. */
export interface EventReader {
  status: number;
  headers: IncomingMessage['headers'];
  frames: Frame[];
  /** The last id that it was told. */
  lastId(): string | undefined;
  /** Waits until so many frames of a type came, and answers all frames. */
  until(isEnough: (frames: readonly Frame[]) => boolean): Promise<Frame[]>;
  /** Resolves when the server ended the stream. */
  ended: Promise<void>;
  pause(): void;
  resume(): void;
  /** Breaks the connection off. */
  leave(): void;
}

export function readEvents(url: string, key: string, { query = '', lastEventId = '' } = {}): Promise<EventReader> {
  const headers = {
    authorization: `Bearer ${key}`,
    accept: 'text/event-stream',
    ...(lastEventId && { 'last-event-id': lastEventId }),
  };
  return new Promise((resolve, reject) => {
    const call = request(`${url}/api/v1/communication/event-stream${query}`, { headers, agent: false }, (response) => {
      resolve(readerOf(response));
    });
    call.on('error', reject).end();
  });
}

function readerOf(response: IncomingMessage): EventReader {
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  let last: string | undefined;
  let text = '';
  response.setEncoding('utf8');
  response.on('error', () => undefined);
  response.on('data', (chunk: string) => {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const fields = Object.fromEntries(part.split('\n').map((line) => line.split(/: (.*)/s, 2)));
      last = fields['id'] ?? last;
      if (fields['data'] === undefined) continue;
      frames.push({ id: fields['id'], event: fields['event'], data: JSON.parse(fields['data']) as Frame['data'] });
    }
    for (const look of waiting) look();
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    frames,
    lastId: () => last,
    until: (isEnough) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`only ${frames.length} frames came`)), 20_000);
        const look = (): void => {
          if (!isEnough(frames)) return;
          clearTimeout(late);
          waiting.delete(look);
          resolve(frames);
        };
        waiting.add(look);
        look();
      }),
    ended: new Promise((resolve) => response.once('close', resolve)),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    leave: () => response.destroy(),
  };
}

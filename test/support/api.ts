import { setTimeout as pause } from 'node:timers/promises';

/** An answer of the API. `body` is what the JSON said; tests look into it, so it is typed loosely on purpose. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
}

/** Calls the API over a real socket with one key. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly key?: string,
  ) {}

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('POST', path, body, headers);
  }

  put(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('PUT', path, body, headers);
  }

  patch(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('PATCH', path, body, headers);
  }

  delete(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('DELETE', path, undefined, headers);
  }

  /** Asks again until the answer is as wanted; fails with the last answer after `timeoutMs`. */
  async until(path: string, wanted: (answer: Answer) => boolean, timeoutMs = 10_000): Promise<Answer> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const answer = await this.get(path);
      if (wanted(answer)) return answer;
      if (Date.now() > deadline) throw new Error(`${path} never came to be as wanted; last: ${answer.text}`);
      await pause(20);
    }
  }

  /** Waits until a message has one of these statuses. */
  message(id: unknown, ...statuses: string[]): Promise<Answer> {
    return this.until(`/messages/${String(id)}`, ({ body }) => statuses.includes(String(body['status'])));
  }

  private async call(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1/communication${path}`, {
      method,
      headers: {
        ...(this.key && { authorization: `Bearer ${this.key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  }
}

function parsed(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body'];
  } catch {
    return {} as Answer['body'];
  }
}

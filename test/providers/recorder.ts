import type { HttpRequest, HttpResult } from '../../src/providers/http';
import type { Account, OutboundMessage, ProviderIo } from '../../src/providers/provider';

/** What a provider did to the outside world during a call. */
export interface Recorded {
  http: HttpRequest[];
  delivered: { to: string; providerMessageId: string }[];
  emitted: { body: Record<string, unknown>; delayMs: number }[];
}

/** An outside world that notes everything and answers as told. */
export function recorder(
  now: Date,
  answer: (request: HttpRequest) => HttpResult,
): { io: ProviderIo; recorded: Recorded } {
  const recorded: Recorded = { http: [], delivered: [], emitted: [] };
  const io: ProviderIo = {
    now: () => now,
    http: (request) => {
      recorded.http.push(request);
      return Promise.resolve(answer(request));
    },
    sandbox: {
      deliver: (_account: Account, { to }: OutboundMessage, providerMessageId: string) =>
        Promise.resolve(recorded.delivered.push({ to, providerMessageId }) - 1),
      emit: (_account: Account, body: Record<string, unknown>, delayMs: number) => {
        recorded.emitted.push({ body, delayMs });
        return Promise.resolve();
      },
    },
  };
  return { io, recorded };
}

/** A recorded request as a fixture writes it: path and decoded body, and of the headers the media type and how it is authorised. */
export function wireOf({ method, url, headers = {}, body }: HttpRequest, baseUrl: string): unknown {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const text = body?.toString() ?? '';
  const isForm = lower['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return {
    method,
    path: url.slice(baseUrl.length),
    headers: { authorization: lower['authorization']?.split(' ')[0], 'content-type': lower['content-type'] },
    body: isForm ? [...new URLSearchParams(text)].map((pair) => pair.join('=')) : JSON.parse(text),
  };
}

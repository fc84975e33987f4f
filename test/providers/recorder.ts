import type { HttpRequest, HttpResult } from '../../src/providers/http';
import { parameterOf, splitParts, type MimePart } from '../../src/providers/mime';
import type { Account, OutboundMessage, ProviderIo } from '../../src/providers/provider';
import type { SmtpRequest, SmtpServer } from '../../src/providers/smtp-io';

/** What a provider did to the outside world during a call. */
export interface Recorded {
  http: HttpRequest[];
  mails: SmtpRequest[];
  mailServers: SmtpServer[];
  delivered: { to: string; providerMessageId: string }[];
  emitted: { body: Record<string, unknown>; delayMs: number }[];
}

/** An outside world that notes everything and answers as told. */
export function recorder(
  now: Date,
  answer: (request: HttpRequest) => HttpResult,
): { io: ProviderIo; recorded: Recorded } {
  const recorded: Recorded = { http: [], mails: [], mailServers: [], delivered: [], emitted: [] };
  const io: ProviderIo = {
    now: () => now,
    mayCall: () => true,
    http: (request) => {
      recorded.http.push(request);
      return Promise.resolve(answer(request));
    },
    smtp: (request) => {
      recorded.mails.push(request);
      recorded.mailServers.push(request);
      return Promise.resolve({ kind: 'NOT_SENT', code: 'ECONNREFUSED', message: 'x' });
    },
    smtpVerify: (server) => {
      recorded.mailServers.push(server);
      return Promise.resolve({ kind: 'NOT_SENT', code: 'ECONNREFUSED', message: 'x' });
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
  const contentType = lower['content-type'] ?? '';
  return {
    method,
    path: url.slice(baseUrl.length),
    headers: {
      authorization: lower['authorization']?.split(' ')[0],
      'content-type': contentType.split('; boundary=')[0],
    },
    body: readBody(contentType, body),
  };
}

/** Forms as lines `name=value`, and `name=@filename;type;base64` for files; anything else is JSON. */
function readBody(contentType: string, body: string | Buffer = ''): unknown {
  const boundary = parameterOf(contentType, 'boundary');
  if (boundary !== undefined) return splitParts(Buffer.from(body), boundary).map(lineOf);
  const text = body.toString();
  if (contentType.startsWith('application/x-www-form-urlencoded'))
    return [...new URLSearchParams(text)].map((pair) => pair.join('='));
  return text === '' ? null : JSON.parse(text);
}

function lineOf({ headers, body }: MimePart): string {
  const disposition = headers['content-disposition'] ?? '';
  const filename = parameterOf(disposition, 'filename');
  const value =
    filename === undefined ? body.toString() : `@${filename};${headers['content-type']};${body.toString('base64')}`;
  return `${parameterOf(disposition, 'name')}=${value}`;
}

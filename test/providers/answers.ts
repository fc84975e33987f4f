import { gzipSync } from 'node:zlib';
import type { Outcome } from '../../src/providers/provider';
import { answerOf, drip, garbage, hugeAnswer, reset, silence, truncatedAnswer, type Answer } from './raw-server';

/** One way in which a provider's server can behave towards a send. */
export interface Behaviour {
  name: string;
  /** What the server does; a name that is no server's, or none at all, is tried where it is missing. */
  answer?: Answer;
  url?: 'refused' | 'unresolvable' | 'no-tls';
  /** Wait in milliseconds that the answer asks for. */
  retryAfterMs?: number;
}

/** The moment of the tests, to which dates in headers are relative. */
export const NOW = new Date('2026-11-21T10:00:00Z');

const inTwoMinutes = new Date(NOW.getTime() + 120_000);
const gzipBomb = gzipSync(Buffer.alloc(30 * 1024 * 1024));

/** `documented` makes the body and headers that the provider documents for a status. */
export function behavioursOf(documented: (status: number) => Answer): Behaviour[] {
  const statuses = [200, 201, 202, 400, 401, 403, 404, 409, 413, 418, 422, 429, 500, 502, 503, 504];
  const waits: [string, Record<string, string>, number][] = [
    ['Retry-After in seconds', { 'Retry-After': '120' }, 120_000],
    ['Retry-After as a date', { 'Retry-After': inTwoMinutes.toUTCString() }, 120_000],
    ['X-RateLimit-Reset', { 'X-RateLimit-Reset': String(inTwoMinutes.getTime() / 1000) }, 120_000],
  ];
  return [
    ...statuses.map((status) => ({ name: String(status), answer: documented(status) })),
    ...waits.map(([name, headers, retryAfterMs]) => ({
      name: `429 with ${name}`,
      answer: answerOf(429, '', headers),
      retryAfterMs,
    })),
    { name: '503 with Retry-After', answer: answerOf(503, '', { 'Retry-After': '7' }), retryAfterMs: 7_000 },
    { name: '200 with an empty body', answer: answerOf(200) },
    { name: '202 with an empty body and no id', answer: answerOf(202) },
    { name: '200 with JSON of another kind', answer: answerOf(200, '{"hello":"world"}') },
    {
      name: '200 with HTML',
      answer: answerOf(200, '<html>Welcome to the airport</html>', { 'Content-Type': 'text/html' }),
    },
    { name: '202 with HTML', answer: answerOf(202, '<html>', { 'Content-Type': 'text/html' }) },
    { name: '500 with HTML', answer: answerOf(500, '<html>Bad gateway</html>', { 'Content-Type': 'text/html' }) },
    { name: '302 redirect', answer: answerOf(302, '', { Location: 'http://127.0.0.1:1/' }) },
    { name: '200 with a gzip bomb', answer: answerOf(200, gzipBomb, { 'Content-Encoding': 'gzip' }) },
    { name: 'a hundred megabytes', answer: hugeAnswer },
    { name: 'no answer', answer: silence },
    { name: 'an answer that drips', answer: drip },
    { name: 'a reset after the request', answer: reset },
    { name: 'a truncated answer', answer: truncatedAnswer },
    { name: 'bytes that are not HTTP', answer: garbage },
    { name: 'a refused connection', url: 'refused' },
    { name: 'a name that cannot be resolved', url: 'unresolvable' },
    { name: 'TLS where there is none', url: 'no-tls' },
  ];
}

export type Expected = readonly [outcome: Outcome, faultClass?: string];

export const permanent = (faultClass: string): Expected => ['REJECTED_PERMANENT', faultClass];
export const retry = (faultClass: string): Expected => ['REJECTED_RETRY', faultClass];
export const doubt: Expected = ['IN_DOUBT', 'ambiguous'];
export const notSent: Expected = ['NOT_SENT', 'transient'];
export const throttled: Expected = ['THROTTLED', 'throttled'];
export const accepted: Expected = ['ACCEPTED'];

/** What answers of a provider look like, and what is made of each behaviour. */
export interface AnswerTable {
  documented(status: number): Answer;
  expected: Readonly<Record<string, Expected>>;
}

/** What any provider must make of it. */
export const COMMON: Readonly<Record<string, Expected>> = {
  '401': retry('auth'),
  '403': retry('auth'),
  '404': permanent('config'),
  '413': permanent('content'),
  '418': doubt,
  '422': permanent('config'),
  '429': throttled,
  '429 with Retry-After in seconds': throttled,
  '429 with Retry-After as a date': throttled,
  '429 with X-RateLimit-Reset': throttled,
  '500': doubt,
  '502': doubt,
  '503': retry('transient'),
  '503 with Retry-After': retry('transient'),
  '504': doubt,
  '200 with an empty body': doubt,
  '202 with an empty body and no id': doubt,
  '200 with JSON of another kind': doubt,
  '200 with HTML': doubt,
  '202 with HTML': doubt,
  '500 with HTML': doubt,
  '302 redirect': doubt,
  '200 with a gzip bomb': doubt,
  'a hundred megabytes': doubt,
  'no answer': doubt,
  'an answer that drips': doubt,
  'a reset after the request': doubt,
  'a truncated answer': doubt,
  'bytes that are not HTTP': doubt,
  'a refused connection': notSent,
  'a name that cannot be resolved': notSent,
  'TLS where there is none': notSent,
};

/** Stands for a secret that the provider repeats in its answer; the test puts the real ones in. */
export const SECRET = '{secret}';

export { answerOf } from './raw-server';

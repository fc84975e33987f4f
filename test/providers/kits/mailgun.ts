import { createHmac } from 'node:crypto';
import { parameterOf } from '../../../src/providers/mime';
import type { WebhookRequest } from '../../../src/providers/provider';
import { accepted, answerOf, COMMON, doubt, permanent, SECRET } from '../answers';
import type { LedgerEntry } from '../described-server';
import type { Kit, Unsigned } from '../kit';
import { hex } from '../player';

const apiKey = 'mailgun-api-key-of-acme-0123456789';
const signingKey = {
  provider: 'mailgun-signing-key-of-acme-0123',
  stranger: 'mailgun-signing-key-of-another-1',
  nobody: '',
};
const domain = 'mg.acme.example';

/** Mailgun's own are random; 50 characters. */
const TOKEN = 'c0ffee'.repeat(8).slice(0, 48) + '42';

export const mailgun: Kit = {
  credentials: { apiKey, domain, region: 'EU', webhookSigningKey: signingKey.provider },
  secrets: [apiKey, signingKey.provider],
  badCredentials: {
    '/credentials/apiKey': { apiKey: 'no key', domain, region: 'US' },
    '/credentials/domain': { apiKey, domain: 'mg.acme.example/../x', region: 'US' },
    '/credentials/region': { apiKey, domain, region: 'UK' },
    '/credentials/webhookSigningKey': { apiKey, domain, region: 'US', webhookSigningKey: '' },
    '/credentials/user': { apiKey, domain, region: 'US', user: 'api' },
  },
  settings: { fromName: 'Acme' },
  from: { EMAIL: 'news@acme.example' },
  sign: (request, as, timestamp = request.receivedAt) => {
    const seconds = String(Math.floor(timestamp.getTime() / 1000));
    const signature = createHmac('sha256', signingKey[as]).update(`${seconds}${TOKEN}`).digest('hex');
    return { rawBody: withSignature(request, { timestamp: seconds, token: TOKEN, signature }) };
  },
  covered: (rawBody) => rangesOf(rawBody),
  spoilt: (signed) => spoiltSignatures(signed),
  withoutSecret: { credentials: { apiKey, domain, region: 'EU' } },
  window: { pastMs: 9 * 3_600_000, futureMs: 5 * 60_000 },
  answers: {
    documented: (status) =>
      answerOf(
        status,
        JSON.stringify(
          status < 300
            ? { id: '<20261121100000.1.0123456789abcdef@mg.acme.example>', message: 'Queued. Thank you.' }
            : { message: `refused for ada@example.com by ${SECRET}` },
        ),
      ),
    expected: {
      ...COMMON,
      '200': accepted,
      '201': accepted,
      '202': accepted,
      '400': permanent('config'),
      '409': doubt,
    },
  },
  player: {
    file: 'mailgun.openapi.json',
    unlisted: { [`/v3/domains/${domain}`]: { domain: { name: domain, state: 'active' } } },
    answer: (entry) =>
      entry.method === 'POST' ? { status: 200, body: queued(entry) } : { status: 200, body: { items: [], paging: {} } },
    refusal: (_status, message) => ({ message }),
  },
};

/** Mailgun keeps a Message-ID that it is given, else it makes one; mails of one call share it. */
function queued(entry: LedgerEntry): object {
  const own = entry.body['h:Message-Id'];
  const id = typeof own === 'string' ? own : `<2026112110.${hex(entry.number, 16)}@${domain}>`;
  entry.messageId = id.slice(1, -1);
  return { id, message: 'Queued. Thank you.' };
}

type Fields = Record<'timestamp' | 'token' | 'signature', string>;

/** As the three kinds of bodies carry it, behind everything else: the last of equal names counts. */
function withSignature({ headers, rawBody }: Unsigned, fields: Fields): Buffer {
  const contentType = headers['content-type'] ?? '';
  const text = rawBody.toString('latin1');
  if (contentType.startsWith('application/json'))
    return Buffer.from(text.replace(/\}\s*$/, `,"signature":${JSON.stringify(fields)}}`), 'latin1');
  if (contentType.startsWith('application/x-www-form-urlencoded'))
    return Buffer.from(`${text}&${new URLSearchParams(fields).toString()}`, 'latin1');

  const boundary = parameterOf(contentType, 'boundary') ?? '';
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const end = text.lastIndexOf(`--${boundary}--`);
  return Buffer.from(text.slice(0, end) + parts.join('') + text.slice(end), 'latin1');
}

/** The three signed values, wherever they stand; the last ones count. */
const SIGNED = /timestamp\W+(\d{10})\b[^]*token\W+(\w{50})\b[^]*signature\W+([0-9a-f]{64})/d;

function rangesOf(rawBody: Buffer): [from: number, to: number][] {
  const text = rawBody.toString('latin1');
  const start = text.lastIndexOf('timestamp');
  const [, ...ranges] = SIGNED.exec(text.slice(start))?.indices ?? [];
  return ranges.flatMap((range) => (range ? [[start + range[0], start + range[1]]] : []));
}

function spoiltSignatures(signed: WebhookRequest): WebhookRequest[] {
  const text = signed.rawBody.toString('latin1');
  const [start, end] = rangesOf(signed.rawBody)[2] ?? [0, 0];
  const signature = text.slice(start, end);
  const wrong = ['', 'x', signature.slice(1), `${signature}A`, '0'.repeat(64), 'é'.repeat(64), '0'.repeat(5_000)];
  const bodies = wrong.map((value) => text.slice(0, start) + value + text.slice(end));
  const renamed = ['timestamp', 'token', 'signature'].map((name) => text.replaceAll(name, `x${name}`));
  return [...bodies, ...renamed].map((body) => ({ ...signed, rawBody: Buffer.from(body, 'latin1') }));
}

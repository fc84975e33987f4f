import fc from 'fast-check';
import { createHttpClient } from '../../src/platform/egress/http-client';
import type { HttpRequest, HttpResult } from '../../src/providers/http';
import type { Account, OutboundMessage, ProviderIo } from '../../src/providers/provider';
import { findProvider } from '../../src/providers/registry';
import { accountOf } from './accounts';
import { mailgunMails, sendgridMails, type ArrivedMail, type Order } from './batch-mails';
import { startDescribedServer } from './described-server';
import { recorder, wireOf } from './recorder';

const NOW = new Date('2026-11-21T10:00:00Z');
const BASE_URL = 'http://provider.invalid';
const ORDERS: Order[] = ['first to last', 'last to first', 'in one pass'];

const ROLES = {
  sendgrid: { mailsOf: sendgridMails, answer: { status: 202, headers: { 'x-message-id': 'a' }, body: '' } },
  mailgun: { mailsOf: mailgunMails, answer: { status: 200, headers: {}, body: '{"id":"<a@mg.acme.example>"}' } },
};
type Type = keyof typeof ROLES;
const TYPES = Object.keys(ROLES) as Type[];

/** What templates, names and people's own words may hold: tags of either provider, and all that a cut could spoil. */
const HOSTILE = [
  '',
  ' ',
  '\n',
  '\r\n',
  '-',
  '--',
  '-sub-',
  '-c1-',
  '%',
  '%%',
  '%recipient.x%',
  'recipient.',
  '%recipient',
  '"',
  '\\',
  '{"a":"b"}',
  '$&',
  "$'",
  '{{name}}',
  '<p>',
  '</p>\n',
  '&amp;',
  'Ada',
  'Jörg',
  '😀',
  '😁',
  '👩‍👧',
  'e\u0301',
  'A line that is long enough to be looked for in all of the others.\n',
  '<td class="a column of a table that all of them have">',
];
const words = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' })), { maxLength: 4 })
  .map((parts) =>
    // Neither PostgreSQL nor JSON in UTF-8 holds half a character, and a body of spaces is none.
    parts.join('').toWellFormed().replaceAll('\u0000', ''),
  );

/** Messages made of the same words with others between them, which differ from one to the next. */
const mails = fc
  .record({
    kinds: fc.constantFrom<('text' | 'html')[]>(['text'], ['html'], ['text', 'html']),
    shared: fc.array(words, { minLength: 9, maxLength: 9 }),
    own: fc.array(fc.array(words, { minLength: 6, maxLength: 6 }), { minLength: 2, maxLength: 6 }),
  })
  .map(({ kinds, shared, own }) =>
    own.map((values, n): OutboundMessage => {
      const field = (at: number) =>
        [0, 1, 2].map((i) => `${shared[at * 3 + i]}${i < 2 ? values[at * 2 + i] : ''}`).join('');
      const messageId = `0197a000-0000-7000-8000-${String(n).padStart(12, '0')}`;
      return {
        messageId,
        ref: `${messageId}.1`,
        channelType: 'EMAIL',
        messageType: kinds.includes('html') ? 'HTML' : 'TEXT',
        to: `person-${n}@example.com`,
        content: {
          subject: `News ${field(0).replaceAll(/[\r\n]/g, ' ')}`,
          ...(kinds.includes('text') && { text: `t${field(1)}` }),
          ...(kinds.includes('html') && { html: `h${field(2)}` }),
          headers: { 'List-Unsubscribe': `<https://u.acme.example/${n}>`, 'X-Own': field(1).replaceAll(/[^ -~]/g, '') },
        },
        purpose: 'MARKETING',
      };
    }),
  );

/** A request as the test reads it: JSON as it is, of a form the fields, repeated ones as lists. */
function bodyOf(request: HttpRequest): Record<string, unknown> {
  const { body } = wireOf(request, BASE_URL) as { body: string[] | Record<string, unknown> };
  if (!Array.isArray(body)) return body;
  const fields: Record<string, unknown> = {};
  for (const line of body) {
    const at = line.indexOf('=');
    const [name, value] = [line.slice(0, at), line.slice(at + 1)];
    fields[name] = name in fields ? [fields[name], value].flat() : value;
  }
  return fields;
}

async function requestsOf(type: Type, work: (account: Account, io: ProviderIo) => Promise<unknown>) {
  const { answer } = ROLES[type];
  const { io, recorded } = recorder(NOW, () => ({ kind: 'RESPONSE', ...answer, body: Buffer.from(answer.body) }));
  await work(accountOf(type, 'EMAIL', BASE_URL), io);
  return recorded.http.map(bodyOf);
}

const providerOf = (type: Type) => {
  const provider = findProvider(type);
  if (!provider?.batch) throw new Error(`${type} takes batches.`);
  return { send: provider.send, batch: provider.batch };
};

/** What one call holds, as the application makes them. */
const callsOf = (type: Type, messages: readonly OutboundMessage[]) => {
  const { batch } = providerOf(type);
  const groups = Map.groupBy(messages, (message) => batch.groupOf(message));
  return [...groups].flatMap(([group, members]) =>
    group === undefined ? [] : (batch.callsOf?.(members) ?? [members]).filter(({ length }) => length > 1),
  );
};

const withoutMessageId = ({
  headers: { 'Message-ID': _sendgrid, 'Message-Id': _mailgun, ...headers },
  ...mail
}: ArrivedMail) => ({
  ...mail,
  headers,
});

describe.each(TYPES)('mails of one call through %s', (type) => {
  const { mailsOf } = ROLES[type];
  const { send, batch } = providerOf(type);

  it('are to the letter what each would have been alone, whatever they say and however tags are looked for', async () => {
    await fc.assert(
      fc.asyncProperty(mails, async (messages) => {
        for (const call of callsOf(type, messages)) {
          const [together, ...more] = await requestsOf(type, (account, io) => batch.send(call, account, io));
          const alone = await requestsOf(type, (account, io) =>
            Promise.all(call.map((message) => send(message, account, io))),
          );
          expect(more).toEqual([]);
          expect(JSON.stringify(together)).not.toMatch(/\\ud[89a-f]/i); // half a character
          const wanted = alone.flatMap((body) => mailsOf(body)).map(withoutMessageId);
          for (const order of ORDERS) expect(mailsOf(together ?? {}, order).map(withoutMessageId)).toEqual(wanted);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are what the official description allows', async () => {
    const client = createHttpClient();
    const server = await startDescribedServer({ description: type });
    const io: ProviderIo = { now: () => NOW, http: (request) => client.http(request) };
    const account = accountOf(type, 'EMAIL', server.url);
    for (const messages of fc.sample(mails, { numRuns: 25, seed: 5 }))
      for (const call of callsOf(type, messages)) await batch.send(call, account, io);
    await server.close();
    await client.close();
    expect(server.ledger.length).toBeGreaterThan(5);
    expect(server.ledger.flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('share a call though each says a name at the top and has a link at the bottom, and the mail between is sent once', async () => {
    const middle = Array.from(
      { length: 300 },
      (_, line) => `<tr><td>What is new in department ${line}</td></tr>\n`,
    ).join('');
    const messages = people(
      60,
      (n) => `<p>Dear Person ${n},</p>\n${middle}<a href="https://acme.example/u/${n}">Leave</a>`,
    );
    const [call, ...more] = callsOf(type, messages);
    expect([call?.length, more]).toEqual([60, []]);
    const [body] = await requestsOf(type, (account, io) => batch.send(messages, account, io));
    expect(JSON.stringify(body).length).toBeLessThan(middle.length * 1.5 + 60 * 1_000);
    const arrived = mailsOf(body ?? {}).map(({ html }) => html);
    expect(arrived).toEqual(messages.map(({ content }) => content.html));
  });
});

/** The same subject to all, and an own HTML body. */
function people(count: number, htmlOf: (n: number) => string): OutboundMessage[] {
  return Array.from({ length: count }, (_, n) => ({
    messageId: `0197a000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    ref: `0197a000-0000-7000-8000-${String(n).padStart(12, '0')}.1`,
    channelType: 'EMAIL',
    messageType: 'HTML',
    to: `person-${n}@example.com`,
    content: { subject: 'News', html: htmlOf(n) },
    purpose: 'MARKETING',
  }));
}

describe('what SendGrid substitutes', () => {
  const long = (seed: string) => Array.from({ length: 400 }, (_, n) => `${seed} says line ${n} of it`).join('; ');

  it('stays below the limit of a personalization: mails that differ too much go alone', () => {
    expect(
      callsOf(
        'sendgrid',
        people(10, (n) => long(`Person ${n}`)),
      ),
    ).toEqual([]);
  });

  it('is divided by what is said, where two letters are mixed', () => {
    const letters = [0, 1].map((letter) =>
      Array.from({ length: 600 }, (_, n) => `<p>Letter ${letter}, line ${n}</p>\n`).join(''),
    );
    const mixed = people(40, (n) => `<p>Dear Person ${n}</p>\n${letters[n % 2]}`);
    const calls = callsOf('sendgrid', mixed);
    expect(calls.map(({ length }) => length)).toEqual([20, 20]);
    for (const call of calls)
      expect(new Set(call.map(({ content }) => content.html?.includes('Letter 0'))).size).toBe(1);
  });
});

describe('a refusal of a whole call', () => {
  const messages = people(4, () => '<p>News</p>');
  const refused = (body: object): HttpResult => ({
    kind: 'RESPONSE',
    status: 400,
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
  });
  const sent = (body: object) =>
    providerOf('sendgrid').batch.send(
      messages,
      accountOf('sendgrid', 'EMAIL', BASE_URL),
      recorder(NOW, () => refused(body)).io,
    );

  it('is held against those whom SendGrid names, and the others come again at once', async () => {
    const errors = [1, 3].map((place) => ({
      message: 'not an address',
      field: `personalizations.${place}.to.0.email`,
    }));
    expect(await sent({ errors })).toMatchObject([
      { outcome: 'REJECTED_RETRY', fault: { code: 'batch_refused' }, retryAfterMs: 1_000 },
      { outcome: 'REJECTED_PERMANENT', fault: { class: 'invalid_recipient' } },
      { outcome: 'REJECTED_RETRY', fault: { code: 'batch_refused' } },
      { outcome: 'REJECTED_PERMANENT', fault: { class: 'invalid_recipient' } },
    ]);
  });

  it.each(['content.0.value', 'personalizations.1.substitutions', 'from', null])(
    'is held against nobody for %s',
    async (field) => {
      const results = await sent({ errors: [{ message: 'no', field }] });
      expect(new Set(results.map((result) => 'fault' in result && result.fault.code))).toEqual(
        new Set(['batch_refused']),
      );
    },
  );
});

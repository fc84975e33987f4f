import { createHttpClient } from '../../src/platform/egress/http-client';
import { mailgun } from '../../src/providers/mailgun';
import type { OutboundMessage, ProviderIo } from '../../src/providers/provider';
import { startDescribedServer, type DescribedServer } from './described-server';
import { account, answer, BASE_URL, messageOf, NOW, SINCE } from './mailgun-messages';
import { recorder, wireOf } from './recorder';

describe('the address of the API', () => {
  it.each([
    ['US', 'https://api.mailgun.net'],
    ['EU', 'https://api.eu.mailgun.net'],
  ] as const)('is that of the region %s', (region, url) => {
    expect(mailgun.baseUrlOf?.({ ...account, credentials: { ...account.credentials, region } })).toBe(url);
  });
});

describe('a send through the SDK', () => {
  it('speaks for its own account, however many are under way', async () => {
    const { io, recorded } = recorder(NOW, () => answer({}));
    const keys = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
    await Promise.all(
      keys.map((apiKey, n) =>
        mailgun.send(messageOf(n), { ...account, credentials: { ...account.credentials, apiKey } }, io),
      ),
    );
    const sent = recorded.http.map(({ headers, body }) => {
      const key = Buffer.from(headers?.['authorization']?.slice('Basic '.length) ?? '', 'base64').toString();
      return [key, /person-\d/.exec(String(body))?.[0]];
    });
    expect(sent).toEqual(keys.map((key, n) => [`api:${key}`, `person-${n}`]));
  });

  it('sends bytes as they are', async () => {
    const { io, recorded } = recorder(NOW, () => answer({}));
    const content = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const attachments = [{ filename: 'a.bin', contentType: 'application/octet-stream', content }];
    await mailgun.send(messageOf(1, { content: { subject: 's', text: 'x', attachments } }), account, io);
    const [request] = recorded.http;
    expect(Buffer.from(request?.body ?? '').includes(content)).toBe(true);
    expect(JSON.stringify(request && wireOf(request, BASE_URL))).toContain(content.toString('base64'));
  });

  it('names a mail as its events do', async () => {
    const message = messageOf(1);
    const own = `<${message.messageId}@mg.acme.example>`;
    const results = [own, '<20261121.1@mg.acme.example>'].map((id) =>
      mailgun.send({ ...message, to: 'Ada@Example.com' }, account, recorder(NOW, () => answer({ id })).io),
    );
    expect(await Promise.all(results)).toEqual([
      { outcome: 'ACCEPTED', providerMessageId: own.slice(1, -1) },
      { outcome: 'ACCEPTED', providerMessageId: '20261121.1@mg.acme.example/ada@example.com' },
    ]);
  });

  it.each([
    ['Mailgun Magnificent API', 200],
    [{ message: 'Queued. Thank you.' }, 200],
    [{ id: 'no message id', message: 'Queued. Thank you.' }, 200],
  ])('is in doubt about %j', async (body, status) => {
    const result = await mailgun.send(messageOf(1), account, recorder(NOW, () => answer(body, status)).io);
    expect(result).toMatchObject({ outcome: 'IN_DOUBT', fault: { code: 'unreadable_answer' } });
  });

  it('waits as long as the text says', async () => {
    const message = 'Domain mg.acme.example is not allowed to send: limit exceeded, try again after 120 seconds';
    const result = await mailgun.send(messageOf(1), account, recorder(NOW, () => answer({ message }, 429)).io);
    expect(result).toMatchObject({ outcome: 'THROTTLED', retryAfterMs: 120_000 });
  });
});

describe('many mails in one call', () => {
  const { batch } = mailgun;
  if (!batch) throw new Error('Mailgun takes batches.');
  const group = (changes: Partial<OutboundMessage>) => batch.groupOf(messageOf(2, changes));
  const content = messageOf(1).content;

  it.each<[string, Partial<OutboundMessage>]>([
    [
      'an attachment',
      { content: { ...content, attachments: [{ filename: 'a', contentType: 'b', content: Buffer.from('c') }] } },
    ],
    ['the kind of body', { content: { ...content, html: '<p>The same for all</p>' } }],
    ['the names of headers', { content: { ...content, headers: { 'List-Id': 'a' } } }],
    ['the template', { content: { ...content, template: { name: 'a', language: 'en', variables: { b: 'c' } } } }],
    ['the end', { expiresAt: NOW }],
    ['the purpose', { purpose: 'TRANSACTIONAL' }],
  ])('do not fit where they differ in %s', (_what, changes) => {
    expect(batch.groupOf(messageOf(1))).toBeDefined();
    expect(group({})).toBe(batch.groupOf(messageOf(1)));
    expect(group(changes)).not.toBe(batch.groupOf(messageOf(1)));
  });

  it('fit where only words differ, also those of a header', () => {
    const headersOf = (n: number) => ({ headers: { 'List-Unsubscribe': `<https://u.acme.example/${n}>` } });
    const [a, b] = [1, 2].map((n) => messageOf(n, { content: { subject: `${n}`, text: `${n}`, ...headersOf(n) } }));
    expect(batch.groupOf(a as OutboundMessage)).toBeDefined();
    expect(batch.groupOf(a as OutboundMessage)).toBe(batch.groupOf(b as OutboundMessage));
  });

  it.each([
    'Hi %recipient.name%',
    'Hi %RECIPIENT%',
    '%unsubscribe_url%',
    '%tag_unsubscribe_url%',
    '%mailing_list_unsubscribe_url%',
  ])('go alone where Mailgun would fill something in: %s', (text) => {
    for (const field of ['subject', 'text', 'html'])
      expect(group({ content: { ...content, [field]: text } })).toBeUndefined();
    expect(group({ content: { ...content, headers: { 'X-A': text } } })).toBeUndefined();
    expect(
      group({ content: { ...content, template: { name: 'a', language: 'en', variables: { text } } } }),
    ).toBeUndefined();
  });

  it('go alone to an address that is unusual', () => {
    expect(group({ to: '"a b"@example.com' })).toBeUndefined();
  });

  it('give every person a mail of their own, with a ref of its own', async () => {
    const { io, recorded } = recorder(NOW, () => answer({ id: '<20261121.1@mg.acme.example>' }));
    const results = await batch.send([messageOf(1), messageOf(2)], account, io);
    expect(recorded.http.map((request) => wireOf(request, BASE_URL))).toMatchObject([
      {
        path: '/v3/mg.acme.example/messages',
        body: [
          'from="Acme" <news@acme.example>',
          'subject=News',
          'text=The same for all',
          `v:carillon_channel=${account.channelId}`,
          'o:suppress-headers=X-Mailgun-Variables',
          'to=person-1@example.com',
          'to=person-2@example.com',
          'v:carillon_ref=%recipient.ref%',
          `recipient-variables={"person-1@example.com":{"ref":"${messageOf(1).ref}"},"person-2@example.com":{"ref":"${messageOf(2).ref}"}}`,
        ],
      },
    ]);
    expect(results).toEqual([
      { outcome: 'ACCEPTED', providerMessageId: '20261121.1@mg.acme.example/person-1@example.com' },
      { outcome: 'ACCEPTED', providerMessageId: '20261121.1@mg.acme.example/person-2@example.com' },
    ]);
  });

  it('leave out a second mail to one address', async () => {
    const { io, recorded } = recorder(NOW, () => answer({ id: '<20261121.1@mg.acme.example>' }));
    const results = await batch.send([messageOf(1), messageOf(2, { to: 'Person-1@example.com' })], account, io);
    expect(results.map(({ outcome }) => outcome)).toEqual(['ACCEPTED', 'NOT_SENT']);
    expect(String(recorded.http[0]?.body)).not.toContain('Person-1@example.com');
  });

  it('blame nobody for an address that Mailgun refuses, unless there is only one', async () => {
    const refusal = () => answer({ message: 'to parameter is not a valid address. please check documentation' }, 400);
    const send = (messages: OutboundMessage[]) => batch.send(messages, account, recorder(NOW, refusal).io);
    const outcomes = (await send([messageOf(1), messageOf(2)])).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['REJECTED_RETRY', 'REJECTED_RETRY']);
    expect(await send([messageOf(1)])).toMatchObject([
      { outcome: 'REJECTED_PERMANENT', fault: { class: 'invalid_recipient' } },
    ]);
  });

  it('are nothing where there is none', async () => {
    const { io, recorded } = recorder(NOW, () => answer({}));
    expect([await batch.send([], account, io), recorded.http]).toEqual([[], []]);
  });
});

describe('against the official description, Mailgun', () => {
  const client = createHttpClient();
  const io: ProviderIo = { now: () => NOW, http: (request) => client.http(request) };
  let server: DescribedServer;
  beforeAll(async () => {
    server = await startDescribedServer({ description: 'mailgun' });
  });
  afterAll(async () => {
    await server.close();
    await client.close();
  });
  const described = () => ({ ...account, baseUrl: server.url });

  it('is sent a thousand mails in one call', async () => {
    const messages = Array.from({ length: 1_000 }, (_, n) => messageOf(n));
    const results = (await mailgun.batch?.send(messages, described(), io)) ?? [];
    const entry = server.ledger.at(-1);
    expect(entry?.violations).toEqual([]);
    expect(entry?.body['to']).toHaveLength(1_000);
    expect(new Set(results.map((result) => 'providerMessageId' in result && result.providerMessageId)).size).toBe(
      1_000,
    );
  });

  it('is asked for events', async () => {
    await mailgun.poll?.(described(), io, SINCE);
    await mailgun.query?.(messageOf(1), described(), io, SINCE);
    const [poll, byId, byRecipient] = server.ledger.slice(-3);
    expect([poll, byId, byRecipient].flatMap((entry) => entry?.violations)).toEqual([]);
    expect(poll?.query).toEqual({
      begin: String(SINCE.getTime() / 1000),
      ascending: 'yes',
      limit: '300',
      event: 'delivered OR failed OR rejected OR complained OR unsubscribed OR opened OR clicked',
    });
    expect(byId?.query['message-id']).toBe(`${messageOf(1).messageId}@mg.acme.example`);
    expect(byRecipient?.query['recipient']).toBe(messageOf(1).to);
  });

  it('would not be sent a mail without a sender', async () => {
    const result = await mailgun.send(messageOf(1), { ...described(), from: '', settings: {} }, io);
    expect(server.ledger.at(-1)?.violations).not.toEqual([]);
    expect(result).toMatchObject({ outcome: 'REJECTED_PERMANENT', fault: { code: 'http_400' } });
  });
});

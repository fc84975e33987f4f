import fc from 'fast-check';
import { createHttpClient } from '../../src/platform/egress/http-client';
import type { Account, OutboundMessage, ProviderIo } from '../../src/providers/provider';
import { findProvider } from '../../src/providers/registry';
import { accountOf, kitOf } from './accounts';
import { startDescribedServer, type DescribedServer } from './described-server';
import { sendFixtures } from './fixtures';
import { KITS } from './kits';

const NOW = new Date('2026-11-21T10:00:00Z');
const client = createHttpClient();
const io: ProviderIo = { now: () => NOW, http: (request) => client.http(request) };
afterAll(() => client.close());

describe.each(Object.keys(KITS).filter((type) => KITS[type]?.player))(
  'against the official description, %s',
  (type) => {
    const provider = findProvider(type)!;
    let server: DescribedServer;

    beforeAll(async () => {
      server = await startDescribedServer({ description: type });
    });
    afterAll(() => server.close());

    function account(message: OutboundMessage, overrides: Partial<Account> = {}): Account {
      return { ...accountOf(type, message.channelType, server.url), ...overrides };
    }

    it.each(sendFixtures(type).map((fixture) => [fixture.name, fixture] as const))(
      'sends %s as it is described',
      async (_name, { input }) => {
        const kit = kitOf(type);
        const credentials = { ...kit.credentials, ...input.account.credentials };
        const settings = { ...kit.settings, ...input.account.settings };
        const result = await provider.send(input.message, account(input.message, { credentials, settings }), io);
        const entry = server.ledger.at(-1);
        expect(entry?.violations).toEqual([]);
        expect(result).toMatchObject({ outcome: 'ACCEPTED', providerMessageId: entry?.messageId });
      },
    );

    it('keeps what belongs to one message out of every other, however many are under way', async () => {
      const { message: first } = sendFixtures(type).find(({ name }) => name.includes('text'))!.input;
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(fc.uuid(), { minLength: 2, maxLength: 12 }), async (ids) => {
          const before = server.ledger.length;
          const messages = ids.map((id, index) => ({
            ...first,
            messageId: id,
            ref: `${id}.1`,
            to: addressee(first, index),
            content: { ...first.content, text: `for ${id}` },
          }));
          await Promise.all(messages.map((message) => provider.send(message, account(message), io)));
          const sent = server.ledger.slice(before).map(({ body }) => JSON.stringify(body));
          expect(sent).toHaveLength(messages.length);
          for (const { messageId, to, content } of messages) {
            const mine = sent.filter((body) => body.includes(messageId));
            expect(mine).toHaveLength(1);
            // Some providers write numbers without the plus.
            expect(mine[0]).toContain(to.replace(/^\+/, ''));
            expect(mine[0]).toContain(content.text);
          }
        }),
        { numRuns: 10 },
      );
    });

    it('says that its credentials work', async () => {
      const { message } = sendFixtures(type)[0]!.input;
      expect(await provider.check?.(account(message), io)).toEqual({ ok: true });
    });
  },
);

/** Another address of the same kind. */
function addressee({ channelType, to }: OutboundMessage, index: number): string {
  if (channelType === 'EMAIL') return `p${index}@example.com`;
  return to.slice(0, -4) + String(1000 + index);
}

describe('Twilio asked about an attempt in doubt', () => {
  const twilio = findProvider('twilio')!;
  const { message } = sendFixtures('twilio').find(({ name }) => name === 'sms-text')!.input;
  const resource = (sid: string, changes: object = {}) => ({
    sid,
    body: message.content.text,
    direction: 'outbound-api',
    status: 'delivered',
    to: message.to,
    date_created: NOW.toUTCString(),
    date_updated: NOW.toUTCString(),
    ...changes,
  });
  const old = { date_created: new Date(NOW.getTime() - 3_600_000).toUTCString() };
  const SID = `SM${'a'.repeat(32)}`;

  async function ask(answer: { status?: number; messages?: object[]; next?: string }) {
    const server = await startDescribedServer({
      description: 'twilio',
      answer: () => ({
        status: answer.status ?? 200,
        body: { messages: answer.messages ?? [], next_page_uri: answer.next ?? null },
      }),
    });
    const result = await twilio.query?.(message, accountOf('twilio', 'SMS', server.url), io, NOW);
    const [entry] = server.ledger;
    await server.close();
    expect(entry).toMatchObject({ method: 'GET', violations: [], query: { To: message.to, From: '+15005550006' } });
    return result;
  }

  it('finds the one message with its body', async () => {
    const messages = [resource(SID), resource(SID, { body: 'something else' }), resource(SID, old)];
    expect(await ask({ messages })).toEqual({ found: true, providerMessageId: SID, status: 'DELIVERED', at: NOW });
  });

  it('is certain that nothing was sent when nothing was sent to the person at all', async () => {
    expect(await ask({ messages: [] })).toEqual({ found: false, certain: true });
    expect(await ask({ messages: [resource(SID, { direction: 'inbound' }), resource(SID, old)] })).toEqual({
      found: false,
      certain: true,
    });
  });

  it.each<[string, Parameters<typeof ask>[0]]>([
    ['two messages have its body', { messages: [resource(SID), resource(SID)] }],
    [
      'a message has another body, which a Messaging Service may have made of it',
      { messages: [resource(SID, { body: 'x' })] },
    ],
    [
      'more messages follow than fit on the page',
      { messages: [resource(SID, { direction: 'inbound' })], next: '/2010-04-01/more' },
    ],
    ['Twilio does not answer properly', { status: 500 }],
  ])('is in doubt when %s', async (_case, answer) => {
    expect(await ask(answer)).toEqual({ found: false, certain: false });
  });
});

describe('credentials that do not work', () => {
  it.each([
    [
      'sendgrid',
      { status: 401, body: { errors: [{ message: 'The provided authorization grant is invalid' }] } },
      'auth',
    ],
    ['sendgrid', { status: 200, body: { scopes: ['stats.read'] } }, 'auth'],
    ['sendgrid', { status: 503 }, 'transient'],
    ['twilio', { status: 401, body: { code: 20003, message: 'Authenticate' } }, 'auth'],
    ['twilio', { status: 200, body: { status: 'suspended' } }, 'auth'],
    ['twilio', { status: 200, body: 'garbage' }, 'auth'],
  ] as const)('of %s are told: %j', async (type, { status, ...answer }, faultClass) => {
    const text = 'body' in answer ? answer.body : '';
    const body = Buffer.from(typeof text === 'string' ? text : JSON.stringify(text));
    const answering: ProviderIo = {
      ...io,
      http: () => Promise.resolve({ kind: 'RESPONSE', status, headers: {}, body }),
    };
    const result = await findProvider(type)?.check?.(accountOf(type, type === 'twilio' ? 'SMS' : 'EMAIL'), answering);
    expect(result).toMatchObject({ ok: false, fault: { class: faultClass } });
  });

  it('of Twilio are asked for the account with the token and for messages with the API key', async () => {
    const asked: [string, string][] = [];
    const account = accountOf('twilio', 'SMS');
    account.credentials = { ...account.credentials, apiKeySid: `SK${'0'.repeat(32)}`, apiKeySecret: 'k'.repeat(32) };
    const body = Buffer.from(JSON.stringify({ status: 'active', messages: [] }));
    const answering: ProviderIo = {
      ...io,
      http: ({ url, headers }) => {
        const [user = ''] = Buffer.from(headers?.['authorization']?.slice('Basic '.length) ?? '', 'base64')
          .toString()
          .split(':');
        asked.push([user.slice(0, 2), new URL(url).pathname.split('/').at(-1) ?? '']);
        return Promise.resolve({ kind: 'RESPONSE', status: 200, headers: {}, body });
      },
    };
    expect(await findProvider('twilio')?.check?.(account, answering)).toEqual({ ok: true });
    expect(asked).toEqual([
      ['AC', `${account.credentials['accountSid']}.json`],
      ['SK', 'Messages.json'],
    ]);
  });
});

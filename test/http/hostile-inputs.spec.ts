import type { Answer } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { CHAT_IDS, EMAILS, PHONES, TEXTS, WHATSAPP_IDS, type Fate } from './hostile-table';
import { statusesOf } from './statuses';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp({ RATE_LIMIT_PER_MINUTE: '1000000' });
  tenant = await app.tenant();
});
afterAll(() => app.close());

const says = { content: { subject: 's', text: 't' } };

interface Door {
  path: string;
  pointer: string;
  body(address: unknown): object;
  /** What the address became; undefined where the answer does not show it. */
  read?(body: Answer['body']): unknown;
  ok: number;
}

/** Every way in for an address of a channel type. */
const doors = (channelType: string, field: string): Door[] => [
  {
    path: '/messages',
    pointer: '/to',
    body: (to) => ({ channelType, to, ...says }),
    read: ({ to }) => to,
    ok: 202,
  },
  {
    path: '/contacts',
    pointer: `/${field}`,
    body: (address) => ({ [field]: address }),
    read: (body) => body[field],
    ok: 201,
  },
  {
    path: '/suppressions',
    pointer: '/address',
    body: (address) => ({ channelType, address }),
    read: ({ address }) => address,
    ok: 201,
  },
  {
    path: '/bulk-send',
    pointer: '/recipients/0/to',
    body: (to) => ({ name: 'Campaign', channelType, ...says, recipients: [{ to }] }),
    ok: 202,
  },
  {
    path: '/automation-rules',
    pointer: '/steps/0/to',
    body: (to) => ({
      name: `Rule ${Math.random()}`,
      trigger: { event: 'e' },
      steps: [{ type: 'send', channelType, to, ...says }],
    }),
    ok: 201,
  },
];

const ADDRESSES: readonly [kind: string, table: typeof PHONES, doors: Door[]][] = [
  ['a phone number', PHONES, doors('SMS', 'phone')],
  ['an e-mail address', EMAILS, doors('EMAIL', 'email')],
  ['a Telegram id', CHAT_IDS, doors('TELEGRAM', 'telegramChatId')],
  ['a WhatsApp id', WHATSAPP_IDS, doors('WHATSAPP', 'whatsappId')],
];

describe.each(ADDRESSES)('%s', (_kind, table, ways) => {
  it.each(table)('%s', async (_name, input, fate) => {
    for (const way of ways) {
      const isNew = ['/contacts', '/suppressions'].includes(way.path); // where the same address twice is another matter
      const guest = isNew ? await app.tenant({ bare: true }) : tenant;
      expectFate(way, await guest.api.post(way.path, way.body(input)), fate);
    }
  });
});

describe.each([
  ['phone', PHONES],
  ['email', EMAILS],
] as const)('a search by %s', (field, table) => {
  it.each(table.filter(([, input]) => typeof input === 'string'))('%s', async (_name, input, fate) => {
    const { status, body } = await tenant.api.get(`/contacts?${field}=${encodeURIComponent(String(input))}`);
    if (typeof fate === 'string') expect([status, body['data']]).toEqual([200, expect.any(Array)]);
    else expect([status, body['errors']]).toEqual([422, [expect.objectContaining({ pointer: `/query/${field}` })]]);
  });
});

function expectFate({ path, pointer, read, ok }: Door, { status, body, text }: Answer, fate: Fate): void {
  if (fate === 400) return expect([path, status, body['code']]).toEqual([path, 400, 'invalid_json']);
  if (fate !== null) {
    expect([path, status, text]).toEqual([path, ok, expect.anything()]);
    if (read) expect(read(body)).toBe(fate);
    return;
  }
  expect([path, status]).toEqual([path, 422]);
  expect((body['errors'] as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer);
}

describe('one person', () => {
  it.each([
    ['a@exämple.de', 'A@XN--EXMPLE-CUA.DE'],
    ['Ada@Example.com', 'ada@EXAMPLE.com'],
  ])('%s and %s is one, to suppress and to write to', async (first, second) => {
    const guest = await app.tenant();
    await guest.api.post('/suppressions', { channelType: 'EMAIL', address: first });
    const sent = await guest.api.post('/messages', { channelType: 'EMAIL', to: second, ...says });
    const { body } = await guest.api.message(sent.body['id'], 'SUPPRESSED');
    expect(body['attempts']).toBe(0);
  });

  it('twice among the recipients is one, and counted', async () => {
    const recipients = [{ to: '+14155552671' }, { to: '+1 415 555 2671' }, { to: '+14155552672' }];
    const answer = await tenant.api.post('/bulk-send', { name: 'Twice', channelType: 'SMS', ...says, recipients });
    expect(answer.body).toMatchObject({ duplicates: 1, counts: { total: 2 } });
  });

  it('has one externalId, however its accents are written', async () => {
    const guest = await app.tenant({ bare: true });
    expect((await guest.api.post('/contacts', { externalId: 'caf\u00e9' })).status).toBe(201);
    expect((await guest.api.post('/contacts', { externalId: 'cafe\u0301' })).status).toBe(409);
    const found = await guest.api.get(`/contacts/${encodeURIComponent('ext:cafe\u0301')}`);
    expect(found.body['externalId']).toBe('caf\u00e9');
  });
});

describe('a text', () => {
  const names: readonly [string, (text: string) => [path: string, body: object, pointer: string]][] = [
    ['a contact', (name) => ['/contacts', { name }, '/name']],
    ['a template', (name) => ['/templates', { name, channelType: 'SMS', body: 'b' }, '/name']],
    ['a layout', (name) => ['/template-layouts', { name, html: '{{ content }}' }, '/name']],
    [
      'a channel',
      (name) => ['/channels', { name, channelType: 'SMS', providerType: 'sandbox', from: '+15005550006' }, '/name'],
    ],
    ['a key', (name) => ['/api-keys', { name, scopes: ['stats:read'] }, '/name']],
  ];

  it.each(TEXTS)('%s, as a name', async (_, text, asName) => {
    const guest = await app.tenant({ bare: true });
    for (const [what, request] of names) {
      const [path, body, pointer] = request(text);
      const answer = await guest.api.post(path, body);
      expectText([what, answer, asName], pointer);
      if (asName === 'ok') expect(answer.body['name']).toBe(what === 'a contact' ? text.normalize() : text);
    }
  });

  it.each(TEXTS)('%s, as a message', async (_, text, _asName, asText) => {
    const answer = await tenant.api.post('/messages', {
      channelType: 'EMAIL',
      to: 'a@b.co',
      content: { subject: 's', text },
    });
    expectText(['a message', answer, asText], '/content/text');
    if (asText !== 'ok') return;
    const stored = await tenant.api.get(`/messages/${String(answer.body['id'])}`);
    expect((stored.body['content'] as { text: string }).text).toBe(text);
  });

  function expectText([what, { status, body }, fate]: [string, Answer, 'ok' | 'refused' | 400], pointer: string): void {
    if (fate === 'ok') return expect([what, status < 300]).toEqual([what, true]);
    expect([what, status]).toEqual([what, fate === 400 ? 400 : 422]);
    if (fate === 'refused') expect(body['errors']).toEqual([expect.objectContaining({ pointer })]);
  }

  it('in the subject of an e-mail starts no further header', async () => {
    for (const subject of ['Hi\r\nBcc: x@y.z', 'Hi\nX: y', 'Hi\u0085X']) {
      const answer = await tenant.api.post('/messages', {
        channelType: 'EMAIL',
        to: 'a@b.co',
        content: { subject, text: 't' },
      });
      expect([answer.status, answer.body['errors']]).toEqual([
        422,
        [expect.objectContaining({ pointer: '/content/subject' })],
      ]);
    }
  });

  it('of 10 MB is too much', async () => {
    const answer = await tenant.api.post('/contacts', { name: 'x'.repeat(10_000_000) });
    expect([answer.status, answer.body['code']]).toEqual([413, 'payload_too_large']);
  });

  it('of 9 kB is no reference and no externalId', async () => {
    const long = 'x'.repeat(9_000);
    const message = { channelType: 'EMAIL', to: 'a@b.co', ...says, clientReference: long };
    expect((await tenant.api.post('/messages', message)).body['errors']).toEqual([
      expect.objectContaining({ pointer: '/clientReference' }),
    ]);
    expect((await tenant.api.post('/contacts', { externalId: long })).body['errors']).toEqual([
      expect.objectContaining({ pointer: '/externalId' }),
    ]);
  });

  it('to search for is taken as it is: no wild card, no operator', async () => {
    const guest = await app.tenant({ bare: true });
    for (const name of ['100%', 'snake_case', 'back\\slash', 'plain']) await guest.api.post('/contacts', { name });
    const found = async (search: string) => {
      const { body } = await guest.api.get(`/contacts?search=${encodeURIComponent(search)}`);
      return (body['data'] as { name: string }[]).map(({ name }) => name);
    };
    expect(await found('%')).toEqual(['100%']);
    expect(await found('_')).toEqual(['snake_case']);
    expect(await found('\\')).toEqual(['back\\slash']);
    for (const search of ["'", 'a:*&!', '(', '[[:alpha:]]', 'x'.repeat(100)]) expect(await found(search)).toEqual([]);
    expect((await guest.api.get(`/contacts?search=${'x'.repeat(10_000)}`)).status).toBe(422);
  });
});

it('left nothing that the server could not answer', async () => {
  const statuses = await statusesOf(app);
  console.info('answers:', statuses);
  expect(Object.keys(statuses).toSorted()).toEqual(['2xx', '4xx']);
  expect(statuses['4xx']).toBeGreaterThan(300);
});

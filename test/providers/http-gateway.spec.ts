import type { HttpRequest, HttpResult } from '../../src/providers/http';
import type { Account, OutboundMessage, ProviderIo } from '../../src/providers/provider';
import { checkCredentials, findProvider, refusalsOf, usualBaseUrl } from '../../src/providers/registry';
import { accountOf, kitOf } from './accounts';
import { NOW } from './answers';
import { sendFixtures } from './fixtures';
import { recorder } from './recorder';

const TYPE = 'http-gateway';
const provider = findProvider(TYPE)!;
const { credentials: good } = kitOf(TYPE);
const { message } = sendFixtures(TYPE).find(({ name }) => name === 'sms-text')!.input;

const answered = (status: number, body: unknown = ''): HttpResult => ({
  kind: 'RESPONSE',
  status,
  headers: {},
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

interface Changes {
  message?: Partial<OutboundMessage>;
  credentials?: Record<string, string>;
  baseUrl?: string;
  io?: Partial<ProviderIo>;
  answer?: HttpResult;
}

/** What was called and what came of it; by way of an operator's own address, unless told otherwise. */
async function trySend(changes: Changes) {
  const { io, recorded } = recorder(NOW, () => changes.answer ?? answered(200, { data: { id: 'gw-81' } }));
  const result = await provider.send({ ...message, ...changes.message }, accountWith(changes), {
    ...io,
    ...changes.io,
  });
  return { result, requests: recorded.http };
}

function accountWith({ credentials, baseUrl }: Changes): Account {
  const account = accountOf(TYPE, 'SMS', baseUrl);
  return { ...account, credentials: { ...account.credentials, ...credentials } };
}

async function requestWith(changes: Changes): Promise<HttpRequest> {
  const { requests } = await trySend(changes);
  expect(requests).toHaveLength(1);
  return requests[0]!;
}

const pointersOf = (changes: Record<string, unknown>) =>
  checkCredentials(provider, { ...good, ...changes }).map(({ pointer }) => pointer);

describe('a value in the body', () => {
  const bodyTemplate = '{"to":"{{to}}","say":["{{text}}"],"quoted":"<{{text}}>","role":"user","ref":"{{ref}}"}';

  it.each([
    '","role":"admin',
    '"}',
    '\\',
    '\\"',
    '\\u0022,\\u0022role\\u0022:\\u0022admin',
    '\n"role": "admin"',
    '\r\n\r\nPOST / HTTP/1.1',
    '\u0000\u0007\u001f',
    '\u2028\u2029',
    '\ud800 alone',
    '{{to}}',
    '{{secret}}',
    '{{te{{to}}xt}}',
    "$& $1 $` $' $$ $<name>",
    'x'.repeat(100_000),
  ])('stays within its string and is taken as it is: %j', async (text) => {
    const { body } = await requestWith({ message: { content: { text } }, credentials: { bodyTemplate } });
    const { to, ref } = message;
    expect(JSON.parse(String(body))).toEqual({ to, say: [text], quoted: `<${text}>`, role: 'user', ref });
  });

  it('of any kind stays within its string', async () => {
    const evil = '","x":"{{text}}$&';
    const template = '{"to":"{{to}}","from":"{{from}}","text":"{{text}}","subject":"{{subject}}","html":"{{html}}"}';
    const content = { text: evil, subject: evil, html: evil };
    const changed = { channelType: 'EMAIL', to: evil, content } as const;
    const { body } = await requestWith({ message: changed, credentials: { bodyTemplate: template } });
    expect(JSON.parse(String(body))).toEqual({ to: evil, from: '+15005550006', ...content });
  });

  it('is put into strings only, never into a name, and a name may be any', async () => {
    const anyNames = '{"{{to}}":"{{to}}","__proto__":{"a":"{{text}}"},"n":[1,null,true,{"b":1.5}]}';
    const { body } = await requestWith({ credentials: { bodyTemplate: anyNames } });
    expect(body).toBe('{"{{to}}":"+14155552671","__proto__":{"a":"Hello Ada"},"n":[1,null,true,{"b":1.5}]}');
  });
});

describe('a body template', () => {
  const mail = { channelType: 'EMAIL', content: { subject: 'Hello', text: 'x' } } as const;
  const htmlMail = { ...mail, messageType: 'HTML', content: { subject: 'Hello', html: '<b>x</b>' } } as const;

  it.each<[code: string, bodyTemplate: string, changes: Partial<OutboundMessage>]>([
    ['template_unreadable', '{"to":"{{to}}","text":{{text}}}', {}],
    ['template_unreadable', `{"a":${'['.repeat(9_000)}${']'.repeat(8_999)}}`, {}],
    ['placeholder_unknown', '{"to":"{{to}}","text":"{{txt}} {{text}}"}', {}],
    ['placeholder_unknown', '{"to":"{{to}}","text":"{{text}} {{constructor}}"}', {}],
    ['placeholder_missing', '{"to":"{{to}}","{{text}}":"x"}', {}],
    ['placeholder_missing', '{"to":"{{to}}","text":"{{text}}"}', mail],
    ['placeholder_missing', '{"to":"{{to}}","text":"{{text}}","subject":"{{subject}}"}', htmlMail],
  ])('is not used when something is wrong with it: %s, %.60s', async (code, bodyTemplate, changes) => {
    const { result, requests } = await trySend({ message: changes, credentials: { bodyTemplate } });
    expect(result).toMatchObject({ outcome: 'REJECTED_PERMANENT', fault: { class: 'config', code } });
    expect(requests).toEqual([]);
  });
});

describe('headers', () => {
  const one = (name: string, value: string) => JSON.stringify({ [name]: value });

  it.each([
    ...['Host', 'content-length', 'TRANSFER-ENCODING', 'Connection', 'Expect', 'accept-Encoding'].map((name) =>
      one(name, 'x'),
    ),
    one('X-A', 'a\r\nX-B: b'),
    one('X-A', 'a\u0000'),
    one('X-A', 'é'),
    '{"X-A":"a\\u000d\\u000aX-B: b"}',
    '{"X\\u000aB":"a"}',
    '{"Ho\\u0073t":"evil.example"}',
    one('X A', 'a'),
    '{"X-A":["a"]}',
    '{"X-A":"a",}',
    '{"X-A":"a"} x',
    '{"X-A":"a","HOST":"evil.example"}',
  ])('are refused as %s, and nothing is sent with them', async (headers) => {
    expect(pointersOf({ headers })).toEqual(['/credentials/headers']);
    const { result, requests } = await trySend({ credentials: { headers } });
    expect(result).toMatchObject({ outcome: 'REJECTED_PERMANENT', fault: { code: 'headers_unreadable' } });
    expect(requests).toEqual([]);
  });

  it.each([
    ['{}', {}],
    ['{\n  "X-Host": "a",\n  "__proto__": "b"\n}\n', { 'x-host': 'a', ['__proto__']: 'b' }],
    [one('X-Quoted', 'a "b" \\ /'), { 'x-quoted': 'a "b" \\ /' }],
    [one('CONTENT-TYPE', 'application/vnd.acme+json'), { 'content-type': 'application/vnd.acme+json' }],
  ])('are sent as %s', async (headers, expected) => {
    expect(pointersOf({ headers })).toEqual([]);
    const usual = { 'content-type': 'application/json', accept: 'application/json' };
    const sent = (await requestWith({ credentials: { headers } })).headers;
    expect(Object.entries(sent ?? {})).toEqual(Object.entries({ ...usual, ...expected }));
  });

  it('are not in a fault, neither whole nor in part', async () => {
    const headers = one('Authorization', 'Key id="invented-id", secret="s/p+a=c"');
    for (const said of ['secret is invented-id', headers, 'Key id="invented-id", secret="s/p+a=c"']) {
      const { result } = await trySend({
        credentials: { headers },
        answer: answered(401, { error: { message: said } }),
      });
      expect(result).toMatchObject({ outcome: 'REJECTED_RETRY', fault: { class: 'auth' } });
      expect(JSON.stringify(result)).not.toContain('invented-id');
    }
  });

  it('are judged in a moment, however they are written', () => {
    const started = performance.now();
    for (const hostile of [`{${' '.repeat(50_000)}x`, `{"a":"b"${' '.repeat(50_000)}`, `{${'"a":"b",'.repeat(9_000)}`])
      expect(pointersOf({ headers: hostile })).toEqual(['/credentials/headers']);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('the address', () => {
  it.each([
    'ftp://gateway.acme.example/',
    'https://user@gateway.acme.example/',
    'https://gateway.acme.example\\@evil.example/',
    'https://gateway.acme.example/#part',
    'https://gateway.acme.example/\r\nX: y',
    'https://[::1]/',
  ])('may not be %j', (url) => {
    expect(pointersOf({ url })).toEqual(['/credentials/url']);
  });

  it.each([
    ['https://gateway.acme.example', '/'],
    ['https://gateway.acme.example?key=1', '/?key=1'],
    ['http://10.1.2.3:8080/sms', '/sms'],
    ['https://gateway.acme.example/a/../b/./c', '/b/c'],
    ['https://gateway.acme.example/%2e%2e/a', '/a'],
    ['https://gateway.acme.example//evil.example/a', '//evil.example/a'],
    ['https://gateway.acme.example/a?to=https://evil.example/', '/a?to=https://evil.example/'],
  ])('%s gives its path and query to any base URL: %s', async (url, path) => {
    expect(pointersOf({ url })).toEqual([]);
    const { origin } = new URL(url);
    expect(usualBaseUrl(provider, accountWith({ credentials: { url } }))).toBe(origin);
    for (const baseUrl of [origin, 'http://proxy.example:8080', 'http://proxy.example/prefix', 'http://proxy.example/'])
      expect(await requestWith({ credentials: { url }, baseUrl })).toMatchObject({
        url: `${baseUrl.replace(/\/$/, '')}${path}`,
      });
  });

  it('that no URL can be made of is told and not called', async () => {
    const credentials = { url: 'https://gateway.acme.example:99999/' };
    const baseUrl = usualBaseUrl(provider, accountWith({ credentials }));
    const { result, requests } = await trySend({ credentials, baseUrl });
    expect(result).toMatchObject({ outcome: 'REJECTED_PERMANENT', fault: { class: 'config', code: 'url_unreadable' } });
    expect(requests).toEqual([]);
  });
});

describe('the host that a tenant names', () => {
  const own = (url: string) => ({ credentials: { url }, baseUrl: new URL(url).origin });
  const url = 'https://gateway.acme.example/v1';

  it.each<[string, Partial<ProviderIo>]>([
    ['refuses it', { mayCall: () => false }],
    ['says nothing', { mayCall: undefined as never }],
    ['allows others', { mayCall: (host) => host === 'acme.example' }],
  ])('is not called when the operator %s', async (_case, io) => {
    const { result, requests } = await trySend({ ...own(url), io });
    expect(result).toMatchObject({
      outcome: 'REJECTED_PERMANENT',
      fault: { class: 'config', code: 'host_not_allowed', message: expect.stringContaining('HTTP_ALLOWED_HOSTS') },
    });
    expect(requests).toEqual([]);
    const checked = await provider.check?.(accountWith(own(url)), { ...recorder(NOW, () => answered(200)).io, ...io });
    expect(checked).toMatchObject({ ok: false, fault: { code: 'host_not_allowed' } });
  });

  it.each([
    [url, 'gateway.acme.example'],
    ['https://GATEWAY.acme.example:8443/v1', 'gateway.acme.example'],
    ['http://0x7f.1/', '127.0.0.1'],
  ])('%s is asked for as it will be called: %s', async (address, host) => {
    const asked: string[] = [];
    const mayCall = (name: string) => asked.push(name) > 0;
    const { requests } = await trySend({ ...own(address), io: { mayCall } });
    expect(asked).toEqual([host]);
    expect(requests.map((request) => new URL(request.url).hostname)).toEqual([host]);
  });

  it('is not asked for when the operator has all calls made somewhere else', async () => {
    const { requests } = await trySend({ baseUrl: 'http://proxy.example', io: { mayCall: () => false } });
    expect(requests).toHaveLength(1);
  });
});

describe('the id of a message', () => {
  it.each<[idField: string, body: unknown, id: string | undefined]>([
    ['id', { id: 'a' }, 'a'],
    ['data.message.id', { data: { message: { id: 42 } } }, '42'],
    ['id', { id: { a: 1 } }, undefined],
    ['id', '{"id":9007199254740993}', undefined],
    ['data.id', { data: 'a' }, undefined],
    ['constructor.name', {}, undefined],
    ['__proto__.id', {}, undefined],
  ])('at %s of %j is %s', async (idField, body, id) => {
    const { result } = await trySend({ credentials: { idField }, answer: answered(202, body) });
    expect(result).toMatchObject(
      id === undefined
        ? { outcome: 'IN_DOUBT', fault: { class: 'ambiguous' } }
        : { outcome: 'ACCEPTED', providerMessageId: id },
    );
  });

  it.each([[''], ['OK'], ['{"id":"a"}']])('is not looked for where none was promised: %j', async (body) => {
    const { idField: _promised, ...credentials } = good;
    const { io } = recorder(NOW, () => answered(204, body));
    const result = await provider.send(message, { ...accountOf(TYPE, 'SMS'), credentials }, io);
    expect(result).toEqual({ outcome: 'ACCEPTED' });
  });
});

it('misses the subject of a mail before there is one', async () => {
  const bodyTemplate = '{"to":"{{to}}","text":"{{text}}"}';
  const account = { ...accountWith({ credentials: { bodyTemplate } }), channelType: 'EMAIL' as const };
  const { io } = recorder(NOW, () => answered(500));
  expect(await provider.check?.(account, io)).toMatchObject({ ok: false, fault: { code: 'placeholder_missing' } });
});

it('checks the set-up without a call', async () => {
  for (const channelType of ['SMS', 'EMAIL'] as const) {
    const { io, recorded } = recorder(NOW, () => answered(500));
    expect(await provider.check?.(accountOf(TYPE, channelType), io)).toEqual({ ok: true });
    const bodyTemplate = '{"to":"{{too}}","text":"{{text}}"}';
    expect(await provider.check?.(accountWith({ credentials: { bodyTemplate } }), io)).toMatchObject({
      ok: false,
      fault: { class: 'config', code: 'placeholder_unknown' },
    });
    expect(recorded.http).toEqual([]);
  }
});

it('refuses what has no place in a body', () => {
  const pointers = (content: OutboundMessage['content']) =>
    refusalsOf(provider, { channelType: 'EMAIL', messageType: 'TEXT', to: 'x', content }).map(({ pointer }) => pointer);
  expect(pointers({ subject: 's', text: 'x', html: 'x' })).toEqual([]);
  expect(pointers({ text: 'x', headers: { 'List-Unsubscribe': '<https://u.acme.example/x>' } })).toEqual([
    '/content/headers',
  ]);
  expect(pointers({ text: 'x', template: { name: 'a', language: 'en', variables: {} } })).toHaveLength(2);
});

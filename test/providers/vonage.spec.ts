import type { HttpRequest, HttpResult } from '../../src/providers/http';
import type { Account, ChannelType, Content, MessageType } from '../../src/providers/provider';
import { refusalsOf, usualBaseUrl } from '../../src/providers/registry';
import { vonage } from '../../src/providers/vonage';
import type { VonageCredentials } from '../../src/providers/vonage/credentials';
import { signVonageToken, vonageClaims } from '../support/sign-vonage';
import { accountOf } from './accounts';
import { NOW } from './answers';
import { startDescribedServer } from './described-server';
import { sendFixtures, webhookFixtures } from './fixtures';
import { recorder } from './recorder';

function accountFor(channelType: ChannelType, changes: Partial<Account> = {}): Account<VonageCredentials> {
  return { ...accountOf('vonage', channelType), ...changes } as unknown as Account<VonageCredentials>;
}

function response(status: number, body: object | string, headers: Record<string, string> = {}): HttpResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'RESPONSE', status, headers, body: Buffer.from(text) };
}

describe('which API', () => {
  it.each([
    ['SMS', {}, 'https://rest.nexmo.com'],
    ['SMS', { api: 'sms' }, 'https://rest.nexmo.com'],
    ['SMS', { api: 'messages' }, 'https://api.nexmo.com'],
    ['WHATSAPP', {}, 'https://api.nexmo.com'],
    ['WHATSAPP', { api: 'sms' }, 'https://api.nexmo.com'],
  ] as const)('%s with %j is at %s', (channelType, settings, url) => {
    expect(usualBaseUrl(vonage as never, { channelType, credentials: {}, settings })).toBe(url);
  });

  it('leaves room for our reference: 40 characters hold a message id and 999 attempts', () => {
    const refs = sendFixtures('vonage').map(({ input }) => input.message.ref);
    expect(refs.every((ref) => `${ref.split('.')[0]}.999`.length <= 40)).toBe(true);
  });
});

describe('what is refused before it is stored', () => {
  const media = { url: 'https://files.acme.example/a.jpg' };
  const location = { latitude: 1, longitude: 2 };
  const buttons = [{ title: 'Yes', payload: 'y' }];
  const template = { name: 'hello', language: 'en', variables: {} };
  const long = (length: number) => 'x'.repeat(length);

  it.each<[ChannelType, MessageType, Content, pointer: string]>([
    ['SMS', 'TEXT', { text: long(3201) }, '/content/text'],
    ['SMS', 'TEXT', { text: 'x', buttons }, '/content/buttons'],
    ['SMS', 'TEXT', { text: 'x', html: '<b>x</b>' }, '/content/html'],
    ['SMS', 'IMAGE', { media }, '/messageType'],
    ['SMS', 'TEMPLATE', { template }, '/content/template'],
    ['WHATSAPP', 'HTML', { html: 'x' }, '/messageType'],
    ['WHATSAPP', 'TEXT', { text: long(4097) }, '/content/text'],
    ['WHATSAPP', 'IMAGE', { media: { ...media, contentType: 'image/gif' } }, '/content/media/contentType'],
    ['WHATSAPP', 'VIDEO', { media: { ...media, contentType: 'video/webm' } }, '/content/media/contentType'],
    ['WHATSAPP', 'AUDIO', { media: { ...media, contentType: 'audio/wav' } }, '/content/media/contentType'],
    ['WHATSAPP', 'IMAGE', { media: { url: 'ftp://a.example/a.jpg' } }, '/content/media/url'],
    ['WHATSAPP', 'IMAGE', { media: { ...media, caption: long(1025) } }, '/content/media/caption'],
    ['WHATSAPP', 'IMAGE', { media, text: long(1025) }, '/content/text'],
    ['WHATSAPP', 'IMAGE', { media: { ...media, caption: 'a' }, text: 'b' }, '/content/text'],
    ['WHATSAPP', 'AUDIO', { media: { ...media, caption: 'a' } }, '/content/media/caption'],
    ['WHATSAPP', 'AUDIO', { media, text: 'a' }, '/content/text'],
    ['WHATSAPP', 'LOCATION', { location, text: 'a' }, '/content/text'],
    ['WHATSAPP', 'LOCATION', { location: { latitude: 91, longitude: 2 } }, '/content/location/latitude'],
    ['WHATSAPP', 'TEMPLATE', { template, text: 'a' }, '/content/text'],
    ['WHATSAPP', 'TEMPLATE', { template: { ...template, variables: { name: 'Ada' } } }, '/content/template/variables'],
    [
      'WHATSAPP',
      'TEMPLATE',
      { template: { ...template, variables: { 1: 'a', 3: 'b' } } },
      '/content/template/variables',
    ],
    ['WHATSAPP', 'TEMPLATE', { template, buttons }, '/content/buttons'],
    ['WHATSAPP', 'IMAGE', { media, buttons }, '/content/buttons'],
    ['WHATSAPP', 'LOCATION', { location, buttons }, '/content/buttons'],
    ['WHATSAPP', 'TEXT', { text: 'x', buttons: [1, 2, 3, 4].map((n) => ({ title: `${n}` })) }, '/content/buttons'],
    ['WHATSAPP', 'TEXT', { text: 'x', buttons: [{ title: 'a' }, { title: 'a', payload: 'b' }] }, '/content/buttons'],
    ['WHATSAPP', 'TEXT', { text: 'x', buttons: [{ title: 'a' }, { title: 'b', payload: 'a' }] }, '/content/buttons'],
    [
      'WHATSAPP',
      'TEXT',
      { text: 'x', buttons: [...buttons, { title: 'a', url: 'https://a.example' }] },
      '/content/buttons',
    ],
    ['WHATSAPP', 'TEXT', { text: 'x', buttons: [{ title: long(21), payload: 'a' }] }, '/content/buttons/0/title'],
    ['WHATSAPP', 'TEXT', { text: 'x', buttons: [{ title: '', payload: 'a' }] }, '/content/buttons/0/title'],
    ['WHATSAPP', 'TEXT', { text: 'x', buttons: [{ title: 'a', payload: long(257) }] }, '/content/buttons/0/payload'],
    ['WHATSAPP', 'TEXT', { text: long(1025), buttons }, '/content/text'],
  ])('on %s a %s of %j, naming %s', (channelType, messageType, content, pointer) => {
    const refusals = refusalsOf(vonage as never, { channelType, messageType, to: '+14155552671', content });
    expect(refusals.map((refusal) => refusal.pointer)).toEqual([pointer]);
  });

  it.each<[ChannelType, MessageType, Content]>([
    ['SMS', 'TEXT', { text: long(3200), subject: 'of no use here' }],
    ['WHATSAPP', 'TEXT', { text: long(4096) }],
    ['WHATSAPP', 'IMAGE', { media: { ...media, caption: long(1024) } }],
    ['WHATSAPP', 'FILE', { media: { ...media, contentType: 'application/zip' } }],
    ['WHATSAPP', 'TEXT', { text: long(1024), buttons: [{ title: long(20), payload: long(256) }] }],
  ])('but not on %s a %s of %j', (channelType, messageType, content) => {
    expect(refusalsOf(vonage as never, { channelType, messageType, to: '+14155552671', content })).toEqual([]);
  });
});

describe('credentials', () => {
  function check(answer: HttpResult, channelType: ChannelType = 'SMS') {
    const { io, recorded } = recorder(NOW, () => answer);
    return { result: vonage.check?.(accountFor(channelType), io), recorded };
  }

  it('are asked for at each host with one call, and the secret stands in a header', async () => {
    const sms = check(response(200, { value: 0, autoReload: false }));
    expect(await sms.result).toEqual({ ok: true });
    const whatsapp = check(response(200, { _embedded: { applications: [] } }), 'WHATSAPP');
    expect(await whatsapp.result).toEqual({ ok: true });
    const asked = [...sms.recorded.http, ...whatsapp.recorded.http].map(({ method, url, headers }) => [
      `${method} ${new URL(url).pathname}`,
      headers?.['authorization'],
    ]);
    const authorization = `Basic ${Buffer.from('abcd1234:Abcdef0123456789').toString('base64')}`;
    expect(asked).toEqual([
      ['GET /account/get-balance', authorization],
      ['GET /v2/applications', authorization],
    ]);
  });

  it.each<[HttpResult, string]>([
    [response(401, { 'error-code': '401', 'error-code-label': 'authentication failed' }), 'auth'],
    [response(401, { title: 'Unauthorized', detail: 'You did not provide correct credentials.' }), 'auth'],
    [response(403, ''), 'auth'],
    [response(503, ''), 'transient'],
    [response(418, ''), 'ambiguous'],
    [response(200, '<html>'), 'ambiguous'],
    [response(200, { hello: 'world' }), 'ambiguous'],
    [{ kind: 'NOT_SENT', code: 'ECONNREFUSED', message: 'refused' }, 'transient'],
  ])('that do not work are told', async (answer, faultClass) => {
    for (const channelType of ['SMS', 'WHATSAPP'] as const)
      expect(await check(answer, channelType).result).toMatchObject({ ok: false, fault: { class: faultClass } });
  });

  it('of one channel never reach the call of another, however many are under way', async () => {
    const { io, recorded } = recorder(NOW, () => response(202, { message_uuid: 'x' }));
    const { message } = sendFixtures('vonage').find(({ name }) => name === 'whatsapp-text')!.input;
    const keys = Array.from({ length: 20 }, (_, index) => `key${10000 + index}`);
    await Promise.all(
      keys.map((apiKey) => {
        const credentials = { apiKey, apiSecret: `secret-of-${apiKey}` };
        return vonage.send({ ...message, ref: `ref of ${apiKey}` }, accountFor('WHATSAPP', { credentials }), io);
      }),
    );
    const seen = recorded.http.map(({ headers, body }) => {
      const [apiKey, secret] = Buffer.from(headers?.['authorization']?.slice(6) ?? '', 'base64')
        .toString()
        .split(':');
      return { apiKey, secret, ref: JSON.parse(String(body)).client_ref };
    });
    const expected = keys.map((apiKey) => ({ apiKey, secret: `secret-of-${apiKey}`, ref: `ref of ${apiKey}` }));
    expect(seen.sort((a, b) => (a.apiKey ?? '').localeCompare(b.apiKey ?? ''))).toEqual(expected);
  });
});

describe('the account that a webhook names', () => {
  const requestOf = (name: string) => webhookFixtures('vonage').find((each) => each.name === name)!.input.request;
  const keysOf = (name: string, headers: Record<string, string> = {}) =>
    vonage.webhook?.accountKeys?.({ ...requestOf(name), headers });

  it('is the api-key of a receipt and of an SMS, however they came', () => {
    for (const name of ['receipt-delivered', 'receipt-delivered-by-get', 'receipt-delivered-as-json', 'inbound-sms'])
      expect(keysOf(name)).toEqual(['abcd1234']);
    expect(vonage.webhook?.accountKeyOf?.(accountFor('SMS').credentials)).toBe('abcd1234');
  });

  it('is the api_key of a token, and of no other part of the request', () => {
    const { rawBody } = requestOf('status-delivered');
    const token = signVonageToken('whatever', vonageClaims('zzzz9999', NOW, rawBody));
    expect(keysOf('status-delivered', { authorization: `Bearer ${token}` })).toEqual(['zzzz9999']);
    expect(keysOf('status-delivered')).toEqual([]);
  });
});

describe('the official descriptions, as the tests use them', () => {
  it.each([
    ['an SMS as JSON', '/sms/json', 'application/json', '{"api_key":"abcd1234","from":"a","to":"14155552671"}'],
    ['an SMS without a key', '/sms/json', 'application/x-www-form-urlencoded', 'from=a&to=14155552671&text=x'],
    [
      'an SMS that lives for a second',
      '/sms/json',
      'application/x-www-form-urlencoded',
      'api_key=abcd1234&from=a&to=14155552671&ttl=1000',
    ],
    [
      'a parameter that does not exist',
      '/sms/json',
      'application/x-www-form-urlencoded',
      'api_key=abcd1234&from=a&to=14155552671&clientRef=x',
    ],
    [
      'a text without words',
      '/v1/messages',
      'application/json',
      '{"channel":"whatsapp","message_type":"text","to":"14155552671","from":"1"}',
    ],
    [
      'an unknown message type',
      '/v1/messages',
      'application/json',
      '{"channel":"whatsapp","message_type":"fax","to":"14155552671","from":"1","text":"x"}',
    ],
    [
      'a text to nobody',
      '/v1/messages',
      'application/json',
      '{"channel":"whatsapp","message_type":"text","from":"1","text":"x"}',
    ],
    ['another path', '/v2/messages', 'application/json', '{}'],
  ])('refuse %s', async (_case, path, type, body) => {
    const server = await startDescribedServer({ description: 'vonage' });
    const headers = { 'content-type': type, authorization: 'Basic eA==' };
    const answer = await fetch(server.url + path, { method: 'POST', headers, body });
    expect(answer.status).toBe(400);
    expect(server.ledger[0]?.violations.length).toBeGreaterThan(0);
    await server.close();
  });
});

describe('a file that a person sent', () => {
  const address = 'https://api-eu.nexmo.com/v3/media/1b456509-974c-458b-aafa-45fc48a4d976';

  function fetchMedia(ref: string, answer: HttpResult) {
    const asked: HttpRequest[] = [];
    const { io } = recorder(NOW, (request) => {
      asked.push(request);
      return answer;
    });
    return { result: vonage.fetchMedia?.(ref, accountFor('WHATSAPP'), io), asked };
  }

  it('is fetched from Vonage without any key of the account', async () => {
    const { result, asked } = fetchMedia(address, response(200, 'bytes', { 'content-type': 'image/jpeg' }));
    expect(await result).toEqual({ ok: true, contentType: 'image/jpeg', content: Buffer.from('bytes') });
    expect(asked).toEqual([{ method: 'GET', url: address, maxAnswerBytes: 32 * 1024 * 1024 }]);
  });

  it.each([
    'https://nexmo.com.evil.example/a',
    'https://evilnexmo.com/a',
    'http://api-eu.nexmo.com/a',
    'https://api-eu.nexmo.com:8443/a',
    'https://user@api-eu.nexmo.com/a',
    'https://169.254.169.254/latest',
    'file:///etc/passwd',
    'nonsense',
  ])('is not fetched from %s', async (ref) => {
    const { result, asked } = fetchMedia(ref, response(200, 'bytes'));
    expect(await result).toMatchObject({ ok: false, fault: { code: 'foreign_media_url' } });
    expect(asked).toEqual([]);
  });

  it.each([
    [401, 'auth'],
    [404, 'config'],
    [503, 'transient'],
  ])('that Vonage refuses with %s is told', async (status, faultClass) => {
    expect(await fetchMedia(address, response(status, '')).result).toMatchObject({
      ok: false,
      fault: { class: faultClass },
    });
  });
});

it('takes 3200 characters of an SMS, and 1000 where the channel sends through the Messages API', () => {
  const refusalsFor = (length: number, settings: Record<string, unknown>) =>
    refusalsOf(vonage as never, {
      channelType: 'SMS',
      messageType: 'TEXT',
      to: '+14155552671',
      content: { text: 'x'.repeat(length) },
      settings,
    }).map(({ pointer }) => pointer);
  expect(refusalsFor(3200, {})).toEqual([]);
  expect(refusalsFor(1000, { api: 'messages' })).toEqual([]);
  expect(refusalsFor(1001, { api: 'messages' })).toEqual(['/content/text']);
});

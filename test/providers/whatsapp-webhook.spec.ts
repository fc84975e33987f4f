import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpResult } from '../../src/providers/http';
import type { Account, WebhookRequest } from '../../src/providers/provider';
import { whatsapp } from '../../src/providers/whatsapp';
import { accountOf, kitOf } from './accounts';
import { webhookFixtures } from './fixtures';
import { recorder } from './recorder';
import { WEBHOOK_SECRET } from './webhook-secret';
import { violationsOfSchema } from './whatsapp-description';

const NOW = new Date('2026-11-21T10:00:00Z');
const webhook = whatsapp.webhook!;
const { io } = recorder(NOW, () => ({ kind: 'NOT_SENT', code: '', message: '' }));
const kit = kitOf('whatsapp');

const read = (name: string) => JSON.parse(readFileSync(join(__dirname, 'vectors', name), 'utf8'));

function account(changes: Partial<Account> = {}) {
  return { ...accountOf('whatsapp', 'WHATSAPP'), ...changes } as never;
}

function request(changes: Partial<WebhookRequest>): WebhookRequest {
  const url = changes.url ?? 'https://hooks.acme.example/whatsapp';
  const query = Object.fromEntries(new URL(url).searchParams);
  return { method: 'POST', url, headers: {}, query, rawBody: Buffer.alloc(0), receivedAt: NOW, ...changes };
}

const post = (body: unknown) => request({ rawBody: Buffer.from(JSON.stringify(body)) });
const bodyOf = (name: string) => webhookFixtures('whatsapp').find((each) => each.name === name)!.input.request;

describe('the signature of WhatsApp', () => {
  const { published, handshake } = read('whatsapp-signatures.json');
  const holder = account({ credentials: { ...kit.credentials, appSecret: published.secret } });
  const verify = (rawBody: string, signature: string | undefined, by = holder) =>
    webhook.verify(
      request({
        rawBody: Buffer.from(rawBody),
        headers: signature === undefined ? {} : { 'x-hub-signature-256': signature },
      }),
      by,
      io,
    );

  it('is the published one, of the very bytes', () => {
    expect(verify(published.rawBody, published.signature)).toBe(true);
    expect(verify(`${published.rawBody} `, published.signature)).toBe(false);
    expect(verify(published.rawBody, published.signature.toUpperCase())).toBe(false);
    expect(verify(published.rawBody, published.signature.replace('sha256=', ''))).toBe(false);
    expect(verify(published.rawBody, published.signature.replace('sha256=', 'sha1='))).toBe(false);
    expect(verify(published.rawBody, undefined)).toBe(false);
    expect(verify(published.rawBody, published.signature, account())).toBe(false);
  });

  it('is of the escapes that Meta wrote, not of what they mean', () => {
    const { rawBody } = bodyOf('inbound-reaction');
    const rewritten = JSON.stringify(JSON.parse(rawBody.toString()));
    expect(rewritten).not.toBe(rawBody.toString());
    const { headers } = kit.sign!({ url: 'https://a.example/x', headers: {}, rawBody, receivedAt: NOW }, 'provider');
    const signature = headers?.['x-hub-signature-256'];
    expect(verify(rawBody.toString(), signature, account())).toBe(true);
    expect(verify(rewritten, signature, account())).toBe(false);
  });

  it('answers the set-up question with its challenge, as text', async () => {
    const [, path] = handshake.request.split(' ');
    const asked = request({ method: 'GET', url: `https://hooks.acme.example${path}` });
    const byToken = account({ credentials: { ...kit.credentials, verifyToken: 'meatyhamhock' } });
    expect(webhook.verify(asked, byToken, io)).toBe(true);
    expect(webhook.verify(asked, account(), io)).toBe(false);
    expect(await webhook.handshake?.(asked, byToken, io)).toEqual({
      status: 200,
      contentType: 'text/plain',
      body: '1158201444',
    });
    expect(await webhook.handshake?.(bodyOf('inbound-text'), byToken, io)).toBeUndefined();
  });

  it("takes the channel's own secret for the verify token where there is none", () => {
    const { verifyToken: _token, ...credentials } = kit.credentials;
    const url = (token: string) => `https://a.example/?hub.mode=subscribe&hub.challenge=1&hub.verify_token=${token}`;
    const ask = (token: string, changes: Partial<Account>) =>
      webhook.verify(request({ method: 'GET', url: url(token) }), account(changes), io);
    expect(ask(WEBHOOK_SECRET, { credentials })).toBe(true);
    expect(ask(WEBHOOK_SECRET, {})).toBe(false);
    expect(ask('', { credentials, webhookSecret: '' })).toBe(false);
  });

  it('is not the token of the set-up question', () => {
    const url = 'https://a.example/?hub.mode=subscribe&hub.challenge=1&hub.verify_token=meaty-ham-hock';
    expect(webhook.verify(request({ url, rawBody: Buffer.from('{"entry":[]}') }), account(), io)).toBe(false);
  });
});

describe('one call for several numbers', () => {
  const { rawBody } = bodyOf('batch');

  it('names each of them once', () => {
    expect(webhook.accountKeys?.(request({ rawBody }))).toEqual(['106540352242922', '999999999999999']);
    expect(webhook.accountKeyOf?.(kit.credentials as never)).toBe('106540352242922');
    expect(webhook.accountKeys?.(bodyOf('template-status'))).toEqual([]);
    expect(webhook.accountKeys?.(bodyOf('bad-elements'))).toEqual(['106540352242922']);
  });

  it('gives each its own part only', () => {
    const other = { ...kit.credentials, phoneNumberId: '999999999999999' };
    const events = webhook.parse(request({ rawBody }), account({ credentials: other }));
    expect(events).toMatchObject([{ kind: 'inbound', content: { text: 'not for you' } }]);
    expect(webhook.parse(request({ rawBody }), account({ credentials: { ...other, phoneNumberId: '1' } }))).toEqual([]);
  });

  it('names the number of a set-up question by the query of the address', () => {
    const url = 'https://a.example/?phone_number_id=106540352242922&hub.mode=subscribe';
    expect(webhook.accountKeys?.(request({ method: 'GET', url }))).toEqual(['106540352242922']);
    expect(webhook.accountKeys?.(request({ method: 'GET' }))).toEqual([]);
    expect(webhook.accountKeys?.(request({ url, rawBody }))).toEqual(['106540352242922', '999999999999999']);
  });
});

describe('what Meta sends', () => {
  const samples = read('whatsapp-webhooks.json');

  it.each(Object.entries(samples.inbound as Record<string, object>))(
    'is understood in its own example: %s',
    (name, body) => {
      const own = name.startsWith('Group') || name === 'System Message' ? 'unknown' : 'inbound';
      const events = webhook.parse(post(body), account());
      expect(events.map(({ kind }) => kind)).toEqual(name === 'Button Message' ? ['inbound', 'consent'] : [own]);
    },
  );

  it.each(Object.entries(samples.statuses as Record<string, object>))('is understood as a status: %s', (name, body) => {
    const [event] = webhook.parse(post(body), account());
    expect(event).toMatchObject({ kind: 'status', ref: 'm_01HX', status: name.split('_')[0]?.toUpperCase() });
  });

  it.each([
    'status-sent',
    'status-delivered',
    'status-played',
    'status-failed-window',
    'inbound-image',
    'inbound-audio',
    'inbound-stop',
    'inbound-document',
  ])('has the described shape in our fixture %s', (name) => {
    expect(violationsOfSchema('WebhookPayload', JSON.parse(bodyOf(name).rawBody.toString()))).toEqual([]);
  });

  it('has keys that do not depend on the batch', () => {
    const whole = webhook.parse(bodyOf('batch'), account()).map(({ eventKey }) => eventKey);
    const body = JSON.parse(bodyOf('batch').rawBody.toString());
    body.entry.reverse();
    for (const { changes } of body.entry) changes.reverse();
    const reversed = webhook.parse(post(body), account()).map(({ eventKey }) => eventKey);
    expect(reversed.sort()).toEqual(whole.sort());
  });

  it('keeps keys short, however long an id is', () => {
    const body = JSON.parse(bodyOf('status-sent').rawBody.toString());
    body.entry[0].changes[0].value.statuses[0].id = 'w'.repeat(500);
    const [event] = webhook.parse(post(body), account());
    expect(event).toMatchObject({
      providerMessageId: 'w'.repeat(500),
      eventKey: expect.stringMatching(/^[0-9a-f]{64}:sent$/),
    });
  });

  it.each(['', 'null', '[]', '{}', '{"entry":{}}', 'hub'])('is no such body: %j', (rawBody) => {
    expect(() => webhook.parse(request({ rawBody: Buffer.from(rawBody) }), account())).toThrow(Error);
  });
});

describe('a file that a person sent', () => {
  const place = (url: string, more: object = {}) =>
    answer(200, JSON.stringify({ url, mime_type: 'image/jpeg', id: '1003', file_size: 5, ...more }));
  const bytes = answer(200, Buffer.from([1, 2, 3]), { 'content-type': 'image/png' });
  const META = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1003&ext=1&hash=x';

  function answer(status: number, body: string | Buffer, headers: Record<string, string> = {}): HttpResult {
    return { kind: 'RESPONSE', status, headers, body: Buffer.from(body) };
  }

  async function fetchIt(answers: HttpResult[], baseUrl = 'https://graph.facebook.com', ref = '1003') {
    const left = [...answers];
    const { io: outside, recorded } = recorder(
      NOW,
      () => left.shift() ?? { kind: 'IN_DOUBT', code: 'timeout', message: 'x' },
    );
    const result = await whatsapp.fetchMedia?.(ref, account({ baseUrl }), outside);
    return { result, asked: recorded.http };
  }

  it('is fetched where Meta says, with the token', async () => {
    const { result, asked } = await fetchIt([place(META), bytes]);
    expect(result).toEqual({ ok: true, contentType: 'image/jpeg', content: Buffer.from([1, 2, 3]) });
    expect(asked.map(({ url }) => url)).toEqual([
      'https://graph.facebook.com/v23.0/1003?phone_number_id=106540352242922',
      META,
    ]);
    for (const { headers } of asked)
      expect(headers).toMatchObject({ authorization: `Bearer ${kit.credentials['accessToken']}` });
  });

  it.each([
    'https://lookaside.fbsbx.com.evil.example/x',
    'https://evil.example/lookaside.fbsbx.com',
    'https://lookaside.fbsbx.com@evil.example/x',
    'https://lookaside.fbsbx.com:8443/x',
    'http://lookaside.fbsbx.com/x',
    'https://graph.facebook.com/x',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    'not an address',
    '',
  ])('is not fetched from %j, nor is the token sent there', async (url) => {
    const { result, asked } = await fetchIt([place(url), bytes]);
    expect(result).toMatchObject({ ok: false, fault: { code: 'foreign_media_url' } });
    expect(asked).toHaveLength(1);
  });

  it('is fetched from the base URL that the operator set, and from no other of its ports', async () => {
    const own = await fetchIt([place('http://127.0.0.1:4010/file'), bytes], 'http://127.0.0.1:4010/graph');
    expect(own.result).toMatchObject({ ok: true });
    const other = await fetchIt([place('http://127.0.0.1:4011/file'), bytes], 'http://127.0.0.1:4010/graph');
    expect(other.result).toMatchObject({ ok: false });
    expect(other.asked).toHaveLength(1);
  });

  it('has the type that the answer names where Meta names none', async () => {
    const { result } = await fetchIt([place(META, { mime_type: undefined }), bytes]);
    expect(result).toMatchObject({ ok: true, contentType: 'image/png' });
  });

  it.each<[string, HttpResult[], string, number]>([
    ['gone', [answer(400, '{"error":{"code":100,"message":"gone"}}')], '100', 1],
    ['not told about', [], 'timeout', 1],
    ['too large', [place(META, { file_size: 40_000_000 })], 'too_large', 1],
    ['expired', [place(META), answer(404, '')], 'http_404', 2],
    ['cut off', [place(META)], 'timeout', 2],
  ])('is a fault when it is %s', async (_case, answers, code, calls) => {
    const { result, asked } = await fetchIt(answers);
    expect(result).toMatchObject({ ok: false, fault: { code } });
    expect(asked).toHaveLength(calls);
  });

  it('has a name that leads nowhere else', async () => {
    const { asked } = await fetchIt([], 'https://graph.facebook.com', '../me?x=');
    expect(asked[0]?.url).toBe('https://graph.facebook.com/v23.0/..%2Fme%3Fx%3D?phone_number_id=106540352242922');
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Vonage } from '@vonage/server-sdk';
import fc from 'fast-check';
import type { Account, WebhookRequest } from '../../src/providers/provider';
import { vonage } from '../../src/providers/vonage';
import { SIGNATURE_METHODS, type VonageCredentials } from '../../src/providers/vonage/credentials';
import { signVonageParameters, signVonageToken, vonageClaims } from '../support/sign-vonage';
import { accountOf } from './accounts';
import { recorder } from './recorder';

const vectors = JSON.parse(readFileSync(join(__dirname, 'vectors/vonage-signatures.json'), 'utf8'));
const HOOK = 'https://hooks.acme.example/webhooks/vonage/k1';
const base = accountOf('vonage', 'SMS') as unknown as Account<VonageCredentials>;

function verify(request: Partial<WebhookRequest>, credentials: Partial<VonageCredentials>, now: Date): boolean {
  const whole: WebhookRequest = {
    method: 'POST',
    url: HOOK,
    headers: {},
    query: {},
    rawBody: Buffer.alloc(0),
    receivedAt: now,
    ...request,
  };
  const account = { ...base, credentials: { ...base.credentials, ...credentials } };
  const { io } = recorder(now, () => ({ kind: 'NOT_SENT', code: '', message: '' }));
  return vonage.webhook?.verify(whole, account, io) === true;
}

/** The same parameters in each of the ways in which Vonage can be told to send them. */
function ways(parameters: Record<string, string>): [way: string, request: Partial<WebhookRequest>][] {
  const form = new URLSearchParams(parameters).toString();
  return [
    ['a form', { rawBody: Buffer.from(form) }],
    ['JSON', { rawBody: Buffer.from(JSON.stringify(parameters)) }],
    ['the address', { method: 'GET', url: `${HOOK}?${form}`, query: parameters }],
  ];
}

describe("Vonage's published signatures of the SMS API", () => {
  const { secret, params, signatures } = vectors.sms;
  const now = new Date(Number(params.timestamp) * 1000);
  const names: Record<string, string> = {
    md5hash: 'md5hash',
    md5: 'md5hmac',
    sha1: 'sha1hmac',
    sha256: 'sha256hmac',
    sha512: 'sha512hmac',
  };
  const credentialsOf = (method: (typeof SIGNATURE_METHODS)[number]) => ({
    signatureSecret: secret,
    signatureMethod: method,
  });

  it.each(SIGNATURE_METHODS)('are believed by %s, wherever the parameters are', (method) => {
    const sig = signatures[names[method] ?? ''];
    for (const [, request] of ways({ ...params, sig })) {
      expect(verify(request, credentialsOf(method), now)).toBe(true);
      expect(verify(request, { ...credentialsOf(method), signatureSecret: `${secret}x` }, now)).toBe(false);
      for (const other of SIGNATURE_METHODS.filter((each) => each !== method)) {
        expect(verify(request, credentialsOf(other), now)).toBe(false);
      }
    }
    for (const [, request] of ways({ ...params, sig: sig.toLowerCase() }))
      expect(verify(request, credentialsOf(method), now)).toBe(true);
    for (const [, request] of ways({ ...params, sig, text: 'Test once more' }))
      expect(verify(request, credentialsOf(method), now)).toBe(false);
    for (const [, request] of ways({ ...params, sig, extra: '1' }))
      expect(verify(request, credentialsOf(method), now)).toBe(false);
  });

  it('are those of the MD5 hash when the channel names no method, as in an account that nobody changed', () => {
    const { signatureMethod: _method, ...credentials } = base.credentials;
    const account = { ...base, credentials: { ...credentials, signatureSecret: secret } };
    const { io } = recorder(now, () => ({ kind: 'NOT_SENT', code: '', message: '' }));
    const request = { method: 'POST' as const, url: HOOK, headers: {}, query: {}, receivedAt: now };
    const rawBody = Buffer.from(JSON.stringify({ ...params, sig: signatures.md5hash }));
    expect(vonage.webhook?.verify({ ...request, rawBody }, account, io)).toBe(true);
  });

  it.each(SIGNATURE_METHODS)('agree with what the tests make by %s, and with the SDK', (method) => {
    const sig = signVonageParameters(method, secret, params);
    expect(sig.toUpperCase()).toBe(signatures[names[method] ?? ''].toUpperCase());
    const { sms } = new Vonage({ apiKey: 'a', apiSecret: 'b', privateKey: Buffer.from('none') });
    const algorithm = method === 'md5hash' ? 'MD5HASH' : `${method.toUpperCase()}HMAC`;
    expect(sms.verifySignature(sig, params, secret, algorithm as never)).toBe(true);
  });

  it('are not believed without a time, with a time that is none, or with one that was not signed', () => {
    const { timestamp, ...timeless } = params;
    const sign = (parameters: Record<string, string>) => ({
      ...parameters,
      sig: signVonageParameters('sha256', secret, parameters),
    });
    expect(verify(ways(sign({ ...timeless, timestamp }))[0]![1], credentialsOf('sha256'), now)).toBe(true);
    for (const wrong of [timeless, { ...timeless, timestamp: '' }, { ...timeless, timestamp: `${timestamp}.5` }])
      for (const [, request] of ways(sign(wrong))) expect(verify(request, credentialsOf('sha256'), now)).toBe(false);
    for (const [, request] of ways({ ...sign(timeless), timestamp }))
      expect(verify(request, credentialsOf('sha256'), now)).toBe(false);
  });

  it('are believed by no channel without a secret, be it signed with none', () => {
    const { signatureSecret: _secret, ...credentials } = base.credentials;
    const { io } = recorder(now, () => ({ kind: 'NOT_SENT', code: '', message: '' }));
    for (const method of SIGNATURE_METHODS) {
      const rawBody = Buffer.from(JSON.stringify({ ...params, sig: signVonageParameters(method, '', params) }));
      const request = { method: 'POST' as const, url: HOOK, headers: {}, query: {}, receivedAt: now, rawBody };
      const without = { ...base, credentials: { ...credentials, signatureMethod: method } };
      expect(vonage.webhook?.verify(request, without, io)).toBe(false);
      expect(verify(request, { signatureSecret: '', signatureMethod: method }, now)).toBe(false);
    }
  });

  it('are not believed where one parameter could pass for two, or comes twice', () => {
    const merged = { 'messageId=020000001B0FE827&msisdn': '14843472194', timestamp: params.timestamp };
    const sig = signVonageParameters('sha256', secret, merged);
    for (const [, request] of ways({ ...merged, sig }))
      expect(verify(request, credentialsOf('sha256'), now)).toBe(false);

    const form = new URLSearchParams({ ...params, sig: signatures.sha256hmac }).toString();
    const twice = { rawBody: Buffer.from(`${form}&text=Test+again`) };
    expect(verify({ rawBody: Buffer.from(form) }, credentialsOf('sha256'), now)).toBe(true);
    expect(verify(twice, credentialsOf('sha256'), now)).toBe(false);
  });

  it('are not believed when any character of the address was changed', () => {
    const parameters = { ...params, sig: signatures.sha256hmac };
    const query = new URLSearchParams(parameters).toString();
    for (let at = 0; at < query.length; at += 1) {
      const changed = query.slice(0, at) + String.fromCharCode(query.charCodeAt(at) ^ 1) + query.slice(at + 1);
      const request = { method: 'GET' as const, url: `${HOOK}?${changed}` };
      const read = Object.fromEntries(new URLSearchParams(changed));
      expect([at, verify({ ...request, query: read }, credentialsOf('sha256'), now)]).toEqual([at, false]);
    }
  });
});

describe('the tokens of the Messages API', () => {
  const HS256 = { alg: 'HS256', typ: 'JWT' };
  const now = new Date('2026-11-21T10:00:00Z');
  const rawBody = Buffer.from(
    JSON.stringify({ message_uuid: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab', status: 'delivered' }),
  );
  const { apiKey, signatureSecret = '' } = base.credentials;
  const claims = vonageClaims(apiKey, now, rawBody);
  const believed = (token: string, body = rawBody) =>
    verify({ rawBody: body, headers: { authorization: `Bearer ${token}` } }, {}, now);

  it.each(vectors.jwt as { token: string; secret: string }[])('are signed as in $token', ({ token, secret }) => {
    const [header = '', payload = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(signVonageToken(secret, JSON.parse(payload), JSON.parse(header))).toBe(token);
  });

  it('are believed with the claims that Vonage documents', () => {
    expect(Object.keys(claims).sort()).toEqual(
      Object.keys(vectors.jwtClaims)
        .filter((name) => !['source', 'note'].includes(name))
        .sort(),
    );
    expect(believed(signVonageToken(signatureSecret, claims))).toBe(true);
  });

  it.each<[why: string, claims: object, header: object]>([
    ['are for another account', { ...claims, api_key: 'zzzz9999' }, HS256],
    ['are for no account', { ...claims, api_key: undefined }, HS256],
    ['are over another body', { ...claims, payload_hash: '0'.repeat(64) }, HS256],
    ['are over no body', { ...claims, payload_hash: undefined }, HS256],
    ['have no time', { ...claims, iat: undefined }, HS256],
    ['have a time that is no number', { ...claims, iat: String(claims['iat']) }, HS256],
    ['are unsigned by their own account', claims, { alg: 'none' }],
    ['ask for another algorithm', claims, { alg: 'RS256', typ: 'JWT' }],
    ['ask for a longer hash', claims, { alg: 'HS512', typ: 'JWT' }],
    ['name no algorithm', claims, { typ: 'JWT' }],
  ])('are not believed when they %s', (_why, changed, header) => {
    expect(believed(signVonageToken(signatureSecret, changed, header))).toBe(false);
  });

  it('are not believed over a body that was written anew, nor without a signature', () => {
    const token = signVonageToken(signatureSecret, claims);
    expect(believed(token, Buffer.from(JSON.stringify(JSON.parse(rawBody.toString()), null, 1)))).toBe(false);
    expect(believed(token.slice(0, token.lastIndexOf('.') + 1))).toBe(false);
    expect(believed(signVonageToken(signatureSecret, claims, { alg: 'none' }).replace(/[^.]+$/, ''))).toBe(false);
  });

  it('are for their own API only: no `sig` makes a status believed, no token a receipt', () => {
    const status = { message_uuid: 'a', status: 'delivered', timestamp: String(now.getTime() / 1000) };
    const sig = signVonageParameters('sha256', signatureSecret, status);
    expect(verify({ rawBody: Buffer.from(JSON.stringify({ ...status, sig })) }, {}, now)).toBe(false);

    const receipt = Buffer.from(JSON.stringify({ messageId: '0B00000127FDBC63', status: 'delivered' }));
    expect(believed(signVonageToken(signatureSecret, vonageClaims(apiKey, now, receipt)), receipt)).toBe(false);
  });

  it('never make verify throw, whatever they are', () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const authorization = `Bearer ${parts.join('.')}`;
        const request = { rawBody, headers: { authorization } };
        expect(verify(request, {}, now)).toBe(false);
        vonage.webhook?.accountKeys?.({ ...request, method: 'POST', url: HOOK, query: {}, receivedAt: now });
      }),
    );
  });
});

import { createHmac, createSign, KeyObject, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign, exportSPKI, type JWTPayload } from 'jose';
import { Api } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { Issuer, makeKey, sign, type IssuerKey } from '../support/issuer';

let issuer: Issuer;
let attacker: Server;
let attackerHits = 0;
let attackerUrl: string;
let app: TestApp;
let tenant: TestTenant;
let other: TestTenant;
let suspended: TestTenant;
let keys: Record<'rsa' | 'pss' | 'ec' | 'ec384' | 'ed' | 'ec512' | 'encryption' | 'foreign', IssuerKey>;

beforeAll(async () => {
  issuer = await new Issuer().start();
  attacker = createServer((_, response) => {
    attackerHits++;
    response.end(JSON.stringify({ keys: [keys.foreign.jwk] }));
  });
  await new Promise<void>((resolve) => void attacker.listen(0, '127.0.0.1', resolve));
  attackerUrl = `http://127.0.0.1:${(attacker.address() as AddressInfo).port}`;
  keys = {
    rsa: await issuer.addKey('RS256'),
    pss: await issuer.addKey('PS256'),
    ec: await issuer.addKey('ES256'),
    ec384: await issuer.addKey('ES384'),
    ed: await issuer.addKey('EdDSA'),
    ec512: await issuer.addKey('ES512'),
    encryption: await issuer.addKey('RS256', 'for-encryption'),
    foreign: await makeKey('RS256', 'RS256-key'),
  };
  keys.encryption.jwk.use = 'enc';
  const secret = { kty: 'oct', k: Buffer.from(SECRET).toString('base64url') };
  issuer.keys.push({ ...keys.rsa, jwk: { ...secret, kid: 'secret', alg: 'HS256', use: 'sig' } });

  app = await startApp({ OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'carillon' });
  [tenant, other, suspended] = [
    await app.tenant({ bare: true }),
    await app.tenant({ bare: true }),
    await app.tenant({ bare: true }),
  ];
  await member(tenant, 'ada');
  const gone = await member(tenant, 'grace');
  await tenant.api.patch(`/users/${gone}`, { status: 'DISABLED' });
  await member(suspended, 'ada');
  await app.sql(`UPDATE tenant SET status = 'SUSPENDED' WHERE id = $1`, [suspended.tenantId]);
});
afterAll(async () => {
  await app.close();
  await issuer.stop();
  await new Promise((resolve) => attacker.close(resolve));
});

const SECRET = 'shared-secret-of-thirty-two-bytes!';

async function member({ api }: TestTenant, subject: string): Promise<string> {
  const { body } = await api.post('/users', { subject });
  await api.put(`/users/${String(body['id'])}/permissions`, { permissions: [{ actions: ['channels:read'] }] });
  return String(body['id']);
}

const good = (more: JWTPayload = {}) => issuer.claims({ tenant_id: tenant.tenantId, ...more });
const ask = (token: string) => new Api(app.url, token).get('/channels');
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);

/** A token of any header and claims, as text where JSON would not do, signed with RSA and SHA-256. */
function raw(header: unknown, claims: unknown, { privateKey }: IssuerKey = keys.rsa): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createSign('RSA-SHA256').update(input).sign(KeyObject.from(privateKey)).toString('base64url')}`;
}

function withSecret(secret: string | Buffer, header: object = {}): string {
  const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: 'RS256-key', ...header })}.${encode(good())}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

const HEADER = { alg: 'RS256', typ: 'at+jwt', kid: 'RS256-key' };
const part = (token: string, index: number) => token.split('.')[index] ?? '';
const flipped = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
const without = (name: string) => Object.fromEntries(Object.entries(good()).filter(([claim]) => claim !== name));

const GOOD: readonly [string, () => Promise<string> | string][] = [
  ['RS256', () => sign(good(), keys.rsa)],
  ['PS256', () => sign(good(), keys.pss)],
  ['ES256', () => sign(good(), keys.ec)],
  ['ES384', () => sign(good(), keys.ec384)],
  ['EdDSA', () => sign(good(), keys.ed)],
  ['type JWT', () => sign(good(), keys.rsa, { typ: 'JWT' })],
  ['several audiences', () => sign(good({ aud: ['x', 'carillon'] }), keys.rsa)],
  ['expired half a minute ago', () => sign(good({ exp: now() - 30 }), keys.rsa)],
  ['valid in half a minute', () => sign(good({ nbf: now() + 30, iat: now() + 30 }), keys.rsa)],
  [
    'keys of its own that nobody asked for',
    () => sign(good(), keys.rsa, { jku: `${attackerUrl}/jku`, jwk: keys.foreign.jwk }),
  ],
];

const FORGED: readonly [string, () => Promise<string> | string][] = [
  // Signatures that are none.
  ['algorithm none without signature', () => `${encode({ ...HEADER, alg: 'none' })}.${encode(good())}.`],
  [
    'algorithm none with a signature',
    async () => `${encode({ ...HEADER, alg: 'none' })}.${encode(good())}.${part(await sign(good(), keys.rsa), 2)}`,
  ],
  ['algorithm nOnE', () => `${encode({ ...HEADER, alg: 'nOnE' })}.${encode(good())}.`],
  ['no algorithm', () => raw({ typ: 'at+jwt', kid: 'RS256-key' }, good())],
  ['no signature', async () => `${(await sign(good(), keys.rsa)).split('.').slice(0, 2).join('.')}.`],
  ['two parts only', async () => (await sign(good(), keys.rsa)).split('.').slice(0, 2).join('.')],
  ['half a signature', async () => (await sign(good(), keys.rsa)).slice(0, -170)],
  [
    'a bit of the signature flipped',
    async () => flipped(await sign(good(), keys.rsa), (await sign(good(), keys.rsa)).length - 20),
  ],
  [
    'a signature of zeros (ES256)',
    () =>
      `${encode({ ...HEADER, alg: 'ES256', kid: 'ES256-key' })}.${encode(good())}.${Buffer.alloc(64).toString('base64url')}`,
  ],
  [
    'a signature in DER (ES256)',
    () => {
      const input = `${encode({ ...HEADER, alg: 'ES256', kid: 'ES256-key' })}.${encode(good())}`;
      return `${input}.${createSign('SHA256').update(input).sign(KeyObject.from(keys.ec.privateKey)).toString('base64url')}`;
    },
  ],
  // Secrets instead of keys.
  ['HS256 with the public key as PEM', async () => withSecret(await exportSPKI(keys.rsa.publicKey))],
  ['HS256 with the public key as JWK', () => withSecret(JSON.stringify(keys.rsa.jwk))],
  ['HS256 with an empty secret', () => withSecret('')],
  ['HS256 with a secret that the issuer published', () => withSecret(SECRET, { kid: 'secret' })],
  // Other keys.
  ['a foreign key under the right key id', () => sign(good(), keys.foreign)],
  ['a foreign key under its own key id', () => sign(good(), { ...keys.foreign, kid: 'stranger' })],
  ['a foreign key without key id', () => raw({ alg: 'RS256', typ: 'at+jwt' }, good(), keys.foreign)],
  ['the key id of another key', () => raw({ ...HEADER, kid: 'ES256-key' }, good())],
  ['a key for encryption', () => sign(good(), keys.encryption)],
  ['an algorithm that is not on the list', () => sign(good(), keys.ec512)],
  ['the header of another algorithm', () => raw({ ...HEADER, alg: 'PS256' }, good())],
  ['jku to a server of the attacker', () => sign(good(), keys.foreign, { jku: `${attackerUrl}/jku`, kid: 'theirs' })],
  ['x5u to a server of the attacker', () => sign(good(), keys.foreign, { x5u: `${attackerUrl}/x5u` })],
  ['a key of its own', () => sign(good(), keys.foreign, { jwk: keys.foreign.jwk })],
  ['a certificate of its own', () => sign(good(), keys.foreign, { x5c: ['MIIB'] })],
  // Headers.
  ['an extension that must be understood', () => raw({ ...HEADER, crit: ['exp'] }, good())],
  ['an unencoded payload', () => raw({ ...HEADER, crit: ['b64'], b64: true }, good())],
  ['no type', () => raw({ alg: 'RS256', kid: 'RS256-key' }, good())],
  ['the type of a logout token', () => sign(good(), keys.rsa, { typ: 'logout+jwt' })],
  ['two algorithms in one header', () => raw('{"alg":"none","alg":"RS256","typ":"at+jwt","kid":"RS256-key"}', good())],
  ['a header that is a list', () => raw('[]', good())],
  // Claims.
  [
    'claims of another token',
    async () =>
      [
        part(await sign(good(), keys.rsa), 0),
        encode(good({ sub: 'root' })),
        part(await sign(good(), keys.rsa), 2),
      ].join('.'),
  ],
  ['expired', () => sign(good({ exp: now() - 120 }), keys.rsa)],
  ['without end', () => sign(without('exp'), keys.rsa)],
  ['an end that is text', () => raw(HEADER, { ...good(), exp: '9999999999' })],
  ['not valid yet', () => sign(good({ nbf: now() + 120 }), keys.rsa)],
  ['made in the future', () => sign(good({ iat: now() + 120 }), keys.rsa)],
  ['made at no time', () => sign(without('iat'), keys.rsa)],
  ['another issuer', () => sign(good({ iss: attackerUrl }), keys.rsa)],
  ['the issuer with a slash', () => sign(good({ iss: `${issuer.url}/` }), keys.rsa)],
  ['no issuer', () => sign(without('iss'), keys.rsa)],
  ['another audience', () => sign(good({ aud: 'somebody-else' }), keys.rsa)],
  ['other audiences', () => sign(good({ aud: ['a', 'carillon2'] }), keys.rsa)],
  ['no audience', () => sign(without('aud'), keys.rsa)],
  ['no subject', () => sign(without('sub'), keys.rsa)],
  ['an empty subject', () => sign(good({ sub: '' }), keys.rsa)],
  ['a subject that is a number', () => raw(HEADER, { ...good(), sub: 1 })],
  ['a subject twice', () => raw(HEADER, JSON.stringify(good()).replace('{', '{"sub":"root",'))],
  ['claims that are a list', () => raw(HEADER, '[]')],
  ['claims that are no JSON', () => raw(HEADER, 'ada')],
  // Members.
  ['no tenant', () => sign(without('tenant_id'), keys.rsa)],
  ['a tenant that is no id', () => sign(good({ tenant_id: `${tenant.tenantId}' OR true` }), keys.rsa)],
  ['a list of tenants', () => sign(good({ tenant_id: [tenant.tenantId] }), keys.rsa)],
  ['a tenant that does not exist', () => sign(good({ tenant_id: randomUUID() }), keys.rsa)],
  ['a tenant where she is no member', () => sign(good({ tenant_id: other.tenantId }), keys.rsa)],
  ['a tenant that is suspended', () => sign(good({ tenant_id: suspended.tenantId }), keys.rsa)],
  ['somebody who is no member', () => sign(good({ sub: 'mallory' }), keys.rsa)],
  ['a member in other case', () => sign(good({ sub: 'Ada' }), keys.rsa)],
  ['a member who is disabled', () => sign(good({ sub: 'grace' }), keys.rsa)],
  // Wrappings.
  [
    'one token inside another',
    async () =>
      new CompactSign(Buffer.from(await sign(good(), keys.rsa)))
        .setProtectedHeader({ ...HEADER, cty: 'JWT' })
        .sign(keys.rsa.privateKey),
  ],
  ['an unsecured token inside', () => raw({ ...HEADER, cty: 'JWT' }, `${encode({ alg: 'none' })}.${encode(good())}.`)],
  [
    'two signatures',
    async () => {
      const [first, second] = [await sign(good(), keys.rsa), await sign(good(), keys.foreign)];
      const signature = (token: string) => ({ protected: part(token, 0), signature: part(token, 2) });
      return JSON.stringify({ payload: part(first, 1), signatures: [signature(first), signature(second)] });
    },
  ],
  ['four parts', async () => `${await sign(good(), keys.rsa)}.${encode('x')}`],
  [
    'five parts',
    () => [encode({ alg: 'dir', enc: 'A256GCM' }), '', encode('iv'), encode('text'), encode('tag')].join('.'),
  ],
  ['padding', async () => `${await sign(good(), keys.rsa)}==`],
  ['9,000 characters', () => sign(good({ more: 'x'.repeat(6_500) }), keys.rsa)],
];

describe('a token of the issuer', () => {
  it.each(GOOD)('is accepted: %s', async (_, make) => {
    expect((await ask(await make())).status).toBe(200);
  });

  it.each(FORGED)('is refused: %s', async (_, make) => {
    const { status, body, headers } = await ask(await make());
    expect([status, body['code']]).toEqual([401, 'unauthorized']);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('is refused in more than forty ways, and none of them makes us call anybody but the issuer', () => {
    console.info(`${FORGED.length} forged tokens refused, ${GOOD.length} good ones accepted`);
    expect(FORGED.length).toBeGreaterThanOrEqual(40);
    expect(attackerHits).toBe(0);
    // Once for the first token, once for the first key id that nobody knows.
    expect(issuer.asked.filter((path) => path === '/keys')).toHaveLength(2);
    expect(issuer.asked.filter((path) => !['/keys', '/.well-known/openid-configuration'].includes(path))).toEqual([]);
  });

  it('is not taken from the query or a second header', async () => {
    const token = await sign(good(), keys.rsa);
    expect((await new Api(app.url).get(`/channels?access_token=${token}`)).status).toBe(401);
    expect((await new Api(app.url).get('/channels', { 'x-access-token': token })).status).toBe(401);
  });

  it('gives the rights that our own database says, whatever it claims itself', async () => {
    const claims = good({
      scope: '*',
      scopes: ['*'],
      permissions: ['access:manage'],
      roles: ['admin'],
      userId: randomUUID(),
    });
    const api = new Api(app.url, await sign(claims, keys.rsa));
    expect((await api.get('/channels')).status).toBe(200);
    const refused = await api.get('/users');
    expect([refused.status, refused.body['detail']]).toEqual([403, 'This user lacks the permission access:manage.']);
  });

  it('stops working within a second when the member is disabled, and works again after', async () => {
    const id = await member(tenant, 'joan');
    const api = new Api(app.url, await sign(good({ sub: 'joan' }), keys.rsa));
    expect((await api.get('/channels')).status).toBe(200);
    await app.sql(`UPDATE tenant_user SET status = 'DISABLED' WHERE id = $1`, [id]); // as another process would
    await api.until('/channels', ({ status }) => status === 401, 3_000);
    await tenant.api.patch(`/users/${id}`, { status: 'ACTIVE' });
    expect((await api.get('/channels')).status).toBe(200);
    await tenant.api.delete(`/users/${id}`);
    expect((await api.get('/channels')).status).toBe(401);
  });

  it('writes the user into the audit log', async () => {
    const id = await member(tenant, 'lin');
    await tenant.api.put(`/users/${id}/permissions`, {
      permissions: [{ actions: ['channels:manage', 'access:manage'] }],
    });
    const api = new Api(app.url, await sign(good({ sub: 'lin' }), keys.rsa));
    const channel = { name: 'By Lin', channelType: 'SMS', providerType: 'sandbox', from: '+15005550006' };
    expect((await api.post('/channels', channel)).status).toBe(201);
    const log = await tenant.api.get(`/audit-log?actor=user:${id}`);
    expect(log.body['data']).toMatchObject([{ actor: `user:${id}`, action: 'channel.created' }]);
    const more = await api.put(`/users/${id}/permissions`, { permissions: [{ actions: ['messages:send'] }] });
    expect(more.status).toBe(403);
    expect((await api.delete(`/users/${id}`)).status).toBe(409);
    expect((await api.patch(`/users/${id}`, { status: 'DISABLED' })).status).toBe(409);
  });
});

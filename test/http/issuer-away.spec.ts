import { Api } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { Issuer, sign, type IssuerKey } from '../support/issuer';

describe('while the issuer does not answer', () => {
  let issuer: Issuer;
  let key: IssuerKey;
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    issuer = await new Issuer().start();
    issuer.isDown = true;
    key = await issuer.addKey('ES256', 'first');
    app = await startApp({
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: 'carillon',
      OIDC_TENANT_CLAIM: 'https://x.test/org',
    });
    tenant = await app.tenant({ bare: true });
    const { body } = await tenant.api.post('/users', { subject: 'ada' });
    await tenant.api.put(`/users/${String(body['id'])}/permissions`, { permissions: [{ actions: ['channels:read'] }] });
  });
  afterAll(async () => {
    await app.close();
    await issuer.stop();
  });

  const as = async (by: IssuerKey, more = {}) =>
    new Api(app.url, await sign(issuer.claims({ 'https://x.test/org': tenant.tenantId, ...more }), by));

  it('answers 503 with Retry-After to tokens, and keys work as ever', async () => {
    const refused = await (await as(key)).get('/channels');
    expect([refused.status, refused.body['code']]).toEqual([503, 'unavailable']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await tenant.api.get('/channels')).status).toBe(200);
    const many = await Promise.all(Array.from({ length: 20 }, () => as(key).then((api) => api.get('/channels'))));
    expect(new Set(many.map(({ status }) => status))).toEqual(new Set([503]));
    expect(issuer.asked.length).toBeLessThan(5);
  });

  it('accepts tokens as soon as it is back', async () => {
    issuer.isDown = false;
    const answer = await (await as(key)).until('/channels', ({ status }) => status === 200, 5_000);
    expect(answer.body).toHaveProperty('data');
  });

  it('believes no discovery document of another issuer, and no keys over plain http', async () => {
    issuer.discovery = { issuer: 'https://other.example' };
    const next = await issuer.addKey('ES256', 'second');
    expect((await (await as(next)).get('/channels')).status).toBe(503);
    expect(issuer.asked.at(-1)).toBe('/.well-known/openid-configuration');
  });

  it('goes on with the keys that it knows, and says 503 for one that it would have to ask for', async () => {
    issuer.discovery = {};
    issuer.isDown = true;
    const asked = issuer.asked.length;
    expect((await (await as(key, { jti: '1' })).get('/channels')).status).toBe(200);
    const unknown = await as({ ...key, kid: 'third' });
    const refused = await unknown.get('/channels');
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(30);
    expect(issuer.asked.length).toBe(asked); // asked a moment ago: not again before a minute has passed
  });
});

describe('a server without an issuer', () => {
  it('takes no token', async () => {
    const issuer = await new Issuer().start();
    const app = await startApp();
    try {
      const { tenantId } = await app.tenant({ bare: true });
      const token = await sign(issuer.claims({ tenant_id: tenantId }), await issuer.addKey('ES256'));
      expect((await new Api(app.url, token).get('/channels')).status).toBe(401);
      expect(issuer.asked).toEqual([]);
    } finally {
      await app.close();
      await issuer.stop();
    }
  });
});

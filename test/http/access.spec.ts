import { randomUUID } from 'node:crypto';
import { Api } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';

describe('API keys', () => {
  let app: TestApp;
  let tenant: TestTenant;
  const as = (key: unknown) => new Api(app.url, String(key));

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant({ bare: true });
  });
  afterAll(() => app.close());

  it('shows a new key once, which works with its scopes and no others', async () => {
    const made = await tenant.api.post('/api-keys', { name: 'Reader', scopes: ['stats:read'] });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'Reader', scopes: ['stats:read'], userId: null, revokedAt: null });
    const { key, prefix, id } = made.body;
    expect(String(key)).toMatch(/^ck_live_\w{8}_\w{32}$/);
    expect(String(key).startsWith(String(prefix))).toBe(true);

    expect((await as(key).get('/stats')).status).toBe(200);
    const refused = await as(key).get('/api-keys');
    expect(refused.status).toBe(403);
    expect(refused.body['detail']).toContain('access:manage');

    const list = await tenant.api.get('/api-keys');
    expect(list.body['data']).toContainEqual(expect.objectContaining({ id, prefix }));
    expect(list.text).not.toContain(String(key));
  });

  it('stores no key anywhere, also with an Idempotency-Key', async () => {
    const made = await tenant.api.post('/api-keys', { name: 'Secret', scopes: ['*'] }, { 'idempotency-key': 'k1' });
    const secret = String(made.body['key']).slice(-32);
    const tables = await app.sql<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      expect(await app.sql(`SELECT 1 FROM ${name} t WHERE t::text LIKE $1`, [`%${secret}%`])).toEqual([]);
    }
  });

  it('gives away no more than the maker has', async () => {
    const manager = as(await app.key(tenant.tenantId, ['access:manage', 'stats:read']));
    expect((await manager.post('/api-keys', { name: 'Same', scopes: ['stats:read'] })).status).toBe(201);
    for (const scopes of [['messages:send'], ['stats:read', '*']]) {
      const refused = await manager.post('/api-keys', { name: 'More', scopes });
      expect(refused.status).toBe(403);
    }
  });

  it('ends a revoked key at once and keeps it in the list', async () => {
    const { body } = await tenant.api.post('/api-keys', { name: 'Short', scopes: ['stats:read'] });
    expect((await as(body['key']).get('/stats')).status).toBe(200);

    expect((await tenant.api.delete(`/api-keys/${String(body['id'])}`)).status).toBe(204);
    expect((await as(body['key']).get('/stats')).status).toBe(401);
    expect((await tenant.api.delete(`/api-keys/${String(body['id'])}`)).status).toBe(204);
    const list = await tenant.api.get('/api-keys');
    expect(list.body['data']).toContainEqual(
      expect.objectContaining({ id: body['id'], revokedAt: expect.stringMatching(/Z$/) }),
    );
  });

  it('lets no key revoke itself, and none of another tenant', async () => {
    const { body } = await tenant.api.post('/api-keys', { name: 'Self', scopes: ['*'] });
    const itself = await as(body['key']).delete(`/api-keys/${String(body['id'])}`);
    expect(itself.status).toBe(409);

    const other = await app.tenant({ bare: true });
    expect((await other.api.delete(`/api-keys/${String(body['id'])}`)).status).toBe(404);
    expect((await other.api.get('/api-keys')).text).not.toContain(String(body['id']));
    expect((await as(body['key']).get('/stats')).status).toBe(200);
  });

  it('stops accepting a key when it expires', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const { body } = await tenant.api.post('/api-keys', { name: 'Day', scopes: ['*'], expiresAt });
    expect(body['expiresAt']).toBe(expiresAt);
    await app.sql(`UPDATE api_key SET expires_at = now() WHERE id = $1`, [body['id']]);
    expect((await as(body['key']).get('/stats')).status).toBe(401);
  });

  it.each([
    ['/name', { name: '', scopes: ['*'] }],
    ['/scopes', { name: 'x', scopes: [] }],
    ['/scopes', { name: 'x', scopes: ['everything'] }],
    ['/scopes', { name: 'x', scopes: ['stats:read', 'stats:read'] }],
    ['/scopes', { name: 'x', scopes: '*' }],
    ['/userId', { name: 'x', scopes: ['*'], userId: 'ada' }],
    ['/expiresAt', { name: 'x', scopes: ['*'], expiresAt: '2020-01-01T00:00:00Z' }],
    ['/expiresAt', { name: 'x', scopes: ['*'], expiresAt: '2026-02-30T00:00:00Z' }],
    ['/tenantId', { name: 'x', scopes: ['*'], tenantId: randomUUID() }],
  ])('names %s when it is wrong: %j', async (pointer, body) => {
    const refused = await tenant.api.post('/api-keys', body);
    expect(refused.status).toBe(422);
    expect(refused.body['errors']).toContainEqual({ pointer, message: expect.any(String) });
  });
});

describe('user permissions and the audit log', () => {
  let app: TestApp;
  let tenant: TestTenant;
  const makeUser = async (by = tenant) => String((await by.api.post('/users', { subject: randomUUID() })).body['id']);

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant({ bare: true });
  });
  afterAll(() => app.close());

  it('replaces all permissions of a user, and knows none of a stranger', async () => {
    const userId = await makeUser();
    const path = `/users/${userId}/permissions`;
    expect((await tenant.api.get(path)).body).toEqual({ userId, permissions: [] });

    const permissions = [
      { channelType: 'SMS', actions: ['messages:send', 'messages:read'] },
      { channelType: null, actions: ['stats:read'] },
    ];
    const put = await tenant.api.put(path, { permissions });
    expect(put.status).toBe(200);
    expect(put.body).toEqual({ userId, permissions });

    await tenant.api.put(path, { permissions: [{ actions: ['messages:read'] }] });
    const after = { userId, permissions: [{ channelType: null, actions: ['messages:read'] }] };
    expect((await tenant.api.get(path)).body).toEqual(after);
    const other = await app.tenant({ bare: true });
    expect((await other.api.get(path)).status).toBe(404);
    expect((await other.api.put(path, { permissions: [] })).status).toBe(404);

    expect((await tenant.api.put(path, { permissions: [] })).body).toEqual({ userId, permissions: [] });
  });

  it('survives replacements at the same moment with one of them whole', async () => {
    const userId = await makeUser();
    const both = [['stats:read'], ['messages:read']].map((actions) => ({
      permissions: [
        { channelType: 'SMS', actions },
        { channelType: null, actions },
      ],
    }));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => tenant.api.put(`/users/${userId}/permissions`, both[i % 2])),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const { body } = await tenant.api.get(`/users/${userId}/permissions`);
    expect(both).toContainEqual({ permissions: body['permissions'] });
  });

  it('gives a user no more than the caller has', async () => {
    const manager = new Api(app.url, await app.key(tenant.tenantId, ['access:manage']));
    const refused = await manager.put(`/users/${await makeUser()}/permissions`, {
      permissions: [{ actions: ['messages:send'] }],
    });
    expect(refused.status).toBe(403);
  });

  it.each([
    ['/permissions', {}],
    ['/permissions', { permissions: [null] }],
    ['/permissions/0/actions', { permissions: [{ actions: ['fly'] }] }],
    ['/permissions/0/actions', { permissions: [{ actions: ['*'] }] }],
    ['/permissions/0/channelType', { permissions: [{ channelType: 'FAX', actions: ['stats:read'] }] }],
    ['/permissions', { permissions: [{ actions: ['stats:read'] }, { channelType: null, actions: ['stats:read'] }] }],
  ])('names %s when it is wrong: %j', async (pointer, body) => {
    const refused = await tenant.api.put(`/users/${await makeUser()}/permissions`, body);
    expect(refused.status).toBe(422);
    const pointers = (refused.body['errors'] as { pointer: string }[]).map((error) => error.pointer);
    expect(pointers.some((found) => found === pointer || found.startsWith(`${pointer}/`))).toBe(true);
  });

  it('answers 404 for a user id that is no UUID', async () => {
    expect((await tenant.api.get('/users/ada/permissions')).status).toBe(404);
  });

  it('writes every change down, newest first, page by page, for its own tenant only', async () => {
    const logged = await app.tenant({ bare: true });
    const { api } = logged;
    const userId = await makeUser(logged);
    const made = await api.post('/api-keys', { name: 'Logged', scopes: ['stats:read'] });
    await api.put(`/users/${userId}/permissions`, { permissions: [] });
    await api.delete(`/api-keys/${String(made.body['id'])}`);

    const first = await api.get('/audit-log?limit=2');
    expect(first.body['data']).toMatchObject([
      { action: 'api_key.revoked', resource: 'api_key', resourceId: made.body['id'] },
      { action: 'user_permissions.replaced', resource: 'user', resourceId: userId },
    ]);
    const next = String((first.body['page'] as { next: string }).next);
    expect(first.headers.get('link')).toContain('rel="next"');
    const last = await api.get(`/audit-log?limit=2&cursor=${next}`);
    expect(last.body['data']).toMatchObject([
      { action: 'api_key.created', actor: expect.stringMatching(/^key:/), detail: { name: 'Logged' } },
      { action: 'user.created', resourceId: userId },
    ]);
    expect(last.body['page']).toEqual({ next: null });
    expect((await tenant.api.get(`/audit-log?cursor=${next}`)).status).toBe(400);
  });

  it('has an audit log that the application can neither change nor shorten', async () => {
    const may = await app.sql<{ privilege: string }>(
      `SELECT privilege_type AS privilege FROM information_schema.role_table_grants
       WHERE grantee = 'carillon_app' AND table_name = 'audit_log' ORDER BY 1`,
    );
    expect(may).toEqual([{ privilege: 'INSERT' }, { privilege: 'SELECT' }]);
  });
});

describe('routes and their permissions', () => {
  let app: TestApp;
  let api: Api;
  const id = randomUUID();

  beforeAll(async () => {
    app = await startApp();
    const { tenantId } = await app.tenant({ bare: true });
    api = new Api(app.url, await app.key(tenantId, ['webhooks:read']));
  });
  afterAll(() => app.close());

  it.each([
    ['POST', '/api-keys', 'access:manage'],
    ['GET', '/api-keys', 'access:manage'],
    ['DELETE', `/api-keys/${id}`, 'access:manage'],
    ['POST', '/users', 'access:manage'],
    ['GET', '/users', 'access:manage'],
    ['GET', `/users/${id}`, 'access:manage'],
    ['PATCH', `/users/${id}`, 'access:manage'],
    ['DELETE', `/users/${id}`, 'access:manage'],
    ['GET', `/users/${id}/permissions`, 'access:manage'],
    ['PUT', `/users/${id}/permissions`, 'access:manage'],
    ['GET', '/audit-log', 'access:manage'],
    ['GET', '/audit-log/verify', 'access:manage'],
    ['POST', '/bulk-send', 'campaigns:manage'],
    ['POST', '/bulk-send/estimate', 'campaigns:manage'],
    ['GET', `/bulk-send/${id}/estimate`, 'campaigns:read'],
    ['GET', '/budget', 'stats:read'],
    ['PUT', '/budget', 'budget:manage'],
    ['GET', '/bulk-send', 'campaigns:read'],
    ['GET', `/bulk-send/${id}`, 'campaigns:read'],
    ['PATCH', `/bulk-send/${id}`, 'campaigns:manage'],
    ['GET', '/campaign-settings', 'campaigns:read'],
    ['PATCH', '/campaign-settings', 'access:manage'],
    ['GET', `/bulk-send/${id}/recipients`, 'campaigns:read'],
    ...['approve', 'test', 'start', 'pause', 'resume', 'cancel', 'retry-failed'].map(
      (action): [string, string, string] => ['POST', `/bulk-send/${id}/${action}`, 'campaigns:manage'],
    ),
    ['POST', '/automation-rules', 'automation:manage'],
    ['GET', '/automation-rules', 'automation:read'],
    ['GET', `/automation-rules/${id}`, 'automation:read'],
    ['PATCH', `/automation-rules/${id}`, 'automation:manage'],
    ['DELETE', `/automation-rules/${id}`, 'automation:manage'],
    ['POST', '/event-sources', 'automation:manage'],
    ['GET', '/event-sources', 'automation:read'],
    ['GET', `/event-sources/${id}`, 'automation:read'],
    ['PATCH', `/event-sources/${id}`, 'automation:manage'],
    ['DELETE', `/event-sources/${id}`, 'automation:manage'],
    ['GET', '/notification-routes/news', 'automation:read'],
    ['PUT', '/notification-routes/news', 'automation:manage'],
    ['POST', '/events', 'automation:manage'],
    ['GET', '/events', 'automation:read'],
    ['GET', `/events/${id}`, 'automation:read'],
    ['POST', `/events/${id}/retry`, 'automation:manage'],
    ['GET', '/stats', 'stats:read'],
    ['POST', '/attachments', 'messages:send'],
    ['GET', `/attachments/${id}`, 'messages:read'],
    ['GET', `/attachments/${id}/content`, 'messages:read'],
    ['GET', '/scheduled-messages', 'messages:read'],
    ['GET', `/scheduled-messages/${id}`, 'messages:read'],
    ['PATCH', `/scheduled-messages/${id}`, 'messages:send'],
    ['DELETE', `/scheduled-messages/${id}`, 'messages:send'],
  ] as const)('%s %s asks for %s', async (method, path, permission) => {
    const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
    const answer = verb === 'get' || verb === 'delete' ? await api[verb](path) : await api[verb](path, {});
    expect(answer.status).toBe(403);
    expect(answer.body['detail']).toContain(permission);
  });
});

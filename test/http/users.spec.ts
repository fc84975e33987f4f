import { randomUUID } from 'node:crypto';
import { Api } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant({ bare: true });
});
afterAll(() => app.close());

const makeUser = async ({ api }: TestTenant, input: object = {}) =>
  String((await api.post('/users', { subject: randomUUID(), ...input })).body['id']);

const grant = (id: string, ...permissions: object[]) => tenant.api.put(`/users/${id}/permissions`, { permissions });

async function keyFor(userId: string, scopes: string[]): Promise<Api> {
  const { status, body } = await tenant.api.post('/api-keys', { name: 'Acting', scopes, userId });
  expect(status).toBe(201);
  return new Api(app.url, String(body['key']));
}

describe('users', () => {
  it('are made, found, changed and removed', async () => {
    const input = { subject: 'auth0|ada', email: 'ada@example.com', name: 'Ada' };
    const made = await tenant.api.post('/users', input);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ ...input, issuer: 'local', status: 'ACTIVE' });
    const path = `/users/${String(made.body['id'])}`;
    expect((await tenant.api.get(path)).body).toEqual(made.body);
    expect((await tenant.api.get('/users?subject=auth0|ada')).body['data']).toEqual([made.body]);
    expect((await tenant.api.get('/users?status=DISABLED')).body['data']).toEqual([]);

    const changed = await tenant.api.patch(path, { name: null, email: 'countess@example.com', status: 'DISABLED' });
    expect(changed.body).toMatchObject({ name: null, email: 'countess@example.com', status: 'DISABLED' });
    expect((await tenant.api.delete(path)).status).toBe(204);
    expect((await tenant.api.delete(path)).status).toBe(404);
    expect((await tenant.api.get(path)).status).toBe(404);
  });

  it('have one name each at an issuer, in each tenant', async () => {
    const input = { issuer: 'https://id.example.com', subject: 'grace' };
    expect((await tenant.api.post('/users', input)).status).toBe(201);
    const second = await tenant.api.post('/users', input);
    expect([second.status, second.body['code']]).toEqual([409, 'already_exists']);
    expect((await tenant.api.post('/users', { ...input, issuer: 'https://other.example.com' })).status).toBe(201);
    const other = await app.tenant({ bare: true });
    expect((await other.api.post('/users', input)).status).toBe(201);
  });

  it.each([
    ['/subject', {}],
    ['/subject', { subject: '' }],
    ['/subject', { subject: 'a b' }],
    ['/subject', { subject: 'x'.repeat(256) }],
    ['/issuer', { subject: 'a', issuer: 'ldap://x' }],
    ['/email', { subject: 'a', email: 'ada' }],
    ['/name', { subject: 'a', name: '' }],
    ['/status', { subject: 'a', status: 'ACTIVE' }],
  ])('name %s when it is wrong: %j', async (pointer, body) => {
    const refused = await tenant.api.post('/users', body);
    expect(refused.status).toBe(422);
    expect(refused.body['errors']).toContainEqual({ pointer, message: expect.any(String) });
  });

  it('can become nobody else: issuer and subject stay', async () => {
    const id = await makeUser(tenant);
    for (const change of [{ subject: 'root' }, { issuer: 'https://id.example.com' }, { id: randomUUID() }])
      expect((await tenant.api.patch(`/users/${id}`, change)).status).toBe(422);
    expect((await tenant.api.patch(`/users/${id}`, { status: null })).status).toBe(422);
  });

  it('take their permissions with them', async () => {
    const id = await makeUser(tenant);
    await grant(id, { actions: ['stats:read'] });
    await tenant.api.delete(`/users/${id}`);
    expect(await app.sql('SELECT 1 FROM user_communication_permission WHERE user_id = $1', [id])).toEqual([]);
    expect((await tenant.api.get(`/users/${id}/permissions`)).status).toBe(404);
  });

  it('hold access:manage everywhere or not at all', async () => {
    const id = await makeUser(tenant);
    const refused = await grant(id, { actions: ['stats:read'] }, { channelType: 'SMS', actions: ['access:manage'] });
    expect(refused.status).toBe(422);
    expect(refused.body['errors']).toMatchObject([{ pointer: '/permissions/1/actions' }]);
  });
});

describe('a key that acts for a user', () => {
  it('is made for users of the tenant only', async () => {
    const other = await app.tenant({ bare: true });
    for (const userId of [randomUUID(), await makeUser(other)]) {
      const refused = await tenant.api.post('/api-keys', { name: 'x', scopes: ['stats:read'], userId });
      expect([refused.status, refused.body['errors']]).toEqual([
        422,
        [{ pointer: '/userId', message: 'there is no such user' }],
      ]);
    }
  });

  it('has of its scopes what the user has, from the moment on at which the user has it', async () => {
    const id = await makeUser(tenant);
    const key = await keyFor(id, ['stats:read', 'channels:read']);
    expect((await key.get('/stats')).status).toBe(403);
    await grant(id, { actions: ['stats:read', 'campaigns:read'] });
    expect((await key.get('/stats')).status).toBe(200);
    expect((await key.get('/channels')).status).toBe(403); // not the user's
    expect((await key.get('/bulk-send')).status).toBe(403); // not the key's
    await grant(id);
    expect((await key.get('/stats')).status).toBe(403);

    await grant(id, { actions: ['stats:read'] });
    expect((await key.get('/stats')).status).toBe(200);
    await app.sql('DELETE FROM user_communication_permission WHERE user_id = $1', [id]); // as another process would
    await key.until('/stats', ({ status }) => status === 403, 3_000);
  });

  it('with every scope has what the user has', async () => {
    const id = await makeUser(tenant);
    await grant(id, { actions: ['stats:read'] });
    const key = await keyFor(id, ['*']);
    expect((await key.get('/stats')).status).toBe(200);
    expect((await key.get('/users')).status).toBe(403);
  });

  it('is nothing while the user is disabled, and when the user is gone', async () => {
    const id = await makeUser(tenant);
    await grant(id, { actions: ['stats:read'] });
    const key = await keyFor(id, ['stats:read']);
    expect((await key.get('/stats')).status).toBe(200);
    await tenant.api.patch(`/users/${id}`, { status: 'DISABLED' });
    expect((await key.get('/stats')).status).toBe(401);
    await tenant.api.patch(`/users/${id}`, { status: 'ACTIVE' });
    expect((await key.get('/stats')).status).toBe(200);
    await tenant.api.delete(`/users/${id}`);
    expect((await key.get('/stats')).status).toBe(401);
  });

  it('gives away on a channel type what the user has there, and no more', async () => {
    const [manager, helper] = [await makeUser(tenant), await makeUser(tenant)];
    await grant(
      manager,
      { actions: ['access:manage', 'stats:read'] },
      { channelType: 'SMS', actions: ['messages:read'] },
    );
    const key = await keyFor(manager, ['*']);
    const give = (...permissions: object[]) => key.put(`/users/${helper}/permissions`, { permissions });
    expect((await give({ channelType: 'SMS', actions: ['messages:read', 'stats:read'] })).status).toBe(200);
    expect((await give({ channelType: 'EMAIL', actions: ['stats:read'] })).status).toBe(200);
    for (const more of [
      { channelType: 'EMAIL', actions: ['messages:read'] },
      { channelType: null, actions: ['messages:read'] },
      { channelType: 'SMS', actions: ['messages:send'] },
    ])
      expect((await give(more)).status).toBe(403);
    expect((await key.post('/api-keys', { name: 'x', scopes: ['messages:read'] })).status).toBe(403);
  });
});

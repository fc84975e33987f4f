import { Api } from '../support/api';
import { describeFailures } from './webhook-failures';
import {
  BOTH,
  MAIL,
  NEITHER,
  endpoint,
  makeContact,
  on,
  one,
  rows,
  send,
  settled,
  triedOnce,
  useHookStage,
  verifiedBy,
  type Body,
  type Endpoint,
} from './webhook-stage';

useHookStage();

describe('an event for an endpoint', () => {
  it('comes as a CloudEvent with what it is about, and both official libraries verify it to the byte', async () => {
    const hook = await endpoint(['message.delivered']);
    const id = await send();
    const [call] = await on.receiver.until(hook.path, 1);
    const { timeline: _, ...message } = (await on.tenant.api.get(`/messages/${id}`)).body;

    expect(verifiedBy(hook.secret, call!)).toEqual(BOTH);
    const flipped = { ...call!, body: call!.body.replace('Secret words', 'secret words') };
    expect(verifiedBy(hook.secret, flipped)).toEqual(NEITHER);
    const elsewhere = { ...call!, headers: { ...call!.headers, 'webhook-id': 'another' } };
    expect(verifiedBy(hook.secret, elsewhere)).toEqual(NEITHER);
    expect(verifiedBy((await endpoint(['contact.*'])).secret, call!)).toEqual(NEITHER);

    expect(call!.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': call!.event.id });
    expect(call!.event).toEqual({
      specversion: '1.0',
      id: expect.any(String),
      type: 'message.delivered',
      source: `urn:carillon:${on.tenant.tenantId}`,
      time: expect.stringMatching(/^20.*Z$/),
      subject: id,
      datacontenttype: 'application/json',
      data: expect.objectContaining({ messageId: id, status: 'DELIVERED', channelType: 'EMAIL', message }),
    });
    expect((await on.tenant.api.get(`/events/${call!.event.id}`)).body).toMatchObject({ name: 'message.delivered' });
  });

  it('is told to those whose filter lets it through, once, and to nobody else', async () => {
    const contacts = await endpoint(['contact.*']);
    const everything = await endpoint(['*']);
    const deletions = await endpoint(['contact.deleted']);
    const stranger = await on.app.tenant();
    const foreign = await endpoint(['*'], stranger.api);
    const id = await makeContact();
    await on.tenant.api.patch(`/contacts/${id}`, { name: 'Ada King' });
    await on.tenant.api.delete(`/contacts/${id}`);
    await on.receiver.until(deletions.path, 1);
    for (const hook of [contacts, everything]) await settled(hook, ({ status }) => status === 'DELIVERED');

    const told = (hook: Endpoint) => [...new Set(on.receiver.of(hook.path).map(({ event }) => event.type))].toSorted();
    expect(told(contacts)).toEqual(['contact.created', 'contact.deleted', 'contact.updated']);
    expect(told(everything)).toEqual(told(contacts));
    expect(told(deletions)).toEqual(['contact.deleted']);
    expect(told(foreign)).toEqual([]);
    const ids = on.receiver.of(contacts.path).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
    const [gone] = on.receiver.of(deletions.path);
    expect(gone!.event.data).toEqual({ contactId: id, contact: null });
    expect(verifiedBy(deletions.secret, gone!)).toEqual(BOTH);
  });

  it('that would be too large is told by its ids', async () => {
    const hook = await endpoint(['message.queued']);
    const id = await send({
      ...MAIL,
      content: { subject: 'Long', text: 'ä'.repeat(100_000), html: 'ö'.repeat(90_000) },
    });
    const [call] = await on.receiver.until(hook.path, 1);
    expect(call!.event.data).toMatchObject({ messageId: id, omitted: 'message' });
    expect(Buffer.byteLength(call!.body)).toBeLessThan(2_000);
  });
});

describe('the secret', () => {
  it('is shown when it is made and never again, and lies sealed', async () => {
    const hook = await endpoint(['message.*']);
    expect(hook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const shown = [
      await on.tenant.api.get(`/webhook-endpoints/${hook.id}`),
      await on.tenant.api.get('/webhook-endpoints'),
      await on.tenant.api.patch(`/webhook-endpoints/${hook.id}`, { description: 'Ours' }),
      await on.tenant.api.get('/audit-log'),
    ];
    for (const { status, text } of shown) {
      expect(status).toBe(200);
      expect(text).not.toContain('whsec_');
    }
    const [row] = await on.app.sql<{ stored: string }>(
      `SELECT to_jsonb(w)::text AS stored FROM webhook_endpoint w WHERE id = $1`,
      [hook.id],
    );
    expect(row?.stored).not.toContain(hook.secret.slice(6));
    expect(row?.stored).toMatch(/"secret": "v1\./);
  });

  it('that is replaced signs beside the new one for a day, and then no more', async () => {
    const hook = await endpoint(['webhook_endpoint.*']);
    const test = async (count: number) => {
      expect((await on.tenant.api.post(`/webhook-endpoints/${hook.id}/test`)).status).toBe(202);
      return (await on.receiver.until(hook.path, count)).at(-1)!;
    };
    const fresh = await on.tenant.api.post(`/webhook-endpoints/${hook.id}/rotate-secret`);
    const next = String(fresh.body['secret']);
    const until = new Date(String(fresh.body['previousSecretUntil'])).getTime() - Date.now();
    expect(Math.round(until / 3_600_000)).toBe(24);

    const during = await test(1);
    expect(during.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    expect([verifiedBy(hook.secret, during), verifiedBy(next, during)]).toEqual([BOTH, BOTH]);
    const flipped = { ...during, body: during.body.replace(hook.id, hook.id.toUpperCase()) };
    expect([verifiedBy(hook.secret, flipped), verifiedBy(next, flipped)]).toEqual([NEITHER, NEITHER]);

    await on.app.sql('UPDATE webhook_endpoint SET old_secret_until = now() WHERE id = $1', [hook.id]);
    const after = await test(2);
    expect([verifiedBy(hook.secret, after), verifiedBy(next, after)]).toEqual([NEITHER, BOTH]);
    expect((await one(hook))['previousSecretUntil']).toBeNull();
  });
});

describe('whoever sets the address', () => {
  it('has it told personal data only with the permission to see it, and whoever moves it as well', async () => {
    const blind = new Api(
      on.app.url,
      await on.app.key(on.tenant.tenantId, ['webhooks:manage', 'messages:read', 'contacts:read']),
    );
    const hook = await endpoint(['message.delivered', 'contact.created'], blind);
    const open = await endpoint(['message.delivered', 'contact.created']);
    expect(await one(hook)).toMatchObject({ channelTypes: null, personalDataOn: [] });
    await send();
    await on.receiver.until(hook.path, 2);
    await on.receiver.until(open.path, 2);
    for (const { body } of on.receiver.of(hook.path)) expect(body).not.toMatch(/ada@example|Secret words/);
    expect(on.receiver.of(hook.path, 'message.delivered')[0]!.event.data['message']).toMatchObject({
      to: 'a•••@example.com',
      content: {},
    });
    const told = on.receiver
      .of(open.path)
      .map(({ body }) => body)
      .join();
    expect(told).toContain('Secret words');
    expect(told).toContain('ada@example.com');

    await blind.patch(`/webhook-endpoints/${open.id}`, { url: on.receiver.url('/moved') });
    await send();
    const [moved] = await on.receiver.until('/moved', 1, 'message.delivered');
    expect(moved!.body).not.toMatch(/ada@example|Secret words/);
  });

  it('may not have it told what they may not read', async () => {
    const { tenantId } = on.tenant;
    const api = async (...scopes: string[]) =>
      new Api(on.app.url, await on.app.key(tenantId, ['webhooks:manage', ...scopes]));
    const make = async (by: Api, types: string[]) =>
      (await by.post('/webhook-endpoints', { url: on.receiver.url('/x'), eventTypes: types })).status;
    expect(await make(await api(), ['message.sent'])).toBe(403);
    expect(await make(await api('messages:read'), ['session.*'])).toBe(201);
    expect(await make(await api('messages:read'), ['contact.created'])).toBe(403);
    expect(await make(await api('messages:read'), ['*'])).toBe(403);
    expect(await make(await api(), ['webhook_endpoint.disabled'])).toBe(201);
    const hook = await endpoint(['*']);
    expect((await (await api()).patch(`/webhook-endpoints/${hook.id}`, { url: on.receiver.url('/y') })).status).toBe(
      403,
    );
  });

  it('has it told of messages on the channel types that they may read', async () => {
    const user = await on.tenant.api.post('/users', { subject: 'sms-only' });
    const actions = ['webhooks:manage', 'webhooks:read', 'messages:read', 'contacts:pii'];
    await on.tenant.api.put(`/users/${String(user.body['id'])}/permissions`, {
      permissions: [{ channelType: 'SMS', actions }],
    });
    const key = await on.tenant.api.post('/api-keys', { name: 'k', scopes: ['*'], userId: user.body['id'] });
    const sms = new Api(on.app.url, String(key.body['key']));
    const hook = await endpoint(['message.delivered'], sms);
    const all = await endpoint(['message.delivered']);
    await send();
    await send({ channelType: 'SMS', to: '+14155550123', content: { text: 'Short words' } });
    await on.receiver.until(all.path, 2);
    const [call, ...more] = await on.receiver.until(hook.path, 1);
    expect(more).toEqual([]);
    expect(call!.event.data).toMatchObject({ channelType: 'SMS', message: { content: { text: 'Short words' } } });
    const seen = await sms.get(`/webhook-endpoints/${all.id}/deliveries`);
    expect(rows(seen.body)).toHaveLength(1);
  });
});

describe('an address', () => {
  it.each([
    ['no address', 'hook'],
    ['of another protocol', 'ftp://example.com/hook'],
    ['with a password', 'https://me:secret@example.com/hook'],
    ['on another port', 'https://example.com:22/hook'],
    ['inside', 'https://10.0.0.1/hook'],
    ['of this machine', 'https://127.0.0.1/hook'],
    ['of the metadata of a cloud', 'http://169.254.169.254/latest'],
    ['of this machine in IPv6', 'https://[::1]/hook'],
  ])('%s is refused', async (_, url) => {
    const { status, body } = await on.tenant.api.post('/webhook-endpoints', { url, eventTypes: ['*'] });
    expect([status, body['errors']]).toEqual([422, [expect.objectContaining({ pointer: '/url' })]]);
  });

  it('whose name leads inside is not called', async () => {
    const url = `http://localhost:${on.inside.port}/hook`;
    const made = await on.tenant.api.post('/webhook-endpoints', { url, eventTypes: ['contact.created'] });
    const hook = { id: String(made.body['id']), secret: '', path: '' };
    await makeContact();
    const delivery = await triedOnce(hook);
    expect((delivery['log'] as Body[])[0]).toMatchObject({ statusCode: null, fault: 'not_allowed', body: null });
    expect(on.inside.hits).toBe(0);
  });
});

describeFailures();

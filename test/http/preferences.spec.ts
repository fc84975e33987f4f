import { startApp, type TestApp, type TestTenant } from '../support/app';

const data = (body: Record<string, unknown>) => body['data'] as Record<string, unknown>[];
const pointers = (body: Record<string, unknown>) =>
  ((body['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer);

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const contact = async (body: Record<string, unknown>) => String((await tenant.api.post('/contacts', body)).body['id']);

const send = async (body: Record<string, unknown>, ...statuses: string[]) => {
  const accepted = await tenant.api.post('/messages', { content: { subject: 'Hi', text: 'Hello' }, ...body });
  expect(accepted.status).toBe(202);
  return tenant.api.message(accepted.body['id'], ...statuses);
};

const proofOf = (address: string) =>
  app.sql<{ action: string; source: string; actor: string | null }>(
    `SELECT action, source, actor FROM consent_event WHERE tenant_id = $1 AND address = $2 ORDER BY id`,
    [tenant.tenantId, address],
  );

describe('preferences', () => {
  it('are open for a contact that never said anything', async () => {
    const id = await contact({ name: 'Silent', language: 'de', timezone: 'Europe/Berlin' });
    expect((await tenant.api.get(`/contacts/${id}/preferences`)).body).toEqual({
      doNotContact: false,
      reason: null,
      preferredChannel: null,
      language: 'de',
      timezone: 'Europe/Berlin',
      quietHours: null,
      channels: {},
      topics: {},
      purposes: {},
    });
  });

  it('change where they are named, stay where they are not, and go where they are null', async () => {
    await contact({ externalId: 'picky' });
    const path = '/contacts/ext:picky/preferences';
    const first = await tenant.api.post(path, {
      reason: 'asked by phone',
      preferredChannel: 'SMS',
      language: 'de',
      timezone: 'Europe/Berlin',
      quietHours: { start: '21:00', end: '08:00' },
      channels: { EMAIL: { allowed: true }, SMS: { allowed: false, source: 'letter' } },
      topics: { promotional: { EMAIL: false, SMS: false }, news: { EMAIL: true } },
    });
    expect(first.status).toBe(200);
    const second = await tenant.api.post(path, {
      reason: null,
      quietHours: null,
      channels: { SMS: null, TELEGRAM: { allowed: true } },
      topics: { promotional: { SMS: null }, news: null },
    });
    const expected = {
      doNotContact: false,
      reason: null,
      preferredChannel: 'SMS',
      language: 'de',
      timezone: 'Europe/Berlin',
      quietHours: null,
      channels: { EMAIL: { allowed: true, source: null }, TELEGRAM: { allowed: true, source: null } },
      topics: { promotional: { EMAIL: false } },
      purposes: {},
    };
    expect(second.body).toEqual(expected);
    expect((await tenant.api.get(path)).body).toEqual(expected);
    expect((await tenant.api.get('/contacts/ext:picky')).body).toMatchObject({
      language: 'de',
      timezone: 'Europe/Berlin',
    });
  });

  it.each([
    [{ doNotContact: 'true' }, '/doNotContact'],
    [{ doNotContact: null }, '/doNotContact'],
    [{ preferredChannel: 'FAX' }, '/preferredChannel'],
    [{ quietHours: { start: '24:00', end: '08:00' } }, '/quietHours/start'],
    [{ quietHours: { start: '21:00' } }, '/quietHours/end'],
    [{ quietHours: { start: '21:00', end: '21:00' } }, '/quietHours/end'],
    [{ channels: { FAX: { allowed: true } } }, '/channels/FAX'],
    [{ channels: { SMS: { allowed: 1 } } }, '/channels/SMS/allowed'],
    [{ channels: { SMS: true } }, '/channels/SMS'],
    [{ channels: null }, '/channels'],
    [{ topics: { Promo: { SMS: false } } }, '/topics'],
    [{ topics: { promo: { FAX: false } } }, '/topics'],
    [{ topics: { promo: { SMS: 'no' } } }, '/topics'],
    [{ topics: [] }, '/topics'],
    [{ language: 'deutsch' }, '/language'],
    [{ tenantId: 'x' }, '/tenantId'],
  ])('refuse %j', async (body, pointer) => {
    const id = await contact({ name: 'Checked' });
    const answer = await tenant.api.post(`/contacts/${id}/preferences`, body);
    expect(answer.status).toBe(422);
    expect([...new Set(pointers(answer.body))]).toEqual([pointer]);
  });

  it('stop a message on its way by channel type, by topic and altogether, and let it go when they allow it again', async () => {
    const email = 'no.thanks@example.com';
    const id = await contact({ email });
    const path = `/contacts/${id}/preferences`;
    const message = { channelType: 'EMAIL', contactId: id, topic: 'hints' };

    await tenant.api.post(path, { topics: { hints: { EMAIL: false } } });
    expect((await send(message, 'SUPPRESSED', 'DELIVERED')).body['status']).toBe('SUPPRESSED');
    expect((await send({ ...message, topic: 'receipt' }, 'SUPPRESSED', 'DELIVERED')).body['status']).toBe('DELIVERED');

    await tenant.api.post(path, {
      topics: { hints: null },
      channels: { EMAIL: { allowed: false, source: 'letter' } },
    });
    expect((await send(message, 'SUPPRESSED', 'DELIVERED')).body['status']).toBe('SUPPRESSED');

    await tenant.api.post(path, { channels: { EMAIL: { allowed: true } }, doNotContact: true });
    expect((await send(message, 'SUPPRESSED', 'DELIVERED')).body['status']).toBe('SUPPRESSED');

    await tenant.api.post(path, { doNotContact: false });
    expect((await send(message, 'SUPPRESSED', 'DELIVERED')).body['status']).toBe('DELIVERED');

    // Allowed and forbidden again in one step is no change of mind, and no proof.
    expect(await proofOf(email)).toEqual([
      { action: 'OPTED_OUT', source: 'letter', actor: expect.stringMatching(/^key:/) },
      { action: 'OPTED_IN', source: 'preferences', actor: expect.stringMatching(/^key:/) },
    ]);
  });

  it('outlive the contact: who did not want to be written to is not written to as somebody new', async () => {
    const email = 'deleted@example.com';
    const id = await contact({ email });
    await tenant.api.post(`/contacts/${id}/preferences`, { doNotContact: true });
    await tenant.api.delete(`/contacts/${id}`);
    const message = await send({ channelType: 'EMAIL', to: email }, 'SUPPRESSED', 'DELIVERED');
    expect(message.body['status']).toBe('SUPPRESSED');
  });

  it('answer 404 for another tenant', async () => {
    const id = await contact({ name: 'Mine' });
    const other = await app.tenant({ bare: true });
    expect((await other.api.get(`/contacts/${id}/preferences`)).status).toBe(404);
    expect((await other.api.post(`/contacts/${id}/preferences`, { doNotContact: true })).status).toBe(404);
    expect((await tenant.api.get(`/contacts/${id}/preferences`)).body['doNotContact']).toBe(false);
  });
});

describe('suppressions', () => {
  const suppress = (body: Record<string, unknown>) => tenant.api.post('/suppressions', body);

  it('keep messages from an address however it is spelled, until they are lifted', async () => {
    const added = await suppress({ channelType: 'EMAIL', address: 'Blocked@Example.com' });
    expect(added.status).toBe(201);
    expect(added.body).toEqual({
      id: expect.any(String),
      channelType: 'EMAIL',
      address: 'blocked@example.com',
      purpose: 'ALL',
      reason: 'MANUAL',
      source: 'api',
      messageId: null,
      expiresAt: null,
      createdAt: expect.stringMatching(/Z$/),
    });
    const message = { channelType: 'EMAIL', to: 'BLOCKED@example.com' };
    expect((await send(message, 'SUPPRESSED', 'DELIVERED')).body['status']).toBe('SUPPRESSED');
    expect((await tenant.api.delete(`/suppressions/${String(added.body['id'])}`)).status).toBe(204);
    expect((await tenant.api.delete(`/suppressions/${String(added.body['id'])}`)).status).toBe(404);
    expect((await send(message, 'SUPPRESSED', 'DELIVERED')).body['status']).toBe('DELIVERED');
    expect((await proofOf('blocked@example.com')).map(({ action }) => action)).toEqual(['SUPPRESSED', 'LIFTED']);
  });

  it('are the same one when they are added twice, and last as long as the longer', async () => {
    const body = { channelType: 'SMS', address: '+14155550110', reason: 'HARD_BOUNCED' };
    const first = await suppress({ ...body, expiresAt: '2100-01-01T00:00:00Z' });
    const second = await suppress(body);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual({ ...first.body, expiresAt: null });
    expect(await proofOf('+14155550110')).toHaveLength(1);
  });

  it('stop only what advertises when that is their purpose', async () => {
    await suppress({ channelType: 'EMAIL', address: 'calm@example.com', purpose: 'MARKETING', reason: 'OPTED_OUT' });
    const message = { channelType: 'EMAIL', to: 'calm@example.com' };
    const marketing = await send({ ...message, purpose: 'MARKETING' }, 'SUPPRESSED', 'DELIVERED');
    expect(marketing.body['status']).toBe('SUPPRESSED');
    expect((await send(message, 'SUPPRESSED', 'DELIVERED')).body['status']).toBe('DELIVERED');
  });

  it('cannot be lifted by the tenant when the person said so', async () => {
    for (const reason of ['OPTED_OUT', 'COMPLAINED']) {
      const { body } = await suppress({ channelType: 'SMS', address: '+14155550111', reason });
      const answer = await tenant.api.delete(`/suppressions/${String(body['id'])}`);
      expect([answer.status, answer.body['code']]).toEqual([409, 'opt_out_by_user']);
    }
    const listed = await tenant.api.get('/suppressions?channelType=SMS&address=%2B1%20415%20555%200111');
    expect(data(listed.body)).toHaveLength(2);
  });

  it('show in the preferences of the contact, who alone can say yes again', async () => {
    const id = await contact({ phone: '+14155550112' });
    await suppress({ channelType: 'SMS', address: '+14155550112', reason: 'OPTED_OUT', source: 'STOP' });
    const path = `/contacts/${id}/preferences`;
    expect((await tenant.api.get(path)).body['channels']).toEqual({ SMS: { allowed: false, source: 'STOP' } });
    const answer = await tenant.api.post(path, { channels: { SMS: { allowed: true } } });
    expect([answer.status, answer.body['code']]).toEqual([409, 'opt_out_by_user']);
    expect((await tenant.api.post(path, { channels: { EMAIL: { allowed: true } } })).status).toBe(200);
  });

  it('end by themselves, and may then be put in force again', async () => {
    const body = { channelType: 'EMAIL', address: 'later@example.com' };
    const { body: first } = await suppress({ ...body, expiresAt: '2100-01-01T00:00:00Z' });
    await app.sql(`UPDATE suppression SET expires_at = now() - interval '1 second' WHERE id = $1`, [first['id']]);
    expect((await send({ channelType: 'EMAIL', to: body.address }, 'SUPPRESSED', 'DELIVERED')).body['status']).toBe(
      'DELIVERED',
    );
    expect(data((await tenant.api.get('/suppressions?channelType=EMAIL&address=later@example.com')).body)).toEqual([]);
    const again = await suppress(body);
    expect(again.status).toBe(201);
    expect(again.body['id']).not.toBe(first['id']);
  });

  it.each([
    [{ channelType: 'SMS', address: '911' }, '/address'],
    [{ channelType: 'EMAIL', address: '+14155550113' }, '/address'],
    [{ channelType: 'FAX', address: 'a@b.co' }, '/channelType'],
    [{ channelType: 'EMAIL', address: 'a@b.co', reason: 'BORED' }, '/reason'],
    [{ channelType: 'EMAIL', address: 'a@b.co', purpose: null }, '/purpose'],
    [{ channelType: 'EMAIL', address: 'a@b.co', expiresAt: '2001-01-01T00:00:00Z' }, '/expiresAt'],
    [{ channelType: 'EMAIL', address: 'a@b.co', expiresAt: 'tomorrow' }, '/expiresAt'],
    [{ channelType: 'EMAIL', address: ['a@b.co'] }, '/address'],
  ])('refuse %j', async (body, pointer) => {
    const answer = await suppress(body);
    expect(answer.status).toBe(422);
    expect([...new Set(pointers(answer.body))]).toEqual([pointer]);
  });

  it('are asked for by address together with the channel type', async () => {
    const answer = await tenant.api.get('/suppressions?address=a@b.co');
    expect([answer.status, pointers(answer.body)]).toEqual([422, ['/query/channelType']]);
  });

  it('stay with their tenant', async () => {
    const { body } = await suppress({ channelType: 'EMAIL', address: 'shared@example.com' });
    const other = await app.tenant();
    expect((await other.api.delete(`/suppressions/${String(body['id'])}`)).status).toBe(404);
    expect(data((await other.api.get('/suppressions')).body)).toEqual([]);
    const sent = await other.api.post('/messages', {
      channelType: 'EMAIL',
      to: 'shared@example.com',
      content: { subject: 'Hi', text: 'Hello' },
    });
    expect((await other.api.message(sent.body['id'], 'SUPPRESSED', 'DELIVERED')).body['status']).toBe('DELIVERED');
  });
});

describe('what providers report', () => {
  it('suppresses an address that complained, for good', async () => {
    const to = 'ada+complain@example.com';
    await send({ channelType: 'EMAIL', to }, 'DELIVERED');
    const path = `/suppressions?channelType=EMAIL&address=${encodeURIComponent(to)}`;
    const { body } = await tenant.api.until(path, (answer) => data(answer.body).length === 1);
    expect(data(body)[0]).toMatchObject({ reason: 'COMPLAINED', purpose: 'ALL', messageId: expect.any(String) });
    const again = await send({ channelType: 'EMAIL', to }, 'SUPPRESSED', 'DELIVERED');
    expect(again.body['status']).toBe('SUPPRESSED');
    expect(await proofOf(to)).toEqual([{ action: 'COMPLAINED', source: expect.any(String), actor: null }]);
  });
});

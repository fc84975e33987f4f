import { randomBytes } from 'node:crypto';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { sendgridKeys } from '../support/sign';
import { startDescribedServer, type DescribedServer } from '../providers/described-server';

let app: TestApp;
let twilioServer: DescribedServer;
let sendgridServer: DescribedServer;
let tenant: TestTenant;

beforeAll(async () => {
  twilioServer = await startDescribedServer({ description: 'twilio' });
  sendgridServer = await startDescribedServer({ description: 'sendgrid' });
  app = await startApp({ PROVIDER_URL_TWILIO: twilioServer.url, PROVIDER_URL_SENDGRID: sendgridServer.url });
});
beforeEach(async () => {
  tenant = await app.tenant({ bare: true });
});
afterAll(async () => {
  await app.close();
  await twilioServer.close();
  await sendgridServer.close();
});

const hex = (length: number) => randomBytes(length / 2).toString('hex');
let names = 0;

function twilio() {
  return {
    name: `Twilio ${++names}`,
    channelType: 'SMS',
    providerType: 'twilio',
    from: '+15005550006',
    credentials: { accountSid: `AC${hex(32)}`, authToken: hex(32) },
  };
}

const sandbox = (name: string) => ({ name, channelType: 'SMS', providerType: 'sandbox', from: '+15005550006' });

async function made(body: object): Promise<string> {
  const answer = await tenant.api.post('/channels', body);
  expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
  return String(answer.body['id']);
}

describe('a channel', () => {
  it('is made, read, listed, changed and removed', async () => {
    const input = { ...twilio(), rateLimit: { perSecond: 10 }, settings: { a: 1 }, isDefault: true };
    const created = await tenant.api.post('/channels', input);
    const id = String(created.body['id']);
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/api/v1/communication/channels/${id}`);
    const { credentials, ...shown } = input;
    expect(created.body).toMatchObject({ ...shown, status: 'ACTIVE', verifiedAt: null });
    expect(created.body['credentials']).toEqual({
      accountSid: { set: true, value: credentials.accountSid },
      authToken: { set: true, last4: credentials.authToken.slice(-4) },
    });
    expect(created.body['webhookUrl']).toMatch(/\/api\/v1\/communication\/webhooks\/twilio\/[\w-]{27}$/);

    expect((await tenant.api.get(`/channels/${id}`)).body).toEqual(created.body);
    expect((await tenant.api.get('/channels?channelType=SMS&providerType=twilio')).body['data']).toEqual([
      created.body,
    ]);
    expect((await tenant.api.get('/channels?channelType=EMAIL')).body['data']).toEqual([]);

    const patched = await tenant.api.patch(`/channels/${id}`, {
      name: 'New name',
      from: '+15005550001',
      rateLimit: { perSecond: 0.5 },
    });
    expect(patched.body).toMatchObject({
      name: 'New name',
      from: '+15005550001',
      rateLimit: { perSecond: 0.5 },
      settings: { a: 1 },
    });
    expect(patched.body['webhookUrl']).toBe(created.body['webhookUrl']);

    expect((await tenant.api.delete(`/channels/${id}`)).status).toBe(204);
    for (const answer of [
      await tenant.api.get(`/channels/${id}`),
      await tenant.api.patch(`/channels/${id}`, { name: 'x' }),
      await tenant.api.delete(`/channels/${id}`),
      await tenant.api.post(`/channels/${id}/verify`),
      await tenant.api.post('/messages', { channelId: id, to: '+14155550100', content: { text: 't' } }),
    ])
      expect(answer.status).toBe(404);
    expect((await tenant.api.get('/channels')).body['data']).toEqual([]);
  });

  it.each([
    ['/name', { name: ' ' }],
    ['/channelType', { channelType: 'FAX' }],
    ['/channelType', { channelType: 'EMAIL' }],
    ['/providerType', { providerType: 'carrier-pigeon' }],
    ['/providerType', { providerType: 'constructor' }],
    ['/from', { from: 'not a number at all' }],
    ['/credentials/authToken', { credentials: { accountSid: `AC${'a'.repeat(32)}` } }],
    ['/credentials/authToken', { credentials: { accountSid: `AC${'a'.repeat(32)}`, authToken: 'short' } }],
    [
      '/credentials/baseUrl',
      { credentials: { accountSid: `AC${'a'.repeat(32)}`, authToken: 'b'.repeat(32), baseUrl: 'http://x' } },
    ],
    ['/credentials/accountSid', { credentials: { accountSid: { $ne: 1 }, authToken: 'b'.repeat(32) } }],
    ['/rateLimit/perSecond', { rateLimit: { perSecond: 0 } }],
    ['/settings', { settings: { long: 'x'.repeat(10_001) } }],
    ['/webhookKey', { webhookKey: 'mine' }],
    ['/tenantId', { tenantId: '00000000-0000-7000-8000-000000000000' }],
  ])('is refused, naming %s, and nothing is stored', async (pointer, change) => {
    const answer = await tenant.api.post('/channels', { ...twilio(), ...change });
    expect([answer.status, answer.body['errors']]).toEqual([
      422,
      expect.arrayContaining([expect.objectContaining({ pointer })]),
    ]);
    expect((await tenant.api.get('/channels')).body['data']).toEqual([]);
  });

  it('keeps a name that no other channel of the tenant has', async () => {
    const id = await made(sandbox('Main'));
    const second = await made(sandbox('Second'));
    const conflicts = [
      await tenant.api.post('/channels', sandbox('Main')),
      await tenant.api.patch(`/channels/${second}`, { name: 'Main' }),
    ];
    for (const { status, body } of conflicts) expect([status, body['code']]).toEqual([409, 'duplicate_name']);
    expect((await tenant.api.patch(`/channels/${id}`, { name: 'Main' })).status).toBe(200);
    await tenant.api.delete(`/channels/${id}`);
    await made(sandbox('Main'));
  });

  it('is made once when many ask for one name at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => tenant.api.post('/channels', sandbox('Race'))));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, ...Array<number>(9).fill(409)]);
  });

  it('is the default of its type alone, the last that was made so', async () => {
    const first = await made({ ...sandbox('First'), isDefault: true });
    const second = await made({ ...sandbox('Second'), isDefault: true });
    const usedBy = async () => {
      const sent = await tenant.api.post('/messages', {
        channelType: 'SMS',
        to: '+14155550100',
        content: { text: 't' },
      });
      return sent.body['channelId'] ?? sent.body['errors'];
    };
    expect(await usedBy()).toBe(second);
    await tenant.api.patch(`/channels/${first}`, { isDefault: true });
    expect(await usedBy()).toBe(first);
    expect((await tenant.api.get(`/channels/${second}`)).body['isDefault']).toBe(false);
    await tenant.api.delete(`/channels/${first}`);
    expect(await usedBy()).toEqual([expect.objectContaining({ pointer: '/channelType' })]);

    const races = await Promise.all(
      Array.from({ length: 8 }, (_, n) => tenant.api.post('/channels', { ...sandbox(`Race ${n}`), isDefault: true })),
    );
    expect(races.filter(({ status }) => ![201, 409].includes(status)).map(({ text }) => text)).toEqual([]);
    const { body } = await tenant.api.get('/channels');
    expect((body['data'] as { isDefault: boolean }[]).filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  it('takes no message while it is disabled, and takes them again afterwards', async () => {
    const id = await made(sandbox('Switch'));
    const send = () => tenant.api.post('/messages', { channelId: id, to: '+14155550100', content: { text: 't' } });
    await tenant.api.patch(`/channels/${id}`, { status: 'DISABLED' });
    const refused = await send();
    expect([refused.status, refused.body['code']]).toEqual([409, 'channel_inactive']);
    await tenant.api.patch(`/channels/${id}`, { status: 'ACTIVE' });
    expect((await send()).status).toBe(202);
  });
});

describe('the credentials of a channel', () => {
  it('are shown in no answer, stored in no table as they are, and kept where a change does not name them', async () => {
    const input = twilio();
    const { accountSid, authToken } = input.credentials;
    const id = await made(input);
    const newToken = hex(32);
    const answers = [
      await tenant.api.get(`/channels/${id}`),
      await tenant.api.get('/channels'),
      await tenant.api.post(`/channels/${id}/verify`),
      await tenant.api.post('/channels', input),
      await tenant.api.patch(`/channels/${id}`, { credentials: { authToken: 'wrong' } }),
      await tenant.api.patch(`/channels/${id}`, { credentials: { authToken: newToken } }),
      await tenant.api.get('/audit-log'),
      await tenant.api.get('/providers'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 409, 422, 200, 200, 200]);
    for (const { text } of answers) for (const secret of [authToken, newToken]) expect(text).not.toContain(secret);
    expect(answers[5]?.body).toMatchObject({
      credentials: { accountSid: { value: accountSid }, authToken: { last4: newToken.slice(-4) } },
      verifiedAt: null,
    });

    await tenant.api.post(`/channels/${id}/verify`);
    const basic = Buffer.from(`${accountSid}:${newToken}`).toString('base64');
    expect(twilioServer.ledger.at(-1)?.headers['authorization']).toBe(`Basic ${basic}`);

    const tables = await app.sql<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables)
      for (const secret of [authToken, newToken])
        expect(await app.sql(`SELECT 1 FROM ${name} t WHERE t::text LIKE $1`, [`%${secret}%`])).toEqual([]);
  });

  it('are asked of the provider, whose no is an answer', async () => {
    const id = await made(twilio());
    const yes = await tenant.api.post(`/channels/${id}/verify`);
    expect([yes.status, yes.body]).toEqual([
      200,
      { verified: true, code: null, detail: null, verifiedAt: expect.any(String) },
    ]);
    expect((await tenant.api.get(`/channels/${id}`)).body['verifiedAt']).toBe(yes.body['verifiedAt']);

    twilioServer.script({ status: 401, body: { code: 20003, message: 'Authenticate', status: 401 } });
    const no = await tenant.api.post(`/channels/${id}/verify`);
    expect([no.status, no.body]).toEqual([
      200,
      { verified: false, code: '20003', detail: expect.any(String), verifiedAt: null },
    ]);

    twilioServer.script({ breaks: 'reset' });
    expect((await tenant.api.post(`/channels/${id}/verify`)).body).toMatchObject({ verified: false });
  });

  it('of SendGrid are asked too, and its public key is no secret', async () => {
    const { publicKey } = sendgridKeys();
    const apiKey = `SG.${hex(22)}.${hex(42)}`;
    const credentials = { apiKey, webhookPublicKey: publicKey };
    const mail = {
      name: 'Mail',
      channelType: 'EMAIL',
      providerType: 'sendgrid',
      from: 'hello@example.com',
      credentials,
    };
    const created = await tenant.api.post('/channels', mail);
    expect(created.body['credentials']).toMatchObject({
      apiKey: { set: true, last4: apiKey.slice(-4) },
      webhookPublicKey: { set: true, value: publicKey },
    });
    const verified = await tenant.api.post(`/channels/${String(created.body['id'])}/verify`);
    expect(verified.body).toMatchObject({ verified: true });
    expect(sendgridServer.ledger.at(-1)?.headers['authorization']).toBe(`Bearer ${apiKey}`);
  });

  it('are bound to their row: moved to another tenant they open nothing, and nobody is called', async () => {
    const mine = await made(twilio());
    const other = await app.tenant({ bare: true });
    const theirs = String((await other.api.post('/channels', twilio())).body['id']);
    await app.sql(
      `UPDATE communication_channel c SET credentials = o.credentials FROM communication_channel o WHERE (c.id, o.id) IN (($1, $2), ($2, $1))`,
      [mine, theirs],
    );
    await app.sql('UPDATE communication_channel SET updated_at = now() WHERE id = ANY($1)', [[mine, theirs]]);
    const calls = twilioServer.ledger.length;
    const shown = await tenant.api.until(`/channels/${mine}`, ({ text }) => text.includes('credentials_unreadable'));
    expect(shown.body).toMatchObject({ statusReason: 'credentials_unreadable', credentials: {} });
    expect((await tenant.api.get('/channels')).status).toBe(200);
    const sent = await tenant.api.post('/messages', { channelId: mine, to: '+14155550100', content: { text: 't' } });
    const verified = await tenant.api.post(`/channels/${mine}/verify`);
    for (const { status, text } of [sent, verified]) {
      expect([status, text]).toEqual([409, expect.stringContaining('channel_inactive')]);
    }
    expect(twilioServer.ledger.length).toBe(calls);

    const mended = await tenant.api.patch(`/channels/${mine}`, { credentials: twilio().credentials });
    expect(mended.body).toMatchObject({ statusReason: null, credentials: { authToken: { set: true } } });
  });
});

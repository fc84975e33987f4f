import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { ChannelSecrets } from '../../src/channels/channel-secrets';
import { rewrapChannels, rewrapEndpoints } from '../../src/key-rotation';
import { TenantDb } from '../../src/platform/db/tenant-db';
import { WorkerDb } from '../../src/platform/db/worker-db';
import { parseKeyRing } from '../../src/platform/secrets/key-ring';
import { Vault } from '../../src/platform/secrets/vault';
import { EndpointSecrets } from '../../src/webhook-endpoints/endpoint-secrets';
import { WebhookEndpoint } from '../../src/webhook-endpoints/webhook-endpoint.entity';
import { startApp, type TestApp } from '../support/app';
import { TEST_MASTER_KEY } from '../support/test-database';

describe('rotation of the master key', () => {
  let app: TestApp;
  const fresh = `new:${randomBytes(32).toString('base64')}`;
  const secretsUnder = (keys: string) => new ChannelSecrets(new Vault(parseKeyRing(keys)));

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('seals every credential under the new key, twice without harm, and the old key can go', async () => {
    // Beside their two, each tenant has the sandbox channels that it began with; every channel holds a secret.
    const tenants = [await app.tenant({ bare: true }), await app.tenant({ bare: true })];
    for (const [i, { api }] of tenants.entries()) {
      const credentials = { accountSid: `AC${String(i).repeat(32)}`, authToken: `${i}`.repeat(32) };
      const channel = { name: 'Twilio', channelType: 'SMS', providerType: 'twilio', from: '+15005550006', credentials };
      expect((await api.post('/channels', channel)).status).toBe(201);
    }
    const both = secretsUnder(`${fresh},old:${TEST_MASTER_KEY}`);
    const old = parseKeyRing(TEST_MASTER_KEY).currentId;
    const worker = app.runtime.app.get(WorkerDb);
    const db = app.runtime.app.get(TenantDb);
    const ring = secretsUnder(`${fresh},${old}:${TEST_MASTER_KEY}`);

    await expect(rewrapChannels(worker, db, both)).rejects.toThrow('does not hold'); // a key under another id is not the key
    expect((await rewrapChannels(worker, db, ring)).rewrapped).toBe(6);
    expect((await rewrapChannels(worker, db, ring)).rewrapped).toBe(0);

    const rows = await app.sql<{ tenantId: string; id: string; credentialsVersion: number; credentials: object }>(
      `SELECT tenant_id AS "tenantId", id, credentials_version AS "credentialsVersion", credentials
       FROM communication_channel WHERE provider_type = 'twilio' ORDER BY id`,
    );
    const opened = rows.map(
      (row) => secretsUnder(fresh).open({ ...row, credentials: { ...row.credentials } }).credentials,
    );
    expect(opened.map(({ authToken }) => authToken)).toEqual(['0'.repeat(32), '1'.repeat(32)]);
  });

  it('seals the secrets of webhook endpoints as well, the old ones that still sign too', async () => {
    const { api, tenantId } = await app.tenant({ bare: true });
    const endpoint = { url: 'https://hooks.invalid', eventTypes: ['contact.*'] };
    const made = (await api.post('/webhook-endpoints', endpoint)).body;
    const next = (await api.post(`/webhook-endpoints/${String(made['id'])}/rotate-secret`)).body;
    const old = parseKeyRing(TEST_MASTER_KEY).currentId;
    const under = (keys: string) => new EndpointSecrets(new Vault(parseKeyRing(keys)));
    const [worker, db] = [app.runtime.app.get(WorkerDb), app.runtime.app.get(TenantDb)];
    const letter = { id: 'event', at: new Date(), body: '{}' };
    const read = () =>
      db.run(tenantId, (tx) => tx.manager.findOneByOrFail(WebhookEndpoint, { tenantId, id: String(made['id']) }));
    const before = under(TEST_MASTER_KEY).headers(await read(), letter);

    expect(await rewrapEndpoints(worker, db, under(`${fresh},${old}:${TEST_MASTER_KEY}`))).toBe(1);
    expect(await rewrapEndpoints(worker, db, under(`${fresh},${old}:${TEST_MASTER_KEY}`))).toBe(0);
    const after = under(fresh).headers(await read(), letter);
    expect(after).toEqual(before);
    const both = [next['secret'], made['secret']].map((secret) =>
      new Webhook(String(secret)).sign('event', letter.at, '{}'),
    );
    expect(after['webhook-signature']).toBe(both.join(' '));
  });
});

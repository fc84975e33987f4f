import { readConfig } from '../../src/config';
import { TenantDb } from '../../src/platform/db/tenant-db';
import { PreferencePage } from '../../src/preferences/page/page.service';
import { recordConsent } from '../../src/preferences/withdrawal';
import { startRuntime, type Runtime } from '../../src/runtime';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { TEST_MASTER_KEY } from '../support/test-database';
import { Chance } from './chance';
import { printScore, size } from './scoreboard';
import { AFTER_OPT_OUT, WHILE_OFF, WITNESSES } from './witnesses';

const RUNS = size({ short: 2_000, full: 10_000 });
const AT_ONCE = 24;
const CHANNELS = 6;

/** Whoever is being erased at this moment cannot be asked for two seconds; a provider, or a person, says it again then. */
function unlessLocked(error: unknown): void {
  if ((error as { code?: string }).code !== '55P03') throw error;
}

describe('opting out, erasing and pausing while messages go out', () => {
  let app: TestApp;
  let second: Runtime;
  let tenant: TestTenant;
  let channels: string[];
  const chance = new Chance();

  beforeAll(async () => {
    app = await startApp({ WORKER_POLL_MS: '10', RATE_LIMIT_PER_MINUTE: '100000000' });
    second = await startRuntime(
      readConfig({
        PORT: '0',
        ROLE: 'worker',
        DATABASE_URL: app.adminUrl,
        MASTER_KEY: TEST_MASTER_KEY,
        WORKER_POLL_MS: '10',
      }),
    );
    await app.sql(WITNESSES);
    tenant = await app.tenant({ bare: true });
    channels = await Promise.all(Array.from({ length: CHANNELS }, (_, i) => makeChannel(`channel ${i}`)));
  });
  afterAll(async () => {
    await second.stop();
    await app.close();
  });

  const makeChannel = async (name: string) => {
    const sandbox = { channelType: 'EMAIL', providerType: 'sandbox', from: 'hello@example.com' };
    return String((await tenant.api.post('/channels', { name, ...sandbox })).body['id']);
  };

  /** Every way in which somebody becomes unreachable. */
  const optOuts: Record<string, (address: string, contactId: string) => Promise<unknown>> = {
    byProvider: (address) =>
      app.runtime.app
        .get(TenantDb)
        .run(tenant.tenantId, (tx) =>
          recordConsent(tx, { channelType: 'EMAIL', address, action: 'COMPLAINED', source: 'provider' }),
        ),
    bySuppression: (address) => tenant.api.post('/suppressions', { channelType: 'EMAIL', address }),
    byContact: (_, id) => tenant.api.post(`/contacts/${id}/preferences`, { doNotContact: true }),
    byChannelType: (_, id) =>
      tenant.api.post(`/contacts/${id}/preferences`, { channels: { EMAIL: { allowed: false } } }),
    byPage: (address) => {
      const link = { kind: 'manage', tenantId: tenant.tenantId, channelType: 'EMAIL', address } as const;
      return app.runtime.app
        .get(PreferencePage)
        .save(
          { link: { ...link, topic: null, id: null, expiresAt: null }, visitor: { ip: null, userAgent: null } },
          { level: 'nothing', shown: new Set(), wanted: new Set() },
        );
    },
  };

  /** One person, a few messages on every lane, retries and calls back, one opt-out, in whatever order they come to meet. */
  async function run(number: number): Promise<void> {
    const address = `person${number}@example.com`;
    const { body } = await tenant.api.post('/contacts', { email: address });
    const later = async <T>(act: () => Promise<T>, most = 40): Promise<T> => {
      for (let turns = chance.between(0, most); turns > 0; turns--)
        await new Promise((resolve) => setImmediate(resolve));
      return act();
    };
    const sends = Array.from({ length: chance.between(1, 4) }, () => {
      const message = {
        channelId: chance.pick(channels),
        to: address,
        content: { subject: 'Hi', text: 'Hello' },
        lane: chance.pick(['otp', 'transactional', 'bulk']),
        purpose: chance.pick(['TRANSACTIONAL', 'MARKETING']),
      };
      return later(() => tenant.api.post('/messages', message));
    });
    const again = Array.from({ length: chance.between(0, 2) }, () =>
      later(async () => {
        const id = String((await chance.pick(sends)).body['id']);
        return tenant.api.post(`/messages/${id}/${chance.pick(['retry', 'retry', 'cancel'])}`);
      }),
    );
    const optOut = optOuts[chance.pick(Object.keys(optOuts))];
    const asked = later(async () => optOut?.(address, String(body['id'])), 150).catch(unlessLocked);
    // Whoever is forgotten is still not written to, where that was said before.
    const erased = chance.happens(0.04) ? [later(() => tenant.api.post(`/contacts/${String(body['id'])}/erase`))] : [];
    const switched = chance.happens(0.15) ? [later(switchSomeChannel)] : [];
    await Promise.all([...sends, ...again, asked, ...erased, ...switched]);
  }

  const switchSomeChannel = async () => {
    const path = `/channels/${chance.pick(channels)}`;
    await tenant.api.patch(path, { status: 'DISABLED' });
    await tenant.api.patch(path, { status: 'ACTIVE' });
  };

  it(`starts no dispatch after the commit of an opt-out or of a pause, in ${RUNS} interleavings`, async () => {
    let next = 0;
    const worker = async () => {
      while (next < RUNS) await run(next++);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await tenant.api.until(
      '/messages?status=SENDING&limit=1',
      ({ body }) => (body['data'] as unknown[]).length === 0,
      60_000,
    );

    const [{ dispatched } = { dispatched: 0 }] = await app.sql<{ dispatched: number }>(
      'SELECT count(*)::int AS dispatched FROM dispatch_seen',
    );
    const [{ suppressed } = { suppressed: 0 }] = await app.sql<{ suppressed: number }>(
      `SELECT count(*)::int AS suppressed FROM communication_message WHERE status = 'SUPPRESSED'`,
    );
    const [{ switches } = { switches: 0 }] = await app.sql<{ switches: number }>(
      'SELECT count(*)::int AS switches FROM channel_seen',
    );
    const [{ erased } = { erased: 0 }] = await app.sql<{ erased: number }>(
      'SELECT count(*)::int AS erased FROM contact WHERE erased_at IS NOT NULL',
    );
    const late = await app.sql(AFTER_OPT_OUT);
    const off = await app.sql(WHILE_OFF);
    printScore('opt-outs', {
      seed: chance.seed,
      runs: RUNS,
      dispatched,
      suppressed,
      switches,
      erased,
      afterOptOut: late.length,
      whileOff: off.length,
    });
    expect(dispatched).toBeGreaterThan(RUNS / 20);
    expect(suppressed).toBeGreaterThan(RUNS / 20);
    expect(erased).toBeGreaterThan(RUNS / 50);
    expect(switches).toBeGreaterThan(RUNS / 40);
    expect(late).toEqual([]);
    expect(off).toEqual([]);
  });
});

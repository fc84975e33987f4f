import { readConfig } from '../../src/config';
import { TenantDb } from '../../src/platform/db/tenant-db';
import { PreferencePage } from '../../src/preferences/page/page.service';
import { recordConsent } from '../../src/preferences/withdrawal';
import { startRuntime, type Runtime } from '../../src/runtime';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { TEST_MASTER_KEY } from '../support/test-database';
import { Chance } from './chance';
import { printScore, size } from './scoreboard';
import { until } from './until';
import { AFTER_ERASURE, AFTER_OPT_OUT, WHILE_OFF, WHILE_PAUSED, WITNESSES } from './witnesses';

const RUNS = Number(process.env['OPT_OUT_RUNS'] ?? size({ short: 2_000, full: 10_000 }));
const AT_ONCE = 24;
const CHANNELS = 6;
/** One in so many runs is a bulk send to several people at once, each an interleaving of its own. */
const BULK_EVERY = 12;
const PEOPLE = 12;

/** One in so many runs is a rule that sends, with waits in between. */
const RULE_EVERY = 8;

/** Most turns of the event loop in which something befalls a bulk send: so long it takes to feed and send one. */
const LONG = 400;

interface Recipient {
  messageId: string | null;
}

/**
 * Whoever is being erased at this moment cannot be asked for two seconds, and a busy server has no connection left now and then; a
 * provider, or a person, says it again then.
 */
function unlessBusy(error: unknown): void {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== '55P03' && message !== 'timeout exceeded when trying to connect') throw error;
}

describe('opting out, erasing and pausing while messages go out', () => {
  let app: TestApp;
  let second: Runtime;
  let tenant: TestTenant;
  let channels: string[];
  const chance = new Chance();

  beforeAll(async () => {
    app = await startApp({ WORKER_POLL_MS: '10', RATE_LIMIT_PER_MINUTE: '100000000', DATABASE_POOL_SIZE: '40' });
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
    await makeRule();
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

  /** Some turns of the event loop later. */
  const later = async <T>(act: () => Promise<T>, most = 40): Promise<T> => {
    for (let turns = chance.between(0, most); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    return act();
  };
  const times = <T>(low: number, high: number, make: (index: number) => T): T[] =>
    Array.from({ length: chance.between(low, high) }, (_, index) => make(index));

  /** One person, a few messages on every lane, retries and calls back, one opt-out, in whatever order they come to meet. */
  async function run(number: number): Promise<void> {
    const address = `person${number}@example.com`;
    const { body } = await tenant.api.post('/contacts', { email: address });
    const sends = times(1, 4, () => {
      const message = {
        channelId: chance.pick(channels),
        to: address,
        content: { subject: 'Hi', text: 'Hello' },
        lane: chance.pick(['otp', 'transactional', 'bulk']),
        purpose: chance.pick(['TRANSACTIONAL', 'MARKETING']),
      };
      return later(() => tenant.api.post('/messages', message));
    });
    const again = times(0, 2, () =>
      later(async () => {
        const id = String((await chance.pick(sends)).body['id']);
        return tenant.api.post(`/messages/${id}/${chance.pick(['retry', 'retry', 'cancel'])}`);
      }),
    );
    const optOut = optOuts[chance.pick(Object.keys(optOuts))];
    const asked = later(async () => optOut?.(address, String(body['id'])), 150).catch(unlessBusy);
    // Whoever is forgotten is still not written to, where that was said before.
    const erased = chance.happens(0.04) ? [later(() => tenant.api.post(`/contacts/${String(body['id'])}/erase`))] : [];
    const switched = chance.happens(0.15) ? [later(() => switchChannel(chance.pick(channels)))] : [];
    await Promise.all([...sends, ...again, asked, ...erased, ...switched]);
  }

  /**
   * A bulk send to several people, with all that a single person meets, and paused, resumed, retried and now and then cancelled
   * besides. Some of its mails fail, so that there is something to retry.
   */
  async function runBulk(first: number): Promise<void> {
    const people = await Promise.all(
      times(PEOPLE, PEOPLE, async (index) => {
        const address = `person${first + index}${chance.happens(0.15) ? '+fail-permanent' : ''}@example.com`;
        return { address, id: String((await tenant.api.post('/contacts', { email: address })).body['id']) };
      }),
    );
    const channelId = chance.pick(channels);
    const { body } = await tenant.api.post('/bulk-send', {
      name: `Bulk ${first}`,
      channelId,
      content: { subject: 'Hi', text: 'Hello' },
      purpose: chance.pick(['TRANSACTIONAL', 'MARKETING']),
      recipients: people.map(({ address }) => ({ to: address })),
      start: true,
    });
    const path = `/bulk-send/${String(body['id'])}`;
    const act = (action: string, input?: object) => tenant.api.post(`${path}/${action}`, input);
    const again = async () => {
      const listed = await tenant.api.get(`${path}/recipients?limit=${PEOPLE}`);
      if (listed.status !== 200) return; // busy
      const { messageId } = chance.pick(listed.body['data'] as Recipient[]);
      if (messageId) await tenant.api.post(`/messages/${messageId}/${chance.pick(['retry', 'retry', 'cancel'])}`);
    };
    const pauses = times(0, 3, () =>
      later(async () => {
        await act('pause');
        await later(() => act('resume'), 200);
      }, LONG),
    );
    const asked = people.map(({ address, id }) =>
      later(async () => optOuts[chance.pick(Object.keys(optOuts))]?.(address, id), LONG).catch(unlessBusy),
    );
    await Promise.all([
      ...pauses,
      ...asked,
      ...times(0, 6, () => later(again, LONG)),
      ...times(0, 2, () => later(() => act('retry-failed', {}), LONG)),
      ...(chance.happens(0.1) ? [later(() => act('cancel'), LONG)] : []),
      ...(chance.happens(0.3) ? [later(() => switchChannel(channelId), LONG)] : []),
      ...people
        .filter(() => chance.happens(0.04))
        .map(({ id }) => later(() => tenant.api.post(`/contacts/${id}/erase`), LONG)),
    ]);
  }

  /** A person for whom rules send, one message after the other, and an opt-out that meets them somewhere. */
  async function runRule(number: number): Promise<void> {
    const address = `person${number}@example.com`;
    const { body } = await tenant.api.post('/contacts', { email: address });
    const id = String(body['id']);
    const told = times(1, 3, () =>
      later(() => tenant.api.post('/events', { name: 'opt-out-run', contactId: id, payload: {} }), LONG),
    );
    const asked = later(async () => optOuts[chance.pick(Object.keys(optOuts))]?.(address, id), 2 * LONG).catch(
      unlessBusy,
    );
    const erased = chance.happens(0.04) ? [later(() => tenant.api.post(`/contacts/${id}/erase`), LONG)] : [];
    await Promise.all([...told, asked, ...erased]);
  }

  const makeRule = async () => {
    const content = { subject: 'Hi', text: 'Hello' };
    const [first, second, third] = times(3, 3, () => ({ type: 'send', channelId: chance.pick(channels), content }));
    const steps = [first, { ...second, purpose: 'MARKETING' }, { type: 'wait', seconds: 1 }, third];
    const made = await tenant.api.post('/automation-rules', {
      ...{ name: 'Opt-outs', trigger: { event: 'opt-out-run' }, steps, mostPerHour: 1_000 },
    });
    if (made.status !== 201) throw new Error(made.text);
  };

  const switchChannel = async (id: string) => {
    const path = `/channels/${id}`;
    await tenant.api.patch(path, { status: 'DISABLED' });
    await tenant.api.patch(path, { status: 'ACTIVE' });
  };

  const untilRulesRest = async () => {
    const left = `(SELECT 1 FROM automation_run WHERE ended_at IS NULL UNION ALL SELECT 1 FROM tenant_event WHERE status = 'PENDING') l`;
    await until('rules that have come to rest', async () => (await count(left)) === 0, 120_000);
  };

  const count = async (what: string) => (await app.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${what}`))[0]?.n;

  it(`starts no dispatch after the commit of an opt-out or of a pause, in ${RUNS} interleavings`, async () => {
    let next = 0;
    const worker = async () => {
      while (next < RUNS) {
        const first = next;
        const isBulk = chance.happens(1 / BULK_EVERY);
        next += isBulk ? PEOPLE : 1;
        const one = chance.happens(1 / RULE_EVERY) ? runRule : run;
        await (isBulk ? runBulk(first) : one(first));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await untilRulesRest();
    await tenant.api.until(
      '/messages?status=SENDING&limit=1',
      ({ body }) => (body['data'] as unknown[]).length === 0,
      60_000,
    );

    const figures = {
      dispatched: await count('dispatch_seen'),
      dispatchedInBulk: await count('dispatch_seen WHERE campaign_id IS NOT NULL'),
      dispatchedByRules: await count(`dispatch_seen d JOIN automation_run_step s ON s.message_id = d.message_id`),
      suppressedByRules: await count(`automation_run_step WHERE outcome = 'SUPPRESSED'`),
      suppressed: await count(`communication_message WHERE status = 'SUPPRESSED'`),
      suppressedInBulk: await count(`communication_message WHERE status = 'SUPPRESSED' AND campaign_id IS NOT NULL`),
      switches: await count('channel_seen'),
      pauses: await count(`campaign_seen WHERE status = 'PAUSED'`),
      erased: await count('erasure_seen'),
    };
    const late = await app.sql(AFTER_OPT_OUT);
    const forgotten = await app.sql(AFTER_ERASURE);
    const off = await app.sql(WHILE_OFF);
    const paused = await app.sql(WHILE_PAUSED);
    printScore('opt-outs', {
      ...{ seed: chance.seed, runs: RUNS, ...figures },
      ...{ afterOptOut: late.length, afterErasure: forgotten.length, whileOff: off.length, whilePaused: paused.length },
    });
    expect(figures.dispatched).toBeGreaterThan(RUNS / 20);
    expect(figures.dispatchedInBulk).toBeGreaterThan(RUNS / 20);
    expect(figures.dispatchedByRules).toBeGreaterThan(RUNS / 40);
    expect(figures.suppressedByRules).toBeGreaterThan(RUNS / 100);
    expect(figures.suppressed).toBeGreaterThan(RUNS / 20);
    expect(figures.suppressedInBulk).toBeGreaterThan(RUNS / 40);
    expect(figures.erased).toBeGreaterThan(RUNS / 50);
    expect(figures.switches).toBeGreaterThan(RUNS / 40);
    expect(figures.pauses).toBeGreaterThan(RUNS / 100);
    expect(late).toEqual([]);
    expect(forgotten).toEqual([]);
    expect(off).toEqual([]);
    expect(paused).toEqual([]);
  });
});

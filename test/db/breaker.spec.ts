import { claimMessages, listQueues, RING_START } from '../../src/messages/dispatch/claim.queries';
import { recordHealth, type ChannelHealth } from '../../src/messages/dispatch/breaker.queries';
import { WorkerDb } from '../../src/platform/db/worker-db';
import { uuidv7 } from '../../src/platform/db/uuid';
import { startApp, type TestApp, type TestTenant } from '../support/app';

/** The breaker of a channel as all workers see it. No worker runs here: the test is the worker. */
describe('the breaker of a channel', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let channelId: string;
  let db: WorkerDb;
  const worker = { id: uuidv7(), leaseSeconds: 60 };

  beforeAll(async () => {
    app = await startApp({ ROLE: 'api' });
    db = app.runtime.app.get(WorkerDb);
  });
  beforeEach(async () => {
    tenant = await app.tenant();
    const { body } = await tenant.api.get('/channels?channelType=EMAIL');
    channelId = (body['data'] as { id: string }[])[0]?.id ?? '';
    for (let i = 0; i < 10; i++)
      await tenant.api.post('/messages', { channelId, to: `a${i}@example.com`, content: { text: 'Hello' } });
  });
  afterAll(() => app.close());

  const take = async (limit: number): Promise<number> => {
    const queues = (
      (await listQueues(db.sql, [{ lane: 'transactional', after: RING_START }])).get('transactional') ?? []
    ).filter((q) => q.channelId === channelId);
    return (await claimMessages(db.sql, worker, { lane: 'transactional', limit, queues })).length;
  };
  const hear = (health: Partial<ChannelHealth>) =>
    recordHealth(db.sql, [
      {
        tenantId: tenant.tenantId,
        channelId,
        calls: 1,
        faults: 0,
        faultsInARow: 0,
        worked: false,
        accountFault: null,
        pauseMs: null,
        ...health,
      },
    ]);
  const state = async () => {
    const [row] = await app.sql<{ breaker: string; reason: string | null; seconds: number }>(
      `SELECT breaker, breaker_reason AS reason, extract(epoch FROM open_until - now())::float8 AS seconds
       FROM channel_state WHERE channel_id = $1`,
      [channelId],
    );
    return row;
  };
  const waitIsOver = () => app.sql(`UPDATE channel_state SET open_until = now() WHERE channel_id = $1`, [channelId]);

  it('stays closed below five faults in a row, and opens at the fifth', async () => {
    for (let i = 0; i < 4; i++) await hear({ faults: 1, faultsInARow: 1 });
    expect(await take(1)).toBe(1);
    await hear({ faults: 1, faultsInARow: 1 });
    expect(await state()).toMatchObject({ breaker: 'OPEN', reason: 'faults' });
    expect(await take(5)).toBe(0);
  });

  it('forgets faults when a call works', async () => {
    for (let i = 0; i < 4; i++) await hear({ faults: 1, faultsInARow: 1 });
    await hear({ worked: true });
    await hear({ faults: 1, faultsInARow: 1 });
    expect(await state()).toMatchObject({ breaker: 'CLOSED' });
  });

  it('opens at once when the provider refuses the account', async () => {
    await hear({ faults: 1, faultsInARow: 1, accountFault: 'auth' });
    expect(await state()).toMatchObject({ breaker: 'OPEN', reason: 'auth' });
  });

  it('lets one probe through after the wait, opens twice as long when it fails, and closes when it works', async () => {
    await hear({ faults: 5, faultsInARow: 5 });
    expect((await state())?.seconds).toBeLessThanOrEqual(5);
    await waitIsOver();
    expect(await take(5)).toBe(1);
    expect(await take(5)).toBe(0);
    await hear({ faults: 1, faultsInARow: 1 });
    expect((await state())?.seconds).toBeGreaterThan(5);

    await waitIsOver();
    expect(await take(5)).toBe(1);
    await hear({ worked: true });
    expect(await state()).toMatchObject({ breaker: 'CLOSED', reason: null });
    expect(await take(5)).toBe(5);
  });

  it('pauses for as long as the provider asks', async () => {
    await hear({ pauseMs: 120_000 });
    expect(await state()).toMatchObject({ breaker: 'OPEN', reason: 'throttled' });
    expect((await state())?.seconds).toBeGreaterThan(100);
  });
});

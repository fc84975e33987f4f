import { randomUUID } from 'node:crypto';
import { foldSpend } from '../../src/messages/budget/budget.queries';
import { settleMessages, type Settlement } from '../../src/messages/dispatch/settle.queries';
import { applyStatus } from '../../src/messages/events/message-events.queries';
import { endPrice } from '../../src/messages/events/price.queries';
import { TenantDb, type Tx } from '../../src/platform/db/tenant-db';
import { uuidv7 } from '../../src/platform/db/uuid';
import { WorkerDb } from '../../src/platform/db/worker-db';
import { Chance } from '../faults/chance';
import { startApp, type TestApp } from '../support/app';
import { insert, insertOneRowEach, rowOf, type TenantIds } from './one-row-each';

const ROUNDS = 60;
const AT_ONCE = 8;
const MESSAGES = 12;

/** Where what is booked and what the messages say differ, by tenant, month and currency; in one look. */
const DIFFERENCES = `
SELECT * FROM (SELECT tenant_id, month, currency, sum(amount) AS booked FROM tenant_spend
    WHERE month > '2026-02-01' GROUP BY 1, 2, 3) b
FULL JOIN (SELECT m.tenant_id, date_trunc('month', coalesce(m.sent_at, m.created_at) AT TIME ZONE t.timezone)::date AS month,
    m.cost_currency AS currency, sum(m.cost_amount) AS counted
  FROM communication_message m JOIN tenant t ON t.id = m.tenant_id WHERE m.cost_amount IS NOT NULL GROUP BY 1, 2, 3) c
  USING (tenant_id, month, currency)
WHERE coalesce(booked, 0) <> coalesce(counted, 0)`;

let app: TestApp;
let db: TenantDb;
let worker: WorkerDb;

beforeAll(async () => {
  app = await startApp({ ROLE: 'api' });
  db = app.runtime.app.get(TenantDb);
  worker = app.runtime.app.get(WorkerDb);
});
afterAll(() => app.close());

async function makeTenant(timezone: string): Promise<{ ids: TenantIds; messages: string[] }> {
  const client = { query: (text: string, values?: unknown[]) => app.sql(text, values) };
  const ids = await insertOneRowEach(client as never);
  await app.sql('UPDATE tenant SET timezone = $2 WHERE id = $1', [ids.tenant, timezone]);
  const messages = Array.from({ length: MESSAGES }, () => uuidv7());
  for (const id of messages)
    await insert(client as never, 'communication_message', {
      ...rowOf('communication_message', ids),
      id,
      created_at: '2026-03-31T12:00:00Z',
    });
  return { ids, messages };
}

it('what is booked is at every moment the sum over the messages, whoever writes costs and at the same time', async () => {
  const chance = new Chance();
  const tenants = [await makeTenant('Europe/Berlin'), await makeTenant('America/New_York')];
  const money = () => ({ amount: String(chance.between(0, 300) / 1000), currency: chance.pick(['EUR', 'USD']) });
  /** Around the end of the month, in both zones and in UTC. */
  const moment = () => new Date(Date.parse('2026-04-01T00:00:00Z') + chance.between(-9, 9) * 3_600_000);

  const settle = (ids: TenantIds, id: string) => {
    const settlement: Settlement = {
      ...{ tenantId: ids.tenant, id, channelId: ids.channel, fence: '0', attempt: 1, outcome: 'ACCEPTED', fault: null },
      ...{
        status: 'SENT',
        reason: null,
        rule: null,
        waitMs: null,
        counts: false,
        dead: false,
        providerMessageId: null,
      },
      parts: chance.between(1, 3),
      cost: chance.happens(0.5) ? money() : null,
      unitPrice: chance.happens(0.7) ? money() : null,
    };
    return settleMessages(worker.sql, [settlement]);
  };
  const inTenant = (ids: TenantIds, work: (tx: Tx) => Promise<unknown>) => db.run(ids.tenant, work);
  const steps = [
    settle,
    (ids: TenantIds, id: string) => inTenant(ids, (tx) => endPrice(tx, id, money())),
    (ids: TenantIds, messageId: string) =>
      inTenant(ids, (tx) =>
        applyStatus(tx, {
          messageId,
          status: chance.pick(['SENT', 'DELIVERED', 'FAILED'] as const),
          at: moment(),
          providerMessageId: null,
          reason: null,
          cost: chance.happens(0.5) ? money() : null,
          parts: null,
        }),
      ),
    () => foldSpend(worker.sql),
  ];

  let looks = 0;
  let running = true;
  const watched = (async () => {
    for (; running; looks++)
      expect({ seed: chance.seed, differ: await app.sql(DIFFERENCES) }).toMatchObject({ differ: [] });
  })();
  for (let round = 0; round < ROUNDS; round++) {
    const work = Array.from({ length: AT_ONCE }, () => {
      const { ids, messages } = chance.pick(tenants);
      return chance.pick(steps)(ids, chance.pick(messages));
    });
    await Promise.all(work);
  }
  running = false;
  await watched;
  expect(await app.sql(DIFFERENCES)).toEqual([]);
  expect(looks).toBeGreaterThan(20);
  const [months] = await app.sql<{ months: number; entries: number }>(
    `SELECT count(DISTINCT (tenant_id, month))::int AS months, count(*)::int AS entries FROM tenant_spend WHERE month > '2026-02-01'`,
  );
  expect(months?.months).toBeGreaterThanOrEqual(4); // March and April of both, and the month of the settlements
  while (await foldSpend(worker.sql));
  expect(await app.sql(DIFFERENCES)).toEqual([]);
}, 30_000);

it('books nothing where no cost is written, and nothing twice when it is written again', async () => {
  const { ids, messages } = await makeTenant('UTC');
  const booked = () =>
    app.sql('SELECT 1 FROM tenant_spend WHERE tenant_id = $1 AND month > $2', [ids.tenant, '2026-02-01']);
  const [id = randomUUID()] = messages;
  await app.sql(`UPDATE communication_message SET status = 'DELIVERED', sent_at = now() WHERE id = $1`, [id]);
  expect(await booked()).toEqual([]);
  for (let i = 0; i < 3; i++) await db.run(ids.tenant, (tx) => endPrice(tx, id, { amount: '0.5', currency: 'EUR' }));
  expect(await booked()).toHaveLength(1);
});

it('puts the entries of a month together when they become many', async () => {
  const { ids, messages } = await makeTenant('UTC');
  for (let i = 0; i < 8; i++)
    for (const id of messages)
      await db.run(ids.tenant, (tx) => endPrice(tx, id, { amount: String(i + 1), currency: 'EUR' }));
  const entries = () =>
    app.sql<{ n: number; sum: string }>(
      `SELECT count(*)::int AS n, sum(amount)::text AS sum FROM tenant_spend WHERE tenant_id = $1 AND month > $2`,
      [ids.tenant, '2026-02-01'],
    );
  expect(await entries()).toEqual([{ n: 96, sum: '96' }]);
  await Promise.all([1, 2, 3].map(() => foldSpend(worker.sql)));
  expect(await entries()).toEqual([{ n: 1, sum: '96' }]);
});

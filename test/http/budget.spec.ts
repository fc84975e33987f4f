import { BudgetWatch } from '../../src/messages/budget/budget-watch';
import { metrics } from '../../src/platform/metrics';
import { Api, type Answer } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';

let app: TestApp;
let tenant: TestTenant;
let numbers = 0;

beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  tenant = await app.tenant();
});
afterAll(() => app.close());

/** The sandbox takes 0.0075 USD for each part of an SMS. */
const sms = (body: object = {}): Promise<Answer> =>
  tenant.api.post('/messages', {
    channelType: 'SMS',
    to: `+1415555${String(3000 + ++numbers)}`,
    content: { text: 'Hi' },
    purpose: 'TRANSACTIONAL',
    lane: 'bulk',
    ...body,
  });

async function sent(body: object = {}): Promise<string> {
  const answer = await sms(body);
  await tenant.api.message(answer.body['id'], 'SENT', 'DELIVERED');
  return String(answer.body['id']);
}

/** Sends one that the budget holds. */
async function held(body: object = {}): Promise<string> {
  const answer = await sms(body);
  await tenant.api.until(
    `/messages/${String(answer.body['id'])}`,
    (message) => (message.body['reason'] as { code?: string } | null)?.code === 'budget_held',
  );
  return String(answer.body['id']);
}

const put = async (budget: object): Promise<Answer['body']> => {
  const answer = await tenant.api.put('/budget', budget);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body;
};
const usd = (amount: string, rest: object = {}) => ({ monthly: { amount, currency: 'USD' }, ...rest });
const budget = async () => (await tenant.api.get('/budget')).body;
const audited = async () => {
  const { body } = await tenant.api.get('/audit-log');
  return (body['data'] as { action: string; actor: string; detail: Record<string, unknown> }[]).filter(
    ({ action }) => action === 'budget.threshold_reached',
  );
};

describe('the budget', () => {
  it('is none at first, and says what was spent all the same', async () => {
    await sent({ content: { text: 'a'.repeat(161) } });
    expect(await budget()).toEqual({
      monthly: null,
      thresholds: [50, 80, 100],
      hold: true,
      exemptLanes: ['otp', 'transactional'],
      month: new Date().toISOString().slice(0, 7),
      timezone: 'UTC',
      endsAt: expect.stringMatching(/^\d{4}-\d\d-01T00:00:00.000Z$/),
      spent: [{ amount: '0.015', currency: 'USD' }],
      remaining: null,
      percent: null,
      held: false,
      alerts: [],
    });
  });

  it('is set as a whole, written into the audit log, and taken away again', async () => {
    const set = {
      monthly: { amount: '100', currency: 'EUR' },
      thresholds: [90, 20],
      hold: false,
      exemptLanes: ['otp'],
    };
    expect(await put(set)).toMatchObject({
      ...set,
      thresholds: [20, 90],
      remaining: { amount: '100', currency: 'EUR' },
      percent: 0,
      held: false,
    });
    expect(await put(usd('5'))).toMatchObject({ thresholds: [50, 80, 100], hold: true, monthly: { currency: 'USD' } });
    expect(await put({ monthly: null })).toMatchObject({ monthly: null, remaining: null, percent: null });
    const { body } = await tenant.api.get('/audit-log');
    expect((body['data'] as unknown[]).slice(0, 3)).toMatchObject([
      { action: 'budget.updated', detail: { budget: null } },
      { action: 'budget.updated', detail: { budget: { amount: '5', currency: 'USD' } } },
      { action: 'budget.updated', detail: { budget: { amount: '100', exemptLanes: ['otp'] } } },
    ]);
  });

  it.each([
    [{ monthly: { amount: '0.00', currency: 'EUR' } }, '/monthly/amount'],
    [{ monthly: { amount: '-1', currency: 'EUR' } }, '/monthly/amount'],
    [{ monthly: { amount: 5, currency: 'EUR' } }, '/monthly/amount'],
    [{ monthly: { amount: '5', currency: 'euro' } }, '/monthly/currency'],
    [{ ...usd('5'), thresholds: [0] }, '/thresholds'],
    [{ ...usd('5'), thresholds: [50, 50] }, '/thresholds'],
    [{ ...usd('5'), thresholds: null }, '/thresholds'],
    [{ ...usd('5'), exemptLanes: ['fast'] }, '/exemptLanes'],
    [{ ...usd('5'), hold: 'no' }, '/hold'],
  ])('refuses %j, naming the field', async (body, pointer) => {
    const answer = await tenant.api.put('/budget', body);
    expect(answer.status).toBe(422);
    const errors = answer.body['errors'] as { pointer: string }[];
    expect(errors.map((each) => each.pointer)).toContainEqual(expect.stringContaining(pointer));
    expect(await budget()).toMatchObject({ monthly: null });
  });

  it('is set by whoever may, and read by whoever reads statistics', async () => {
    const reader = new Api(app.url, await app.key(tenant.tenantId, ['stats:read']));
    expect((await reader.get('/budget')).status).toBe(200);
    expect((await reader.put('/budget', usd('5'))).status).toBe(403);
    const setter = new Api(app.url, await app.key(tenant.tenantId, ['budget:manage']));
    expect((await setter.put('/budget', usd('5'))).status).toBe(200);
  });
});

describe('a budget that is used up', () => {
  it('holds messages with a reason, lets exempt lanes pass, and lets go of them when it is raised', async () => {
    await put(usd('0.015', { exemptLanes: ['otp'] }));
    await sent();
    await sent();
    expect(await budget()).toMatchObject({ held: true, percent: 100, remaining: { amount: '0', currency: 'USD' } });
    const waiting = [await held(), await held({ lane: 'transactional' })];
    const why = await tenant.api.get(`/messages/${waiting[0]}/why`);
    expect(why.body).toMatchObject({
      status: 'QUEUED',
      reason: {
        code: 'budget_held',
        rule: { type: 'budget', amount: '0.015', currency: 'USD', until: expect.any(String) },
        remedy: expect.stringContaining('PUT /budget'),
      },
      nextAt: expect.any(String),
    });
    const inMs = Date.parse(String(why.body['nextAt'])) - Date.now();
    expect(inMs).toBeGreaterThan(0);
    expect(inMs).toBeLessThan(61_000);
    await sent({ lane: 'otp' });

    const { body: before } = await tenant.api.get(`/messages/${waiting[0]}`);
    expect(before).toMatchObject({ status: 'QUEUED', attempts: 0, cost: null });
    expect(await put(usd('1'))).toMatchObject({ held: false });
    for (const id of waiting) {
      const { body } = await tenant.api.message(id, 'SENT', 'DELIVERED');
      expect(body).toMatchObject({ reason: null, attempts: 1 });
    }
    expect((await budget())['spent']).toEqual([{ amount: '0.0375', currency: 'USD' }]);
  });

  it('holds nothing when it is only there to be told of, and only what it counts', async () => {
    await put(usd('0.0075', { hold: false }));
    await sent();
    await sent();
    expect(await budget()).toMatchObject({ held: false, percent: 200, remaining: { amount: '0' } });
    await put({ monthly: { amount: '0.001', currency: 'EUR' }, exemptLanes: [] });
    await sent();
    expect(await budget()).toMatchObject({ held: false, percent: 0, spent: [{ amount: '0.0225', currency: 'USD' }] });
  });

  it('is a new one in the next month', async () => {
    await put(usd('0.001'));
    await sent();
    const id = await held();
    // A month goes by: what was spent is of the last one, and the minute of waiting is over.
    await app.sql(`UPDATE tenant_spend SET month = (month - interval '1 month')::date WHERE tenant_id = $1`, [
      tenant.tenantId,
    ]);
    await app.sql('UPDATE communication_message SET due_at = now() WHERE tenant_id = $1 AND id = $2', [
      tenant.tenantId,
      id,
    ]);
    const { body } = await tenant.api.message(id, 'SENT', 'DELIVERED');
    expect(body['reason']).toBeNull();
  });

  it('waits no longer than to the end of the month, in the time zone of the tenant', async () => {
    await tenant.api.patch('/consent-settings', { timezone: 'Pacific/Kiritimati' });
    const { month, timezone, endsAt } = await budget();
    expect(timezone).toBe('Pacific/Kiritimati');
    const there = new Date(Date.parse(String(endsAt)) + 14 * 3_600_000).toISOString();
    expect(there).toMatch(/^\d{4}-\d\d-01T00:00:00/);
    expect(there.slice(0, 7) > String(month)).toBe(true);
  });

  it('drops nothing but what expires while it waits', async () => {
    await put(usd('0.001'));
    await sent();
    const id = await held({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    await app.sql(`UPDATE communication_message SET expires_at = now() WHERE tenant_id = $1 AND id = $2`, [
      tenant.tenantId,
      id,
    ]);
    const { body } = await tenant.api.message(id, 'EXPIRED');
    expect(body).toMatchObject({ attempts: 0, reason: { code: 'expired' } });
  });

  it('is no concern of other tenants', async () => {
    const other = await app.tenant();
    await put(usd('0.001', { exemptLanes: [] }));
    await sent();
    await held();
    const theirs = await other.api.post('/messages', {
      channelType: 'SMS',
      to: '+14155552671',
      content: { text: 'Hi' },
    });
    await other.api.message(theirs.body['id'], 'SENT', 'DELIVERED');
    expect((await other.api.get('/budget')).body).toMatchObject({ monthly: null, held: false });
  });
});

describe('the thresholds of a budget', () => {
  const reached = async (...thresholds: number[]): Promise<Answer> => {
    await app.runtime.app.get(BudgetWatch).look();
    const answer = await tenant.api.get('/budget');
    const alerts = answer.body['alerts'] as { threshold: number }[];
    expect(alerts.map(({ threshold }) => threshold)).toEqual(thresholds);
    return answer;
  };
  const counted = async () =>
    /carillon_budget_alerts_total\{limit="true"\} (\d+)/.exec(await metrics.metrics())?.[1] ?? '0';

  it('are told once each, in the answer, in the audit log and in a metric', async () => {
    await reached(); // of this tenant nothing; of those before it, whatever was not told yet
    const before = Number(await counted());
    await put(usd('0.03', { thresholds: [50, 80, 100] }));
    await sent();
    await reached();
    await sent();
    await reached(50);
    await sent();
    await sent();
    const { body } = await reached(50, 80, 100);
    expect((body['alerts'] as unknown[])[0]).toEqual({
      threshold: 50,
      at: expect.any(String),
      spent: { amount: '0.015', currency: 'USD' },
      monthly: { amount: '0.03', currency: 'USD' },
    });
    await Promise.all([1, 2, 3].map(() => app.runtime.app.get(BudgetWatch).look()));
    const lines = await audited();
    expect(lines.map(({ detail }) => detail['threshold'])).toEqual([100, 80, 50]);
    expect(lines[0]).toMatchObject({ actor: 'key:worker', detail: { spent: '0.03', amount: '0.03', currency: 'USD' } });
    expect(Number(await counted())).toBe(before + 1);
    expect(await metrics.metrics()).toMatch(/carillon_budget_held_tenants [1-9]/);
  });

  it('are told again when the budget was raised and is used up again', async () => {
    await put(usd('0.0075', { thresholds: [50, 100] }));
    await sent();
    await reached(50, 100);
    await put(usd('0.015', { thresholds: [50, 100] }));
    await reached(50);
    await sent();
    await reached(50, 100);
    expect((await audited()).map(({ detail }) => detail['threshold'])).toEqual([100, 100, 50]);
  });
});

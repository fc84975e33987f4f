import { WebhookProcessor } from '../../src/webhooks/webhook-processor';
import type { Answer } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';

type Row = Record<string, unknown>;

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp({ WEBHOOK_LOG_HOURS: '2' });
  tenant = await app.tenant();
});
afterAll(() => app.close());

const data = ({ body }: Answer) => body['data'] as Row[];
const age = (hours: number, status: string) =>
  app.sql(
    `UPDATE communication_webhook_log SET received_at = now() - make_interval(hours => $2), status = $3,
       url = 'https://example.com/hook?text=secret', due_at = now() + interval '1 day' WHERE tenant_id = $1`,
    [tenant.tenantId, hours, status],
  );
const empty = () => app.runtime.app.get(WebhookProcessor).emptyOld(2);
const stored = () =>
  app.sql(`SELECT length(raw_body) AS size, headers::text, url FROM communication_webhook_log WHERE tenant_id = $1`, [
    tenant.tenantId,
  ]);

it('keeps what providers sent for a limited time, and can replay it for so long', async () => {
  const sent = await tenant.api.post('/messages', { channelType: 'SMS', to: '+14155550100', content: { text: 'Hi' } });
  await tenant.api.message(sent.body['id'], 'DELIVERED');
  const processed = await tenant.api.until('/webhook-logs', (answer) =>
    data(answer).every(({ status }) => status === 'PROCESSED'),
  );
  const ids = data(processed).map(({ id }) => String(id));
  const before = await stored();
  expect(before.length).toBeGreaterThan(0);

  await age(1, 'PROCESSED');
  expect(await empty()).toBe(0);
  await age(3, 'PENDING'); // not processed yet, so it is still needed
  expect(await empty()).toBe(0);
  expect((await stored()).map(({ size }) => size)).toEqual(before.map(({ size }) => size));

  await age(3, 'FAILED');
  expect(await empty()).toBe(before.length);
  expect(await stored()).toEqual(before.map(() => ({ size: 0, headers: '{}', url: 'https://example.com/hook' })));
  expect(await empty()).toBe(0);

  expect(data(await tenant.api.get('/webhook-logs'))).toEqual(
    ids.map((id) => expect.objectContaining({ id, sizeBytes: 0, emptiedAt: expect.stringMatching(/Z$/) })),
  );
  for (const id of ids) {
    const answer = await tenant.api.post(`/webhook-logs/${id}/replay`);
    expect([answer.status, answer.body['code']]).toEqual([409, 'webhook_emptied']);
  }
  expect(data(await tenant.api.get('/webhook-logs')).map(({ status }) => status)).toEqual(ids.map(() => 'FAILED'));
  expect((await tenant.api.post('/webhook-logs/01890000-0000-7000-8000-000000000000/replay')).status).toBe(404);
});

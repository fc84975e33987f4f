import { TenantDb } from '../../src/platform/db/tenant-db';
import { recordConsent, type Statement } from '../../src/preferences/withdrawal';
import { startApp, type TestApp, type TestTenant } from '../support/app';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant({ bare: true });
});
afterAll(() => app.close());

const record = (statement: Statement) =>
  app.runtime.app.get(TenantDb).run(tenant.tenantId, (tx) => recordConsent(tx, statement));

const inForce = async (channelType: string, address: string) => {
  const { body } = await tenant.api.get(
    `/suppressions?channelType=${channelType}&address=${encodeURIComponent(address)}`,
  );
  return (body['data'] as { reason: string; purpose: string }[]).map(({ reason, purpose }) => `${reason} ${purpose}`);
};

const proof = async (address: string) =>
  (await app.sql<{ action: string }>(`SELECT action FROM consent_event WHERE address = $1 ORDER BY id`, [address])).map(
    ({ action }) => action,
  );

it.each([
  ['SMS', '+14155550120', 'OPTED_OUT', 'ALL'],
  ['WHATSAPP', '+14155550121', 'OPTED_OUT', 'ALL'],
  ['TELEGRAM', '4711', 'OPTED_OUT', 'ALL'],
  ['EMAIL', 'unsubscribed@example.com', 'OPTED_OUT', 'MARKETING'],
  ['EMAIL', 'complained@example.com', 'COMPLAINED', 'ALL'],
  ['EMAIL', 'bounced@example.com', 'HARD_BOUNCED', 'ALL'],
] as const)('on %s %s %s suppresses the purpose %s', async (channelType, address, action, purpose) => {
  await record({ channelType, address, action, source: 'provider' });
  expect(await inForce(channelType, address)).toEqual([`${action} ${purpose}`]);
  expect(await proof(address)).toEqual([action]);
});

it('suppresses once what is said twice, and keeps both as proof', async () => {
  const statement = { channelType: 'SMS', address: '+14155550130', action: 'OPTED_OUT', source: 'STOP' } as const;
  await Promise.all([record(statement), record(statement)]);
  expect(await inForce('SMS', statement.address)).toEqual(['OPTED_OUT ALL']);
  expect(await proof(statement.address)).toEqual(['OPTED_OUT', 'OPTED_OUT']);
});

it('lets the person take back an opt-out, and nothing else', async () => {
  const place = { channelType: 'SMS', address: '+14155550131', source: 'x' } as const;
  for (const action of ['OPTED_OUT', 'COMPLAINED', 'HARD_BOUNCED'] as const) await record({ ...place, action });
  await record({ ...place, action: 'OPTED_IN', source: 'START' });
  expect((await inForce('SMS', place.address)).sort()).toEqual(['COMPLAINED ALL', 'HARD_BOUNCED ALL']);
  expect(await proof(place.address)).toEqual(['OPTED_OUT', 'COMPLAINED', 'HARD_BOUNCED', 'OPTED_IN']);
});

it('lets the person opt out again after opting in', async () => {
  const place = { channelType: 'EMAIL', address: 'again@example.com', source: 'x' } as const;
  for (const action of ['OPTED_OUT', 'OPTED_IN', 'OPTED_OUT'] as const) await record({ ...place, action });
  expect(await inForce('EMAIL', place.address)).toEqual(['OPTED_OUT MARKETING']);
});

it('keeps an address that has no known form as it came, so that nothing that was said is lost', async () => {
  await record({ channelType: 'SMS', address: 'INFO', action: 'OPTED_OUT', source: 's'.repeat(500) });
  expect(await proof('INFO')).toEqual(['OPTED_OUT']);
});

import { startApp, type TestApp, type TestTenant } from '../support/app';
import { ledger, linkFor, press } from './page-visits';

let app: TestApp;
let tenant: TestTenant;

/** Who, by the ledger, pressed the button, when the call says that it was passed on for these. */
async function pressedBy(email: string, forwardedFor: string): Promise<unknown> {
  const url = await linkFor(app, tenant, email);
  expect((await press(url, [['do', 'unsubscribe']], { 'x-forwarded-for': forwardedFor })).status).toBe(200);
  return (await ledger(app, tenant, email))[0]?.['ip'];
}

describe('with a proxy that the operator trusts', () => {
  beforeAll(async () => {
    app = await startApp({ TRUSTED_PROXIES: '127.0.0.0/8, ::1' });
    tenant = await app.tenant({ bare: true });
  });
  afterAll(() => app.close());

  it('the proof names the person behind it, and nobody whom the person made up', async () => {
    expect(await pressedBy('one@example.com', '203.0.113.7')).toBe('203.0.113.7');
    expect(await pressedBy('two@example.com', '198.51.100.1, 2001:db8::7')).toBe('2001:db8::7');
    expect(await pressedBy('three@example.com', 'nonsense')).toBeNull();
  });

  it('each person has an own bucket', async () => {
    const guess = (from: string) => fetch(`${app.url}/p/guess`, { headers: { 'x-forwarded-for': from } });
    const statuses = await Promise.all(Array.from({ length: 60 }, async () => (await guess('203.0.113.8')).status));
    expect(statuses).toContain(429);
    expect((await guess('203.0.113.9')).status).toBe(404);
  });
});

describe('without one', () => {
  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant({ bare: true });
  });
  afterAll(() => app.close());

  it('nobody is believed but the connection', async () => {
    expect(await pressedBy('four@example.com', '203.0.113.7')).toBe('127.0.0.1');
  });
});

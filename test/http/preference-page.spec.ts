import { startApp, type TestApp, type TestTenant } from '../support/app';
import { advertise, choices, ledger, linkFor, press, suppressed, urlIn, visit } from './page-visits';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const statusOf = async (to: string, more: Record<string, unknown> = {}) => {
  const content = { subject: 'Hi', text: 'Hello' };
  const sent = await tenant.api.post('/messages', { channelType: 'EMAIL', to, content, ...more });
  const { body } = await tenant.api.message(sent.body['id'], 'DELIVERED', 'SUPPRESSED');
  return body['status'];
};

const MARKETING = { purpose: 'MARKETING' };

describe('the page', () => {
  it('shows whose settings these are and what holds, in the language of the person', async () => {
    const to = 'grete@example.com';
    await tenant.api.post('/contacts', { email: to, language: 'de-AT', externalId: 'grete' });
    await tenant.api.post('/contacts/ext:grete/preferences', { topics: { weekly_news: { EMAIL: false } } });
    const url = await linkFor(app, tenant, to, { topic: 'offers' });
    const { html } = await visit(url, { headers: { 'accept-language': 'fr' } });
    expect(html).toContain('<html lang="de">');
    expect(html).toContain('Ihre Nachrichten von Test tenant');
    expect(html).toContain('g•••@example.com');
    expect(html).not.toContain(to);
    expect(html).toMatch(/value="offers"\s+checked/);
    expect(html).toMatch(/value="weekly_news"\s+\/>/);
    expect(html).toMatch(/value="chosen"\s+checked/);
  });

  it.each([
    ['pl-PL, en;q=0.5', 'pl'],
    ['xx, nl;q=0.2, it;q=0.8', 'it'],
    ['*', 'en'],
    ['', 'en'],
  ])('speaks the language of the browser where the person has none: %s', async (accepted, language) => {
    const url = await linkFor(app, tenant, 'nobody.in.particular@example.com');
    const { html } = await visit(url, { headers: { 'accept-language': accepted } });
    expect(html).toContain(`<html lang="${language}">`);
  });

  it('keeps what was chosen, says what is then in force, and notes who said so from where', async () => {
    const to = 'chooser@example.com';
    const mail = await advertise(tenant, to, { topic: 'offers' });
    const url = urlIn(mail);
    const { status, html } = await press(url, choices({ offers: false }, 'no_marketing'), {
      'user-agent': 'Browser/9',
    });
    expect(status).toBe(200);
    expect(html).toContain('role="status"');
    expect(html).toMatch(/value="offers"\s+\/>/);
    expect(html).toMatch(/value="no_marketing"\s+checked/);
    const proof = {
      source: 'preference page',
      actor: null,
      messageId: mail.id,
      ip: '127.0.0.1',
      userAgent: 'Browser/9',
    };
    expect(await ledger(app, tenant, to)).toEqual([
      { action: 'OPTED_OUT', purpose: 'MARKETING', topic: null, ...proof },
      { action: 'OPTED_OUT', purpose: 'ALL', topic: 'offers', ...proof },
    ]);
    const [contact] = (await tenant.api.get(`/contacts?email=${to}`)).body['data'] as { id: string }[];
    const { body } = await tenant.api.get(`/contacts/${contact?.id}/preferences`);
    expect(body['topics']).toEqual({ offers: { EMAIL: false } });
    expect(await statusOf(to, { topic: 'offers' })).toEqual('SUPPRESSED');
  });

  it('leaves what it did not show, and what did not change, as it was', async () => {
    const to = 'partial@example.com';
    await tenant.api.post('/contacts', { email: to, externalId: 'partial' });
    const topics = { news: { EMAIL: false, SMS: false }, offers: { EMAIL: false } };
    await tenant.api.post('/contacts/ext:partial/preferences', {
      topics,
      quietHours: { start: '21:00', end: '08:00' },
    });
    const url = await linkFor(app, tenant, to);
    await press(url, choices({ news: true, unheard_of: true }));
    const { body } = await tenant.api.get('/contacts/ext:partial/preferences');
    expect(body).toMatchObject({
      topics: { news: { EMAIL: true, SMS: false }, offers: { EMAIL: false } },
      quietHours: { start: '21:00', end: '08:00' },
    });
    await press(url, choices({ news: true }));
    expect(await ledger(app, tenant, to)).toMatchObject([{ action: 'OPTED_IN', topic: 'news' }]);
  });

  it('lets the person stop everything, and take that back', async () => {
    const to = 'back@example.com';
    const url = await linkFor(app, tenant, to);
    await press(url, choices({}, 'nothing'));
    expect(await statusOf(to)).toEqual('SUPPRESSED');
    await press(url, choices({}, 'no_marketing'));
    expect([await statusOf(to), await statusOf(to, MARKETING)]).toEqual(['DELIVERED', 'SUPPRESSED']);
    await press(url, choices({}, 'chosen'));
    expect(await statusOf(to, MARKETING)).toEqual('DELIVERED');
    expect(
      (await ledger(app, tenant, to)).map(({ action, purpose }) => `${String(action)} ${String(purpose)}`),
    ).toEqual(['OPTED_OUT ALL', 'OPTED_IN ALL', 'OPTED_OUT MARKETING', 'OPTED_IN MARKETING']);
  });

  it('is where the person can take back a refusal of advertising that stands in the preferences', async () => {
    const to = 'by.preference@example.com';
    await tenant.api.post('/contacts', { email: to, externalId: 'by.preference' });
    const path = '/contacts/ext:by.preference/preferences';
    await tenant.api.post(path, { purposes: { MARKETING: { EMAIL: false, SMS: false } } });
    const url = await linkFor(app, tenant, to, { bare: true });
    expect((await visit(url)).html).toMatch(/value="no_marketing"\s+checked/);
    await press(url, choices({}, 'chosen'));
    expect((await tenant.api.get(path)).body['purposes']).toEqual({ MARKETING: { SMS: false } });
  });

  it.each([
    ['COMPLAINED', 'reported'],
    ['HARD_BOUNCED', 'came back'],
    ['MANUAL', 'sends nothing'],
  ])('does not take back what the person did not say there (%s), and says so', async (reason, words) => {
    const to = `${reason.toLowerCase()}@example.com`;
    const url = await linkFor(app, tenant, to);
    await tenant.api.post('/suppressions', { channelType: 'EMAIL', address: to, reason });
    await press(url, choices({}, 'nothing'));
    const { html } = await press(url, choices({}, 'chosen'));
    expect(html).toContain(words);
    expect(await suppressed(app, tenant, to)).toMatchObject([{ reason, purpose: 'ALL' }]);
    expect(await statusOf(to)).toEqual('SUPPRESSED');
  });

  it('has a button for those who just want out', async () => {
    const to = 'out@example.com';
    const url = await linkFor(app, tenant, to);
    expect((await visit(url)).html).toContain('Stop all advertising');
    const { status, html } = await press(url, [['do', 'unsubscribe']]);
    expect([status, html.includes('no more advertising'), html.includes('Stop all advertising')]).toEqual([
      200,
      true,
      false,
    ]);
    expect(await suppressed(app, tenant, to)).toMatchObject([{ purpose: 'MARKETING', source: 'preference page' }]);
  });

  it('shows declared topics by their titles, what holds for those who never chose, and what cannot be switched off', async () => {
    const guest = await app.tenant();
    const declare = (name: string, body: object) => guest.api.put(`/topics/${name}`, body);
    await declare('orders', { title: 'Your orders', isCritical: true });
    await declare('tips', { title: 'Tips & tricks', description: 'Every Friday.', defaults: { EMAIL: false } });
    const to = 'topics@example.com';
    const url = await linkFor(app, guest, to, { topic: 'orders' });
    const { html } = await visit(url);
    expect(html).toMatch(/checked disabled \/>\s*<label[^>]*>Your orders <span class="hint"><?[^<]*Always on/);
    expect(html).toMatch(/value="tips"\s+\/>\s*<label[^>]*>Tips &amp; tricks <span class="hint">Every Friday\.</);
    expect(html).toContain('Stop all advertising');
    await press(url, choices({ orders: false, tips: true }));
    expect(await ledger(app, guest, to)).toMatchObject([{ action: 'OPTED_IN', topic: 'tips' }]);
    const topical = await guest.api.post('/messages', {
      ...{ channelType: 'EMAIL', to, topic: 'tips', purpose: 'MARKETING', content: { subject: 's', text: 't' } },
    });
    expect(topical.body['status']).toBe('QUEUED');
    await press(url, [['do', 'unsubscribe']]);
    expect(await suppressed(app, guest, to)).toMatchObject([{ purpose: 'MARKETING' }]);
  });

  it('knows what was said before the address was erased, and takes that back too', async () => {
    const to = 'erased@example.com';
    const url = await linkFor(app, tenant, to);
    await press(url, choices({}, 'no_marketing'));
    await app.sql(
      `UPDATE suppression s SET address = hidden_address(t.address_salt, s.channel_type, s.address)
       FROM tenant t WHERE t.id = s.tenant_id AND s.address = $1`,
      [to],
    );
    expect((await visit(url)).html).toMatch(/value="no_marketing"\s+checked/);
    await press(url, choices({}, 'chosen'));
    expect(await statusOf(to, MARKETING)).toEqual('DELIVERED');
  });

  it('takes names for names, whatever they look like', async () => {
    const guest = await app.tenant();
    const name = `<script>alert(1)</script>"'&{address}`;
    await app.sql('UPDATE tenant SET name = $2 WHERE id = $1', [guest.tenantId, name]);
    const { html } = await visit(await linkFor(app, guest, 'escaped@example.com'));
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;{address}');
  });
});

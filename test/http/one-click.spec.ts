import { startApp, type TestApp, type TestTenant } from '../support/app';
import { advertise, ledger, linkFor, suppressed, urlIn, visit } from './page-visits';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const ONE_CLICK = 'List-Unsubscribe=One-Click';

const statusOf = async (to: string, more: Record<string, unknown> = {}) => {
  const content = { subject: 'Hi', text: 'Hello' };
  const sent = await tenant.api.post('/messages', { channelType: 'EMAIL', to, content, ...more });
  const { body } = await tenant.api.message(sent.body['id'], 'DELIVERED', 'SUPPRESSED');
  return body['status'];
};

const MARKETING = { purpose: 'MARKETING' };

describe('an advertising e-mail', () => {
  it('carries both headers of one-click unsubscribe, and they lead to this server', async () => {
    const { headers } = await advertise(tenant, 'headers@example.com');
    expect(headers).toEqual({
      'List-Unsubscribe': expect.stringMatching(/^<http:\/\/127\.0\.0\.1:\d+\/p\/[\w-]{100,}>$/),
      'List-Unsubscribe-Post': ONE_CLICK,
    });
    expect(urlIn({ headers })).toContain(app.url);
  });

  it('is the only one: neither a receipt nor another channel has them', async () => {
    const receipt = await advertise(tenant, 'receipt@example.com', { purpose: 'TRANSACTIONAL' });
    const text = await advertise(tenant, '+14155550177', { channelType: 'SMS', content: { text: 'Offers' } });
    expect([receipt.headers, text.headers]).toEqual([{}, {}]);
  });
});

describe('one-click unsubscribe', () => {
  const boundary = 'x-one-click';
  const multipart = `--${boundary}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--${boundary}--\r\n`;

  it.each([
    ['as a form', FORM['content-type'], ONE_CLICK],
    ['as a multipart form', `multipart/form-data; boundary=${boundary}`, multipart],
  ])('%s, without cookie or redirect, ends advertising and nothing else', async (name, type, body) => {
    const to = `${name.replaceAll(' ', '.')}@example.com`;
    const mail = await advertise(tenant, to);
    const headers = { 'content-type': type, 'user-agent': 'Mailbox/1.0' };
    const answer = await visit(urlIn(mail), { method: 'POST', headers, body });
    expect([answer.status, answer.headers.get('set-cookie'), answer.headers.get('location')]).toEqual([
      200,
      null,
      null,
    ]);
    expect(await suppressed(app, tenant, to)).toEqual([
      { reason: 'OPTED_OUT', purpose: 'MARKETING', source: 'one-click' },
    ]);
    expect(await ledger(app, tenant, to)).toEqual([
      {
        action: 'OPTED_OUT',
        purpose: 'MARKETING',
        source: 'one-click',
        topic: null,
        actor: null,
        messageId: mail.id,
        ip: '127.0.0.1',
        userAgent: 'Mailbox/1.0',
      },
    ]);
    expect(await statusOf(to, MARKETING)).toEqual('SUPPRESSED');
    expect(await statusOf(to)).toEqual('DELIVERED');
  });

  it('twice is once', async () => {
    const url = await linkFor(app, tenant, 'twice@example.com');
    for (let time = 0; time < 2; time++)
      expect((await visit(url, { method: 'POST', headers: FORM, body: ONE_CLICK })).status).toBe(200);
    expect(await ledger(app, tenant, 'twice@example.com')).toHaveLength(1);
  });

  it('ends the list that the message came under, and no other', async () => {
    const to = 'topical@example.com';
    const url = await linkFor(app, tenant, to, { topic: 'weekly_news' });
    await visit(url, { method: 'POST', headers: FORM, body: ONE_CLICK });
    expect(await suppressed(app, tenant, to)).toEqual([]);
    expect(await ledger(app, tenant, to)).toMatchObject([
      { action: 'OPTED_OUT', purpose: 'ALL', topic: 'weekly_news', source: 'one-click' },
    ]);
    expect(await statusOf(to, { ...MARKETING, topic: 'weekly_news' })).toEqual('SUPPRESSED');
    expect(await statusOf(to, { ...MARKETING, topic: 'offers' })).toEqual('DELIVERED');
  });

  it('is not done by looking: GET and HEAD, however often, change nothing', async () => {
    const to = 'scanned@example.com';
    const url = await linkFor(app, tenant, to, { topic: 'weekly_news' });
    for (const method of ['GET', 'HEAD', 'GET']) expect((await visit(url, { method })).status).toBe(200);
    expect((await visit(`${url}?${ONE_CLICK}`)).status).toBe(200);
    expect([await suppressed(app, tenant, to), await ledger(app, tenant, to)]).toEqual([[], []]);
    expect(await statusOf(to, { ...MARKETING, topic: 'weekly_news' })).toEqual('DELIVERED');
  });

  it('works for an address that nobody holds any more', async () => {
    const to = 'gone@example.com';
    const url = urlIn(await advertise(tenant, to, { topic: 'weekly_news' }));
    const [contact] = (await tenant.api.get(`/contacts?email=${to}`)).body['data'] as { id: string }[];
    expect((await tenant.api.delete(`/contacts/${contact?.id}`)).status).toBe(204);
    expect((await visit(url, { method: 'POST', headers: FORM, body: ONE_CLICK })).status).toBe(200);
    expect(await suppressed(app, tenant, to)).toMatchObject([{ reason: 'OPTED_OUT', purpose: 'MARKETING' }]);
    expect(await statusOf(to, { ...MARKETING, topic: 'weekly_news' })).toEqual('SUPPRESSED');
  });
});

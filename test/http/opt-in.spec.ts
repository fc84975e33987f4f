import { uuidv7 } from '../../src/platform/db/uuid';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { ledger, linkFor, press, suppressed, visit } from './page-visits';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const CONFIRM: [string, string][] = [['do', 'confirm']];

const contact = async (body: Record<string, unknown>) => String((await tenant.api.post('/contacts', body)).body['id']);

const ask = (id: string, body: Record<string, unknown>, headers = {}) =>
  tenant.api.post(`/contacts/${id}/opt-in-requests`, { channelType: 'EMAIL', ...body }, headers);

/** What the sandbox sent for the request, and the link in it. */
const question = async (messageId: unknown) => {
  await tenant.api.message(messageId, 'DELIVERED');
  const { body } = await tenant.api.get(`/sandbox/messages?messageId=${String(messageId)}`);
  const [sent] = body['data'] as { content: { subject?: string; text: string; html?: string } }[];
  const text = sent?.content.text ?? '';
  return { ...sent?.content, text, url: /https?:\S+/.exec(text)?.[0] ?? '' };
};

describe('a request for consent', () => {
  it('asks the person in the own language, and allows nothing before there is an answer', async () => {
    const to = 'ask@example.com';
    const id = await contact({ email: to, language: 'de' });
    const asked = await ask(id, { topic: 'weekly_news' });
    expect(asked.status).toBe(202);
    expect(asked.body).toEqual({
      id: expect.any(String),
      messageId: expect.any(String),
      channelType: 'EMAIL',
      topic: 'weekly_news',
      expiresAt: expect.any(String),
    });
    const days = (Date.parse(String(asked.body['expiresAt'])) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(7, 2);
    const { subject, text, html, url } = await question(asked.body['messageId']);
    expect(subject).toBe('Bitte bestätigen: Nachrichten von Test tenant');
    expect(text).toContain('„Weekly news“');
    expect(html).toContain(`<a href="${url}">`);
    expect(await ledger(app, tenant, to)).toMatchObject([
      { action: 'OPT_IN_REQUESTED', topic: 'weekly_news', messageId: asked.body['messageId'], source: 'api' },
    ]);
    expect((await tenant.api.get(`/contacts/${id}/preferences`)).body['topics']).toEqual({});
  });

  it('is a short text where the channel takes texts only', async () => {
    const id = await contact({ phone: '+14155550133' });
    const { body } = await ask(id, { channelType: 'SMS' });
    const { subject, html, text, url } = await question(body['messageId']);
    expect([subject, html]).toEqual([undefined, undefined]);
    expect(text).toContain(url);
    expect(url.length).toBeLessThan(160);
  });

  it('may be in the words of the tenant', async () => {
    const template = await tenant.api.post('/templates', {
      name: 'confirm',
      channelType: 'EMAIL',
      subject: '{{ sender }} asks {{ name }}',
      body: '{{ topic }}: {{ confirm_url }}',
    });
    const id = await contact({ email: 'own.words@example.com', name: 'Ada' });
    const { body } = await ask(id, { topic: 'offers', templateId: template.body['id'] });
    const { subject, text, url } = await question(body['messageId']);
    expect([subject, text]).toEqual(['Test tenant asks Ada', `Offers: ${url}`]);
    expect((await visit(url)).html).toContain('Yes, I want this');
  });

  it('goes out once a day for an address and topic, however many ask at the same moment', async () => {
    const id = await contact({ email: 'daily@example.com' });
    const first = await Promise.all(Array.from({ length: 6 }, () => ask(id, { topic: 'offers' })));
    expect(first.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(new Set(first.map(({ body }) => body['code']))).toEqual(new Set([undefined, 'opt_in_requested']));
    expect((await ask(id, { topic: 'offers' })).body['code']).toBe('opt_in_requested');
    expect((await ask(id, { topic: 'news' })).status).toBe(202);
    expect((await ask(id, {})).status).toBe(202);
    await app.sql(`UPDATE consent_event SET at = at - interval '25 hours' WHERE tenant_id = $1`, [tenant.tenantId]);
    expect((await ask(id, { topic: 'offers' })).status).toBe(202);
  });

  it('has the same answer for the same Idempotency-Key', async () => {
    const id = await contact({ email: 'idempotent@example.com' });
    const key = { 'idempotency-key': uuidv7() };
    const [first, again] = [await ask(id, {}, key), await ask(id, {}, key)];
    expect([first.status, again.status, again.body['id']]).toEqual([202, 202, first.body['id']]);
    expect((await ask(id, {}, { 'idempotency-key': uuidv7() })).status).toBe(409);
  });

  it.each([
    ['OPTED_OUT', 'opt_out_by_user'],
    ['COMPLAINED', 'opt_out_by_user'],
    ['HARD_BOUNCED', 'conflict'],
  ])('goes nowhere where nothing may go: %s', async (reason, code) => {
    const email = `no.${reason.toLowerCase()}@example.com`;
    const id = await contact({ email });
    await tenant.api.post('/suppressions', { channelType: 'EMAIL', address: email, reason });
    const { status, body } = await ask(id, {});
    expect([status, body['code']]).toEqual([409, code]);
  });

  it('names what is wrong, and then asks nobody', async () => {
    const id = await contact({ email: 'wrong@example.com' });
    const sms = (await tenant.api.get('/channels')).body['data'] as { id: string; channelType: string }[];
    const wrong: [Record<string, unknown>, number, string | undefined][] = [
      [{ channelType: 'SMS' }, 422, '/channelType'],
      [{ channelType: 'FAX' }, 422, '/channelType'],
      [{ topic: 'Not a topic' }, 422, '/topic'],
      [{ channelId: sms.find((each) => each.channelType === 'SMS')?.id }, 422, '/channelId'],
      [{ channelId: uuidv7() }, 404, undefined],
      [{ templateId: uuidv7() }, 404, undefined],
    ];
    for (const [body, status, pointer] of wrong) {
      const answer = await ask(id, body);
      const errors = answer.body['errors'] as { pointer: string }[] | undefined;
      expect([body, answer.status, errors?.[0]?.pointer]).toEqual([body, status, pointer]);
    }
    expect((await ask(uuidv7(), {})).status).toBe(404);
    expect(await ledger(app, tenant, 'wrong@example.com')).toEqual([]);
  });
});

describe('the answer', () => {
  it('lets a topic through that is off until people ask for it', async () => {
    const to = 'wants.tips@example.com';
    await tenant.api.put('/topics/tips', { title: 'Tips', defaults: { EMAIL: false } });
    const id = await contact({ email: to });
    const send = async () => {
      const content = { subject: 's', text: 't' };
      return (await tenant.api.post('/messages', { channelType: 'EMAIL', to, topic: 'tips', content })).body['status'];
    };
    expect(await send()).toBe('SUPPRESSED');
    await press((await question((await ask(id, { topic: 'tips' })).body['messageId'])).url, CONFIRM);
    expect(await send()).toBe('QUEUED');
  });

  it('is given by a button, not by looking; it allows the topic once and proves it', async () => {
    const to = 'yes@example.com';
    const id = await contact({ email: to });
    await tenant.api.post(`/contacts/${id}/preferences`, { topics: { offers: { EMAIL: false, SMS: false } } });
    const asked = await ask(id, { topic: 'offers' });
    const { url } = await question(asked.body['messageId']);
    const seen = await visit(url);
    expect([seen.status, seen.html.includes('Yes, I want this')]).toEqual([200, true]);
    const topics = async () => (await tenant.api.get(`/contacts/${id}/preferences`)).body['topics'];
    expect(await topics()).toEqual({ offers: { EMAIL: false, SMS: false } });

    const confirmed = await press(url, CONFIRM, { 'user-agent': 'Browser/9' });
    expect([confirmed.status, confirmed.html.includes('this is confirmed')]).toEqual([200, true]);
    expect(await topics()).toEqual({ offers: { EMAIL: true, SMS: false } });
    const said = {
      action: 'OPTED_IN',
      topic: 'offers',
      source: 'double opt-in',
      ip: '127.0.0.1',
      userAgent: 'Browser/9',
    };
    expect((await ledger(app, tenant, to)).slice(1)).toMatchObject([{ ...said, actor: null }]);

    await press(await linkFor(app, tenant, to, { topic: 'offers', bare: true }), [['do', 'unsubscribe']]);
    for (const again of [await visit(url), await press(url, CONFIRM)])
      expect([again.status, again.html.includes('used before')]).toEqual([200, true]);
    expect(await topics()).toEqual({ offers: { EMAIL: false, SMS: false } });
  });

  it('to advertising altogether lifts what the person refused, and nothing else', async () => {
    const to = 'again@example.com';
    const id = await contact({ email: to });
    await press(await linkFor(app, tenant, to, { bare: true }), [['do', 'unsubscribe']]);
    const manual = { channelType: 'EMAIL', address: to, purpose: 'MARKETING', reason: 'MANUAL' };
    await tenant.api.post('/suppressions', manual);
    const { body } = await ask(id, {});
    await press((await question(body['messageId'])).url, CONFIRM);
    expect(await suppressed(app, tenant, to)).toMatchObject([{ reason: 'MANUAL', purpose: 'MARKETING' }]);
  });

  it('is not taken when it is late, of somebody who is gone, or of another kind of button', async () => {
    const to = 'late@example.com';
    const id = await contact({ email: to });
    const { url } = await question((await ask(id, { topic: 'offers' })).body['messageId']);
    for (const fields of [[['List-Unsubscribe', 'One-Click']], [['do', 'unsubscribe']]] as [string, string][][])
      expect((await press(url, fields)).status).toBe(422);
    jest.useFakeTimers({
      now: Date.now() + 8 * 86_400_000,
      doNotFake: ['performance', 'setTimeout', 'setImmediate', 'nextTick', 'setInterval', 'queueMicrotask'],
    });
    try {
      expect([(await visit(url)).status, (await press(url, CONFIRM)).status]).toEqual([404, 404]);
    } finally {
      jest.useRealTimers();
    }
    await tenant.api.delete(`/contacts/${id}`);
    expect((await press(url, CONFIRM)).status).toBe(404);
  });
});

describe('GET /consent-events', () => {
  it('lists who said what, when and from where, newest first', async () => {
    const to = 'proof@example.com';
    await press(await linkFor(app, tenant, to), [['do', 'unsubscribe']], { 'user-agent': 'Browser/9' });
    await press(await linkFor(app, tenant, to), [
      ['do', 'save'],
      ['level', 'chosen'],
    ]);
    const { status, body } = await tenant.api.get('/consent-events?channelType=EMAIL&address=Proof@example.COM');
    const said = {
      channelType: 'EMAIL',
      address: to,
      purpose: 'MARKETING',
      source: 'preference page',
      ip: '127.0.0.1',
    };
    expect(status).toBe(200);
    expect(body['data']).toEqual([
      expect.objectContaining({ ...said, action: 'OPTED_IN', actor: null, at: expect.stringMatching(/Z$/) }),
      expect.objectContaining({ ...said, action: 'OPTED_OUT', userAgent: 'Browser/9' }),
    ]);
    const outs = await tenant.api.get(`/consent-events?channelType=EMAIL&address=${to}&action=OPTED_OUT&limit=1`);
    expect(outs.body['data']).toHaveLength(1);
    expect((await tenant.api.get(`/consent-events?address=${to}`)).status).toBe(422);
  });
});

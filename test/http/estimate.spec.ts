import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type TestApp, type TestTenant } from '../support/app';

let app: TestApp;
let tenant: TestTenant;
let folder: string;

const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-prices-'));
  const file = join(folder, 'prices.csv');
  writeFileSync(
    file,
    `SMS,*,+49,0.08,EUR
SMS,*,+49,0.99,EUR,${tomorrow}
SMS,sandbox,+44,0.04,EUR
SMS,*,+1,0.01,USD
WHATSAPP,*,+49,0.10,EUR
WHATSAPP,*,+49,0.03,EUR,,UTILITY
WHATSAPP,*,+49,0,EUR,,SERVICE
`,
  );
  app = await startApp({ PRICE_TABLE_FILE: file });
});
beforeEach(async () => {
  tenant = await app.tenant();
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const estimate = async (body: object) => {
  const answer = await tenant.api.post('/bulk-send/estimate', {
    name: 'Spring',
    channelType: 'SMS',
    purpose: 'TRANSACTIONAL',
    ...body,
  });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body;
};
const german = (count: number) => Array.from({ length: count }, (_, i) => ({ to: `+49151${10000000 + i}` }));
const make = async (path: string, body: object) => {
  const answer = await tenant.api.post(path, body);
  if (answer.status >= 300) throw new Error(answer.text);
  return String(answer.body['id']);
};

describe('an estimate', () => {
  it('counts the parts of each rendered message, its country and its price', async () => {
    const templateId = await make('/templates', { name: 'long', channelType: 'SMS', body: 'Hi {{ text }}' });
    const recipients = [
      { to: '+4915112345678', variables: { text: 'a' } },
      { to: '+49 151 12345678', variables: { text: 'the same again' } },
      { to: '+4915112345679', variables: { text: 'a'.repeat(200) } },
      { to: '+442071838750', variables: { text: 'ж'.repeat(100) } },
      { to: '+14155552671', variables: { text: 'b' } },
      { to: '+33612345678', variables: { text: 'nobody has a price for this' } },
    ];
    expect(await estimate({ templateId, recipients })).toEqual({
      recipients: { total: 5, duplicates: 1, excluded: [] },
      sample: { size: 5, suppressed: [], refused: [] },
      parts: { min: 1, avg: 1.4, max: 2, total: 7, gsm7: 4, ucs2: 1 },
      categories: [],
      cost: [
        { amount: '0.32', currency: 'EUR' },
        { amount: '0.01', currency: 'USD' },
      ],
      countries: [
        { country: 'DE', recipients: 2, cost: [{ amount: '0.24', currency: 'EUR' }] },
        { country: 'GB', recipients: 1, cost: [{ amount: '0.08', currency: 'EUR' }] },
        { country: 'US', recipients: 1, cost: [{ amount: '0.01', currency: 'USD' }] },
        { country: 'FR', recipients: 1, cost: [] },
      ],
      unpriced: 1,
      budget: null,
    });
  });

  it('stores nothing and sends nothing', async () => {
    await estimate({ content: { text: 'Hi' }, recipients: german(3) });
    const [left] = await app.sql(
      `SELECT (SELECT count(*) FROM bulk_message_campaign WHERE tenant_id = $1)
        + (SELECT count(*) FROM communication_message WHERE tenant_id = $1)
        + (SELECT count(*) FROM contact WHERE tenant_id = $1) AS rows`,
      [tenant.tenantId],
    );
    expect(left).toEqual({ rows: '0' });
  });

  it('leaves out who would not get it: no address, a suppression, values that do not fit', async () => {
    const contactId = await make('/contacts', { name: 'No number', email: 'ada@example.com' });
    const muted = await make('/contacts', { name: 'Muted', phone: '+4915112345001' });
    await tenant.api.post(`/contacts/${muted}/preferences`, { channels: { SMS: { allowed: false } } });
    await make('/suppressions', { channelType: 'SMS', address: '+4915112345002', source: 'test' });
    const templateId = await make('/templates', { name: 'needs', channelType: 'SMS', body: 'Hi {{ name }}' });
    const named = { variables: { name: 'Ada' } };
    expect(
      await estimate({
        templateId,
        recipients: [
          { contactId },
          { contactId: muted, ...named },
          { to: '+4915112345002', ...named },
          { to: '+4915112345003' },
          { to: '+4915112345004', ...named },
        ],
      }),
    ).toMatchObject({
      recipients: { total: 5, excluded: [{ code: 'no_address', pointer: null, count: 1 }] },
      sample: {
        size: 4,
        suppressed: expect.arrayContaining([
          { code: 'opted_out', pointer: null, count: 1 },
          { code: 'suppressed', pointer: null, count: 1 },
        ]),
        refused: [{ code: 'invalid_field', pointer: '/variables/name', count: 1 }],
      },
      parts: { min: 1, max: 1, total: 1 },
      cost: [{ amount: '0.08', currency: 'EUR' }],
    });
  });

  it('renders a sample of 200, and reckons the others like it', async () => {
    const templateId = await make('/templates', { name: 'half', channelType: 'SMS', body: '{{ text }}' });
    const recipients = german(2_000).map(({ to }, i) => ({
      to,
      variables: { text: 'a'.repeat(i < 1_000 ? 10 : 161) },
    }));
    const answer = await estimate({ templateId, recipients });
    expect(answer).toMatchObject({
      sample: { size: 200 },
      parts: { min: 1, avg: 1.5, max: 2, total: 3_000 },
      cost: [{ amount: '240', currency: 'EUR' }],
      countries: [{ country: 'DE', recipients: 2_000 }],
      unpriced: 0,
    });
  });

  it('takes variants by their weight', async () => {
    const variants = [
      { content: { text: 'short' }, weight: 3 },
      { content: { text: 'a'.repeat(161) }, weight: 1 },
    ];
    const { parts } = (await estimate({ variants, recipients: german(800) })) as { parts: { avg: number } };
    expect(parts.avg).toBeGreaterThan(1.2);
    expect(parts.avg).toBeLessThan(1.3);
  });

  it('goes by the category of the WhatsApp template, and by that of an answer for free words', async () => {
    const template = { channelType: 'WHATSAPP', language: 'de', providerTemplateName: 'order', body: 'Hi' };
    const utility = await make('/templates', { name: 'order', category: 'UTILITY', ...template });
    const of = async (body: object) => {
      const { categories, cost, parts } = await estimate({ channelType: 'WHATSAPP', recipients: german(3), ...body });
      return { categories, cost, parts };
    };
    expect(await of({ templateId: utility })).toEqual({
      categories: [{ category: 'UTILITY', recipients: 3 }],
      cost: [{ amount: '0.09', currency: 'EUR' }],
      parts: null,
    });
    expect(await of({ content: { text: 'Hi' } })).toMatchObject({
      categories: [{ category: 'SERVICE', recipients: 3 }],
      cost: [{ amount: '0', currency: 'EUR' }],
    });
  });

  it('has no parts and no countries for e-mail, and knows no price where the table has none', async () => {
    expect(
      await estimate({
        channelType: 'EMAIL',
        content: { subject: 'Hi', text: 'Hello' },
        recipients: [{ to: 'ada@example.com' }],
      }),
    ).toMatchObject({ parts: null, countries: [], cost: [], unpriced: 1, sample: { size: 1, refused: [] } });
  });

  it('says whether the budget is enough', async () => {
    const budgetOf = async (body: object) =>
      (await estimate({ content: { text: 'Hi' }, recipients: german(100), ...body }))['budget'];
    await tenant.api.put('/budget', { monthly: { amount: '8', currency: 'EUR' } });
    const enough = { remaining: { amount: '8', currency: 'EUR' }, suffices: true, holds: true };
    expect(await budgetOf({})).toEqual(enough);
    expect(await budgetOf({ recipients: german(101) })).toEqual({ ...enough, suffices: false });
    expect(await budgetOf({ recipients: [{ to: '+33612345678' }] })).toEqual({ ...enough, suffices: null });
    await tenant.api.put('/budget', { monthly: { amount: '8', currency: 'EUR' }, exemptLanes: ['bulk'] });
    expect(await budgetOf({})).toEqual({ ...enough, holds: false });
  });

  it('is made of a bulk send that is stored as well', async () => {
    const contactId = await make('/contacts', { name: 'No number' });
    const body = {
      ...{ name: 'Spring', channelType: 'SMS', purpose: 'TRANSACTIONAL', content: { text: 'Hi' } },
      recipients: [...german(3), { to: '+442071838750' }, { contactId }],
    };
    const id = await make('/bulk-send', body);
    const stored = await tenant.api.get(`/bulk-send/${id}/estimate`);
    expect(stored.body).toEqual(await estimate(body));
    expect(stored.body).toMatchObject({
      recipients: { total: 5, excluded: [{ code: 'no_address', count: 1 }] },
      parts: { total: 4 },
      cost: [{ amount: '0.28', currency: 'EUR' }],
    });
    const started = await tenant.api.post(`/bulk-send/${id}/start`, {});
    expect(started.body['cost']).toMatchObject({ estimated: [{ amount: '0.28', currency: 'EUR' }] });
    const variants = [
      { content: { text: 'short' }, weight: 1 },
      { content: { text: 'a'.repeat(161) }, weight: 1 },
    ];
    const tried = await make('/bulk-send', { ...body, content: null, variants });
    expect((await tenant.api.get(`/bulk-send/${tried}/estimate`)).body['parts']).toMatchObject({ min: 1, max: 2 });
    const other = await app.tenant();
    expect((await other.api.get(`/bulk-send/${id}/estimate`)).status).toBe(404);
  });

  it('prices 10,000 numbers of a large bulk send, and has them stand for the others', async () => {
    const id = await make('/bulk-send', {
      ...{ name: 'Many', channelType: 'SMS', purpose: 'TRANSACTIONAL', content: { text: 'Hi' } },
      recipients: [{ to: '+4915112345678' }],
    });
    await app.sql(
      `INSERT INTO bulk_message_recipient (tenant_id, campaign_id, recipient_key, status)
       SELECT $1, $2, CASE WHEN n % 4 = 0 THEN '+1415555' || 2000 + n % 8000 || n ELSE '+49151' || 20000000 + n END, 'PENDING'
       FROM generate_series(1, 24999) AS n`,
      [tenant.tenantId, id],
    );
    const { body } = await tenant.api.get(`/bulk-send/${id}/estimate`);
    expect(body).toMatchObject({ recipients: { total: 25_000 }, sample: { size: 200 } });
    const [germany] = body['countries'] as { country: string; recipients: number }[];
    expect(germany?.country).toBe('DE');
    expect(Math.abs(Number(germany?.recipients) - 18_750)).toBeLessThan(100);
  });

  it.each([
    [{ recipients: [{ to: 'nobody' }] }, 422, '/recipients/0/to'],
    [{ content: null }, 422, '/templateId'],
    [{ templateId: '00000000-0000-7000-8000-000000000000', content: null }, 422, '/templateId'],
    [{ channelType: 'TELEGRAM', channelId: '00000000-0000-7000-8000-000000000000' }, 422, '/channelId'],
  ])('refuses what POST /bulk-send refuses: %j', async (changes, status, pointer) => {
    const body = { name: 'Spring', channelType: 'SMS', content: { text: 'Hi' }, recipients: german(1), ...changes };
    for (const path of ['/bulk-send/estimate', '/bulk-send']) {
      const answer = await tenant.api.post(path, body);
      expect([path, answer.status, answer.body['errors']]).toEqual([
        path,
        status,
        [expect.objectContaining({ pointer })],
      ]);
    }
  });
});

it('a WhatsApp message costs by the category of its template when it is sent', async () => {
  const sent = async (body: object) => {
    const id = await make('/messages', { channelType: 'WHATSAPP', to: '+4915112345678', ...body });
    const { body: message } = await tenant.api.message(id, 'SENT', 'DELIVERED');
    return message['cost'];
  };
  const template = { channelType: 'WHATSAPP', language: 'de', providerTemplateName: 'order', body: 'Hi' };
  const utility = await make('/templates', { name: 'order', category: 'UTILITY', ...template });
  const other = await make('/templates', { name: 'other', ...template });
  expect(await sent({ templateId: utility })).toMatchObject({ amount: '0.03', currency: 'EUR', estimated: true });
  expect(await sent({ templateId: other })).toMatchObject({ amount: '0.10', currency: 'EUR', estimated: true });
});

import { startApp, type TestApp, type TestTenant } from '../support/app';

const data = (body: Record<string, unknown>) => body['data'] as Record<string, unknown>[];
const pointers = (body: Record<string, unknown>) =>
  ((body['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer);

let app: TestApp;
let tenant: TestTenant;
let count = 0;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const EMAIL = { channelType: 'EMAIL', subject: 'Hi {{ name }}', body: 'Hello {{ name }}' };

const create = async (body: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const answer = await tenant.api.post('/templates', { name: `template ${++count}`, ...body });
  expect(answer.text).toContain('"id"');
  return answer.body;
};

describe('a template', () => {
  it('is kept with what it leaves out, and found again', async () => {
    const answer = await tenant.api.post('/templates', {
      name: 'welcome',
      ...EMAIL,
      html: '<p>Hello {{ name }}</p>',
      variables: [
        { name: 'name' },
        { name: 'city', default: 'Vienna' },
        { name: 'items', type: 'LIST', required: false },
      ],
    });
    expect(answer.status).toBe(201);
    const expected = {
      id: expect.any(String),
      name: 'welcome',
      channelType: 'EMAIL',
      language: 'en',
      category: 'GENERAL',
      version: 1,
      subject: 'Hi {{ name }}',
      body: 'Hello {{ name }}',
      html: '<p>Hello {{ name }}</p>',
      mjml: null,
      variables: [
        { name: 'name', required: true, default: null, type: 'STRING' },
        { name: 'city', required: false, default: 'Vienna', type: 'STRING' },
        { name: 'items', required: false, default: null, type: 'LIST' },
      ],
      providerTemplateName: null,
      approval: null,
      layoutId: null,
      layoutVersion: null,
      smsTransliterate: false,
      usageCount: 0,
      lastUsedAt: null,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    };
    expect(answer.body).toEqual(expected);
    const location = answer.headers.get('location') ?? '';
    expect((await tenant.api.get(location.replace('/api/v1/communication', ''))).body).toEqual(expected);
  });

  it.each([
    [{ ...EMAIL, subject: undefined }, '/subject'],
    [{ channelType: 'EMAIL', subject: 'Hi' }, '/body'],
    [{ channelType: 'SMS' }, '/body'],
    [{ channelType: 'SMS', body: 'Hi', html: '<p>' }, '/html'],
    [{ channelType: 'WHATSAPP', body: 'Hi', subject: 'Hi' }, '/subject'],
    [{ ...EMAIL, body: '{{' }, '/body'],
    [{ ...EMAIL, subject: '{% include "x" %}' }, '/subject'],
    [{ ...EMAIL, html: '{{ x | date: "%9999999d" }}' }, '/html'],
    [{ ...EMAIL, body: 'x'.repeat(65_537) }, '/body'],
    [{ ...EMAIL, body: 'ü'.repeat(40_000) }, '/body'],
    [{ ...EMAIL, subject: 'two\nlines' }, '/subject'],
    [{ ...EMAIL, mjml: '<mjml></mjml>', html: '<p>' }, '/mjml'],
    [{ ...EMAIL, name: '' }, '/name'],
    [{ ...EMAIL, name: null }, '/name'],
    [{ ...EMAIL, language: null }, '/language'],
    [{ ...EMAIL, category: 'general' }, '/category'],
    [{ ...EMAIL, variables: [{ name: 'a' }, { name: 'a' }] }, '/variables/1/name'],
    [{ ...EMAIL, variables: [{ name: 'a b' }] }, '/variables/0/name'],
    [{ ...EMAIL, variables: [{ name: 'n', type: 'NUMBER', default: '1' }] }, '/variables/0/default'],
    [{ ...EMAIL, variables: [{ name: 'n', type: 'MONTH' }] }, '/variables/0/type'],
    [{ ...EMAIL, variables: [{ name: 'n', type: 'DATE', default: '2026-02-30' }] }, '/variables/0/default'],
    [{ ...EMAIL, variables: Array.from({ length: 101 }, (_, i) => ({ name: `v${i}` })) }, '/variables'],
    [{ ...EMAIL, usageCount: 5 }, '/usageCount'],
  ])('is refused (%#) naming what is wrong', async (body, pointer) => {
    const answer = await tenant.api.post('/templates', { name: 'refused', ...body });
    expect(answer.status).toBe(422);
    expect([...new Set(pointers(answer.body))]).toEqual([pointer]);
    expect(data((await tenant.api.get('/templates?search=refused')).body)).toEqual([]);
  });

  it('has its name to itself in its channel type and language, until it is deleted', async () => {
    const { id } = await create({ name: 'unique', ...EMAIL });
    const again = await tenant.api.post('/templates', { name: 'unique', ...EMAIL });
    expect([again.status, again.body['code']]).toEqual([409, 'duplicate_name']);
    await create({ name: 'unique', ...EMAIL, language: 'de' });
    await create({ name: 'unique', channelType: 'SMS', body: 'Hi' });
    expect((await tenant.api.delete(`/templates/${String(id)}`)).status).toBe(204);
    expect((await tenant.api.get(`/templates/${String(id)}`)).status).toBe(404);
    await create({ name: 'unique', ...EMAIL });
  });

  it('gets a new version with a new text, and none with a new name', async () => {
    const { id } = await create(EMAIL);
    const path = `/templates/${String(id)}`;
    const steps = [
      { body: 'Hello again {{ name }}' },
      { name: 'renamed', category: 'UTILITY' },
      { body: 'Hello again {{ name }}' },
      { variables: [{ name: 'name' }] },
      { html: '<b>{{ name }}</b>', body: null },
    ];
    const versions: unknown[] = [];
    for (const step of steps) versions.push((await tenant.api.patch(path, step)).body['version']);
    expect(versions).toEqual([2, 2, 2, 3, 4]);
    expect((await tenant.api.get(path)).body).toMatchObject({ name: 'renamed', body: null, html: '<b>{{ name }}</b>' });

    const first = await tenant.api.get(`${path}/versions?limit=3`);
    const { next } = first.body['page'] as { next: string };
    const rest = await tenant.api.get(`${path}/versions?limit=3&cursor=${next}`);
    const all = [...data(first.body), ...data(rest.body)];
    expect(all.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    expect(all[3]).toMatchObject({ body: 'Hello {{ name }}', createdBy: expect.stringMatching(/^key:/) });
    expect((rest.body['page'] as { next: unknown }).next).toBeNull();
  });

  it('is not changed by what would break it', async () => {
    const { id } = await create(EMAIL);
    await create({ name: 'other name', ...EMAIL });
    const path = `/templates/${String(id)}`;
    for (const [body, pointer] of [
      [{ body: '{% if %}' }, '/body'],
      [{ subject: null }, '/subject'],
      [{ body: null }, '/body'],
      [{ name: null }, '/name'],
      [{ channelType: 'SMS' }, '/channelType'],
      [{ variables: null }, '/variables'],
    ] as const) {
      const answer = await tenant.api.patch(path, body);
      expect([answer.status, ...new Set(pointers(answer.body))]).toEqual([422, pointer]);
    }
    expect((await tenant.api.patch(path, { name: 'other name' })).body['code']).toBe('duplicate_name');
    expect((await tenant.api.get(path)).body).toMatchObject({ version: 1, ...EMAIL });
  });

  it('counts its versions right when two change it at the same time', async () => {
    const { id } = await create(EMAIL);
    const path = `/templates/${String(id)}`;
    await Promise.all(['a', 'b', 'c', 'd'].map((text) => tenant.api.patch(path, { body: text })));
    expect((await tenant.api.get(path)).body['version']).toBe(5);
    expect(data((await tenant.api.get(`${path}/versions`)).body)).toHaveLength(5);
  });

  it('is listed by channel type, language and part of its name', async () => {
    const lister = await app.tenant({ bare: true });
    for (const body of [
      { name: 'order placed', ...EMAIL },
      { name: 'order placed', ...EMAIL, language: 'de' },
      { name: 'order_sent', channelType: 'SMS', body: 'Hi' },
    ])
      await lister.api.post('/templates', body);
    const found = async (query: string) =>
      data((await lister.api.get(`/templates?${query}`)).body).map(
        (t) => `${String(t['name'])} ${String(t['language'])}`,
      );
    expect(await found('')).toEqual(['order_sent en', 'order placed de', 'order placed en']);
    expect(await found('channelType=EMAIL&language=de')).toEqual(['order placed de']);
    expect(await found('search=ORDER_')).toEqual(['order_sent en']);
  });

  it('stays with its tenant', async () => {
    const { id } = await create(EMAIL);
    const other = await app.tenant();
    const path = `/templates/${String(id)}`;
    const answers = [
      await other.api.get(path),
      await other.api.patch(path, { name: 'stolen' }),
      await other.api.delete(path),
      await other.api.get(`${path}/versions`),
      await other.api.post(`${path}/preview`, {}),
      await other.api.post('/messages', { channelType: 'EMAIL', to: 'a@b.co', templateId: id }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
    expect((await tenant.api.get(path)).body['version']).toBe(1);
  });
});

describe('a preview', () => {
  it('shows what a message would say', async () => {
    const { id } = await create({ ...EMAIL, html: '<p>{{ name }}</p>', variables: [{ name: 'name' }] });
    const answer = await tenant.api.post(`/templates/${String(id)}/preview`, {
      variables: { name: '<Ada> & {{7*7}}' },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      templateId: id,
      version: 1,
      language: 'en',
      subject: 'Hi <Ada> & {{7*7}}',
      text: 'Hello <Ada> & {{7*7}}',
      html: '<p>&#60;Ada&#62; &#38; {{7*7}}</p>',
      template: null,
      sms: null,
    });
  });

  it('shows the language that is asked for, else the one of the contact, else the nearest there is', async () => {
    const sms = { name: 'greeting', channelType: 'SMS' };
    const { id } = await create({ ...sms, body: 'Hello' });
    await create({ ...sms, body: 'Hallo', language: 'de' });
    const french = await tenant.api.post('/contacts', { name: 'Marie', language: 'de-CH' });
    const shown = async (body: Record<string, unknown>) =>
      (await tenant.api.post(`/templates/${String(id)}/preview`, body)).body['text'];
    expect(await shown({})).toBe('Hello');
    expect(await shown({ language: 'de-AT' })).toBe('Hallo');
    expect(await shown({ language: 'fr' })).toBe('Hello');
    expect(await shown({ contactId: french.body['id'] })).toBe('Hallo');
    const nobody = { contactId: '01890000-0000-7000-8000-000000000000' };
    expect((await tenant.api.post(`/templates/${String(id)}/preview`, nobody)).status).toBe(404);
  });

  it('names the variables that are missing or of another type', async () => {
    const variables = [{ name: 'name' }, { name: 'total', type: 'NUMBER' }];
    const { id } = await create({ ...EMAIL, body: '{{ order.id }}', variables });
    const missing = await tenant.api.post(`/templates/${String(id)}/preview`, { variables: { total: '1' } });
    expect([missing.status, ...pointers(missing.body)]).toEqual([422, '/variables/name', '/variables/total']);
    const values = { name: 'Ada', total: 1, order: {} };
    const undeclared = await tenant.api.post(`/templates/${String(id)}/preview`, { variables: values });
    expect([undeclared.status, ...pointers(undeclared.body)]).toEqual([422, '/variables/order/id']);
  });

  it.each([
    ['loops without end', '{% for i in (1..999999999) %}{% endfor %}'],
    ['loops in loops', '{% for i in (1..999) %}{% for j in (1..999) %}x{% endfor %}{% endfor %}'],
    ['more than 256 kB', '{{ x }}{{ x }}{{ x }}{{ x }}{{ x }}'],
    ['more than 256 kB of what is no plain text', '{% for i in (1..9) %}{{ x }}{% endfor %}'],
  ])('refuses %s', async (_, body) => {
    const { id } = await create({ channelType: 'SMS', body });
    const variables = { x: 'x'.repeat(60_000) };
    const answer = await tenant.api.post(`/templates/${String(id)}/preview`, { variables });
    expect([answer.status, ...pointers(answer.body)]).toEqual([422, '/variables']);
  });
});

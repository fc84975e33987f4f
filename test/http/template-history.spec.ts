import { startApp, type TestApp, type TestTenant } from '../support/app';

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

const create = async (body: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const answer = await tenant.api.post('/templates', { name: `template ${++count}`, ...body });
  expect(answer.text).toContain('"id"');
  return answer.body;
};
const preview = (id: unknown, body: Record<string, unknown>) =>
  tenant.api.post(`/templates/${String(id)}/preview`, body);

describe('versions of a template', () => {
  const path = async () => {
    const { id } = await create({ channelType: 'EMAIL', subject: 'One', body: 'a\nb\nc', variables: [{ name: 'x' }] });
    await tenant.api.patch(`/templates/${String(id)}`, {
      subject: 'Two',
      body: 'a\nB\nc',
      html: '<p>new</p>',
      variables: [],
    });
    return `/templates/${String(id)}`;
  };

  it('are read one by one, and compared field by field and line by line', async () => {
    const template = await path();
    expect((await tenant.api.get(`${template}/versions/1`)).body).toMatchObject({
      version: 1,
      subject: 'One',
      html: null,
    });
    const diff = await tenant.api.get(`${template}/versions/1/diff/2`);
    expect(diff.body).toEqual({
      from: 1,
      to: 2,
      changes: [
        {
          field: 'subject',
          pieces: [
            { change: 'REMOVED', text: 'One' },
            { change: 'ADDED', text: 'Two' },
          ],
        },
        {
          field: 'body',
          pieces: [
            { change: 'SAME', text: 'a' },
            { change: 'REMOVED', text: 'b' },
            { change: 'ADDED', text: 'B' },
            { change: 'SAME', text: 'c' },
          ],
        },
        { field: 'html', pieces: [{ change: 'ADDED', text: '<p>new</p>' }] },
        {
          field: 'variables',
          pieces: [
            { change: 'REMOVED', text: expect.stringContaining('"x"') },
            { change: 'ADDED', text: '' },
          ],
        },
      ],
    });
    expect((await tenant.api.get(`${template}/versions/2/diff/2`)).body['changes']).toEqual([]);
  });

  it('come back as a new version, once', async () => {
    const template = await path();
    const restored = await tenant.api.post(`${template}/versions/1/restore`, {});
    expect(restored.body).toMatchObject({ version: 3, subject: 'One', body: 'a\nb\nc', html: null });
    expect((await tenant.api.post(`${template}/versions/1/restore`, {})).body['version']).toBe(3);
    expect((await tenant.api.get(`${template}/versions/1/diff/3`)).body['changes']).toEqual([]);
    const audit = await tenant.api.get('/audit-log');
    expect(audit.text).toContain('template.restored');
  });

  it.each(['0', '4', '01', '1.0', '-1', 'x', '99999999999', '2147483648'])(
    'of number %s are not there',
    async (version) => {
      const template = await path();
      const answers = [
        await tenant.api.get(`${template}/versions/${version}`),
        await tenant.api.get(`${template}/versions/1/diff/${version}`),
        await tenant.api.post(`${template}/versions/${version}/restore`, {}),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    },
  );

  it('stay with their tenant', async () => {
    const template = await path();
    const other = await app.tenant();
    const answers = [
      await other.api.get(`${template}/versions/1`),
      await other.api.get(`${template}/versions/1/diff/2`),
      await other.api.post(`${template}/versions/1/restore`, {}),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });
});

describe('a preview with a contact', () => {
  it('knows its name, its language and its attributes, and nothing else of it', async () => {
    const contact = await tenant.api.post('/contacts', {
      name: '<Ada>',
      email: `ada${Date.now()}@example.com`,
      language: 'de',
      attributes: { city: 'Wien' },
    });
    const contactId = contact.body['id'];
    const { id } = await create({
      channelType: 'SMS',
      body: '{{ contact.name }} {{ contact.language }} {{ contact.attributes.city }} {{ contact.attributes.none | default: "-" }}',
    });
    expect((await preview(id, { contactId })).body['text']).toBe('<Ada> de Wien -');
    for (const hidden of ['contact.email', 'contact.id', 'contact.addresses', 'contact.attributes.constructor']) {
      const { id: nosy } = await create({ channelType: 'SMS', body: `{{ ${hidden} }}` });
      const answer = await preview(nosy, { contactId });
      expect([answer.status, ...pointers(answer.body)]).toEqual([422, `/variables/${hidden.replaceAll('.', '/')}`]);
      expect(answer.text).not.toContain('@example.com');
    }
    const own = await preview(id, {
      contactId,
      variables: { contact: { name: 'B', language: 'x', attributes: { city: 'y' } } },
    });
    expect(own.body['text']).toBe('B x y -');
  });
});

describe('a text message', () => {
  it('is shown with its parts, and in plain letters where that is asked for', async () => {
    const body = 'Zażółć – {{ name }} für 5 €';
    const { id } = await create({ channelType: 'SMS', body });
    expect((await preview(id, { variables: { name: 'Łukasz' } })).body).toMatchObject({
      text: 'Zażółć – Łukasz für 5 €',
      sms: { parts: 1, encoding: 'UCS-2' },
    });
    await tenant.api.patch(`/templates/${String(id)}`, { smsTransliterate: true });
    expect((await preview(id, { variables: { name: 'Łukasz' } })).body).toMatchObject({
      version: 2,
      text: 'Zazolc - Lukasz für 5 €',
      sms: { parts: 1, encoding: 'GSM-7' },
    });
    const sent = await tenant.api.post('/messages', {
      ...{ channelType: 'SMS', to: '+14155552671', templateId: id },
      variables: { name: 'Привет' },
    });
    const message = await tenant.api.get(`/messages/${String(sent.body['id'])}`);
    expect(message.body['content']).toEqual({ text: 'Zazolc - Privet für 5 €' });
    const long = await create({ channelType: 'SMS', body: '{{ name }}' });
    const parts = async (name: string) => (await preview(long['id'], { variables: { name } })).body['sms'];
    expect(await parts('x'.repeat(161))).toEqual({ parts: 2, encoding: 'GSM-7' });
    expect(await parts('x'.repeat(200_000))).toEqual({ parts: null, encoding: null });
  });

  it('is the only one that is written in plain letters', async () => {
    const answer = await tenant.api.post('/templates', {
      ...{ name: 'mail', channelType: 'EMAIL', subject: 's', body: 'b', smsTransliterate: true },
    });
    expect([answer.status, ...pointers(answer.body)]).toEqual([422, '/smsTransliterate']);
  });
});

it('a date among the variables is taken as it is written, when the calendar has it', async () => {
  const { id } = await create({ channelType: 'SMS', body: '{{ at }}', variables: [{ name: 'at', type: 'DATE' }] });
  const at = '2026-12-01T09:00:00+01:00';
  expect((await preview(id, { variables: { at } })).body['text']).toBe(at);
  for (const wrong of ['2026-02-30T00:00:00Z', '2026-12-01', 5]) {
    const answer = await preview(id, { variables: { at: wrong } });
    expect([answer.status, ...pointers(answer.body)]).toEqual([422, '/variables/at']);
  }
});

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

const EMAIL = { channelType: 'EMAIL', subject: 'Hi {{ name }}', body: 'Hello {{ name }}' };

const create = async (body: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const answer = await tenant.api.post('/templates', { name: `template ${++count}`, ...body });
  expect(answer.text).toContain('"id"');
  return answer.body;
};

describe('a message with a template', () => {
  const send = (body: Record<string, unknown>) => tenant.api.post('/messages', { to: 'ada@example.com', ...body });
  const textOf = async (answer: { body: Record<string, unknown> }) => {
    const { body } = await tenant.api.get(`/messages/${String(answer.body['id'])}`);
    return (body['content'] as { text?: string }).text;
  };

  it('says what the template says, keeps its version, and is counted', async () => {
    const { id } = await create({ ...EMAIL, name: 'counted' });
    const first = await send({ channelType: 'EMAIL', templateId: id, variables: { name: 'Ada' } });
    expect(first.status).toBe(202);
    await tenant.api.patch(`/templates/${String(id)}`, { body: 'Bye {{ name }}' });
    const second = await send({ channelType: 'EMAIL', templateName: 'counted', variables: { name: 'Ada' } });
    expect([await textOf(first), await textOf(second)]).toEqual(['Hello Ada', 'Bye Ada']);
    const message = await tenant.api.get(`/messages/${String(first.body['id'])}`);
    expect(message.body).toMatchObject({ templateId: id, templateVersion: 1 });
    const { body } = await tenant.api.get(`/templates/${String(id)}`);
    expect(body).toMatchObject({ usageCount: 2, lastUsedAt: expect.stringMatching(/Z$/) });
  });

  it('knows the recipient, and the way out, without being told', async () => {
    const { id: contactId } = (
      await tenant.api.post('/contacts', {
        name: '<Grace>',
        email: 'grace@example.com',
        language: 'de-AT',
        attributes: { city: 'Wien' },
      })
    ).body;
    const texts = { channelType: 'EMAIL', name: 'knowing', subject: 'Hi {{ contact.name }}' };
    const html = '<p>{{ contact.attributes.city | default: "-" }}</p><a href="{{ unsubscribe_url }}">off</a>';
    await create({ ...texts, language: 'en', html, body: 'Hello {{ preferences_url }}' });
    await create({ ...texts, language: 'de', html, body: 'Hallo {{ preferences_url }}' });
    const message = { channelType: 'EMAIL', templateName: 'knowing' };
    const answer = await tenant.api.post('/messages', { ...message, contactId });
    expect(answer.status).toBe(202);
    const { body } = await tenant.api.get(`/messages/${String(answer.body['id'])}`);
    const content = body['content'] as { subject: string; html: string; text: string };
    expect(content.subject).toBe('Hi <Grace>');
    expect(content.html).toContain('<p>Wien</p>');
    expect(content.text).toMatch(/^Hallo http/); // the contact's language, though nobody named one
    const link = /href="([^"]+)"/.exec(content.html)?.[1] ?? '';
    const page = await fetch(link);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('•••@example.com')]);
    const stranger = await send({ ...message, to: 'nobody@example.com' });
    expect(stranger.status).toBe(202);
    expect(await textOf(stranger)).toMatch(/^Hello http/);
  });

  it('falls back from de-AT to de, and then to the language of the tenant', async () => {
    for (const [language, body] of [
      ['de', 'Hallo'],
      ['en', 'Hello'],
      ['fr', 'Bonjour'],
    ])
      await create({ name: 'fallback', channelType: 'EMAIL', subject: 'x', language, body });
    const said = async (language?: string) =>
      textOf(await send({ channelType: 'EMAIL', templateName: 'fallback', ...(language && { language }) }));
    expect(await said('de-AT')).toBe('Hallo');
    expect(await said('fr')).toBe('Bonjour');
    expect(await said('es')).toBe('Hello');
    expect(await said()).toBe('Hello');
  });

  it('is refused, and nothing stored, for a missing variable, another channel type, no language, and no template', async () => {
    const { id } = await create({ ...EMAIL, variables: [{ name: 'name' }] });
    await create({ name: 'only french', channelType: 'EMAIL', subject: 'x', body: 'Bonjour', language: 'fr' });
    const unnamed = await send({ channelType: 'EMAIL', templateId: id });
    expect([unnamed.status, ...pointers(unnamed.body)]).toEqual([422, '/variables/name']);
    const sms = await send({ channelType: 'SMS', to: '+14155552671', templateId: id, variables: { name: 'Ada' } });
    expect([sms.status, ...pointers(sms.body)]).toEqual([422, '/templateId']);
    const language = await send({ channelType: 'EMAIL', templateName: 'only french', language: 'de' });
    expect([language.status, ...pointers(language.body)]).toEqual([422, '/language']);
    expect((await send({ channelType: 'EMAIL', templateName: 'no such' })).status).toBe(404);
    await tenant.api.delete(`/templates/${String(id)}`);
    expect((await send({ channelType: 'EMAIL', templateId: id, variables: { name: 'Ada' } })).status).toBe(404);
  });

  it('gives the provider the name and the values of a template that the provider keeps', async () => {
    const { id } = await create({
      channelType: 'WHATSAPP',
      language: 'en',
      providerTemplateName: 'order_update',
      variables: [{ name: '1' }, { name: '2', default: 'soon' }],
    });
    const to = '+14155552671';
    const sent = await send({ channelType: 'WHATSAPP', to, templateId: id, variables: { 1: 'Ada' } });
    expect(sent.status).toBe(202);
    const { body } = await tenant.api.get(`/messages/${String(sent.body['id'])}`);
    expect(body).toMatchObject({
      messageType: 'TEMPLATE',
      content: { template: { name: 'order_update', language: 'en', variables: { 1: 'Ada', 2: 'soon' } } },
    });
    const faulty = await send({ channelType: 'WHATSAPP', to, templateId: id, variables: { 1: 'two\nlines' } });
    expect([faulty.status, ...pointers(faulty.body)]).toEqual([422, '/variables/1']);
  });
});

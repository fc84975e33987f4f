import { startApp, type TestApp, type TestTenant } from '../support/app';

const errors = (body: Record<string, unknown>) => (body['errors'] ?? []) as { pointer: string; message: string }[];

let app: TestApp;
let tenant: TestTenant;
let count = 0;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const MAIL = { channelType: 'EMAIL', subject: 'Hi {{ name }}' };
const page = (inside: string, head = '') =>
  `<mjml>\n<mj-head>${head}</mj-head>\n<mj-body><mj-section><mj-column>\n${inside}\n</mj-column></mj-section></mj-body>\n</mjml>`;

const post = (body: Record<string, unknown>) =>
  tenant.api.post('/templates', { name: `mail ${++count}`, ...MAIL, ...body });
const create = async (body: Record<string, unknown>) => {
  const answer = await post(body);
  expect(answer.text).toContain('"id"');
  return answer.body;
};
const preview = async (id: unknown, variables: Record<string, unknown> = { name: 'Ada' }) =>
  (await tenant.api.post(`/templates/${String(id)}/preview`, { variables })).body;

describe('a template in MJML', () => {
  it('is made into HTML once, and its values are escaped by where they stand', async () => {
    const mjml = page(
      '<mj-text>Hello {{ name }}{% if vip %}, dear{% endif %}</mj-text><mj-button href="{{ url }}">Go</mj-button>',
      '<mj-title>For {{ name }}</mj-title>',
    );
    const template = await create({ mjml });
    expect(template).toMatchObject({ mjml, html: expect.stringContaining('{{ name }}'), body: null });
    const shown = await preview(template['id'], { name: '<Ada>', vip: true, url: 'https://a.example/?b="c"' });
    expect(shown['html']).toContain('Hello &#60;Ada&#62;, dear');
    expect(shown['html']).toContain('<title>For &#60;Ada&#62;</title>');
    expect(shown['html']).toContain('href="https://a.example/?b=&#34;c&#34;"');
    expect(shown['text']).toContain('Hello <Ada>, dear');
    const faulty = await preview(template['id'], { name: 'Ada', vip: true, url: 'javascript:alert(1)' });
    expect(errors(faulty)).toEqual([{ pointer: '/variables', message: expect.stringContaining('{{ url }}') }]);
    expect(JSON.stringify(faulty)).not.toContain('alert');
  });

  it('keeps its source and what was made of it with each version', async () => {
    const { id } = await create({ mjml: page('<mj-text>One</mj-text>') });
    const path = `/templates/${String(id)}`;
    const second = await tenant.api.patch(path, { mjml: page('<mj-text>Two</mj-text>') });
    expect(second.body).toMatchObject({ version: 2, html: expect.stringContaining('Two') });
    expect((await tenant.api.get(`${path}/versions/1`)).body).toMatchObject({
      mjml: expect.stringContaining('One'),
      html: expect.stringContaining('One'),
    });
    expect((await tenant.api.patch(path, { category: 'UTILITY' })).body['version']).toBe(2);
    expect((await tenant.api.patch(path, { html: '<p>Three</p>' })).body).toMatchObject({ version: 3, mjml: null });
    expect((await tenant.api.patch(path, { mjml: null })).body).toMatchObject({ version: 3, html: '<p>Three</p>' });
  });

  it.each([
    ['an element that there is not', page('<mj-nothing />'), 'line 4, <mj-nothing>'],
    ['an attribute that there is not', page('<mj-text colour="red">x</mj-text>'), 'line 4, <mj-text>'],
    ['no MJML at all', 'Hello', 'mjml'],
    ['half an element', '<mjml><mj-body', 'MJML'],
    ['Liquid that is none', page('<mj-text>{{ name | shell }}</mj-text>'), 'line:4'],
    [
      'an output in a style sheet',
      page('<mj-text>x</mj-text>', '<mj-style>p { color: {{ x }} }</mj-style>'),
      '<style>',
    ],
    ['an output in a script', page('<mj-raw><script>{{ x }}</script></mj-raw>'), '<script>'],
    ['more than 64 kB', page(`<mj-text>${'ü'.repeat(40_000)}</mj-text>`), '65536'],
    ['HTML of a megabyte', page('<mj-spacer height="20px" />'.repeat(2_200)), 'HTML of more than'],
  ])('is refused with %s', async (_, mjml, message) => {
    const answer = await post({ mjml });
    expect([answer.status, errors(answer.body)[0]]).toEqual([
      422,
      { pointer: '/mjml', message: expect.stringContaining(message) },
    ]);
  });

  it('reads no file', async () => {
    const mjml = page('<mj-include path="/etc/passwd" type="html" /><mj-text>Here</mj-text>');
    const answer = await post({ mjml });
    expect(answer.text).not.toContain('root:');
  });

  it('is refused when it takes too long, and nobody else notices', async () => {
    const rules = Array.from({ length: 1_200 }, (_, i) => `.a${i} div{color:red}`).join('');
    const rows = '<mj-text css-class="a1">x</mj-text>'.repeat(1_000);
    const hostile = app.tenant().then(({ api }) =>
      api.post('/templates', {
        name: 'slow',
        ...MAIL,
        mjml: page(rows, `<mj-style inline="inline">${rules}</mj-style>`),
      }),
    );
    await create({ html: '<p>Quick</p>' });
    const { status, body } = await hostile;
    expect([status, errors(body)[0]?.pointer]).toEqual([422, '/mjml']);
    expect((await create({ mjml: page('<mj-text>After</mj-text>') }))['html']).toContain('After');
  });
});

describe('an e-mail without a text', () => {
  it('gets one that is made of its HTML', async () => {
    const html =
      '<style>p{}</style><h1>Order {{ name }}</h1><p>See <a href="https://a.example/{{ name }}">it</a>.</p>' +
      '<table><tr><td>One</td><td>1</td></tr><tr><td>Two</td><td>2</td></tr></table><img src="https://a.example/x.png" alt="Logo">';
    const { id } = await create({ html });
    expect((await preview(id, { name: 'A & B' }))['text']).toBe(
      'Order A & B\n\nSee it (https://a.example/A%20%26%20B).\n\nOne 1\nTwo 2\n\nLogo',
    );
    const sent = await tenant.api.post('/messages', {
      ...{ channelType: 'EMAIL', to: 'ada@example.com', templateId: id },
      variables: { name: 'C' },
    });
    const { body } = await tenant.api.get(`/messages/${String(sent.body['id'])}`);
    expect(body['content']).toMatchObject({ text: expect.stringContaining('Order C'), html: expect.any(String) });
  });

  it('keeps the text that its author wrote', async () => {
    const { id } = await create({ html: '<p>HTML</p>', body: 'Text' });
    expect((await preview(id))['text']).toBe('Text');
  });

  it('gets one also of HTML that is nested deeper than anyone reads', async () => {
    const { id } = await create({ html: `<p>Top</p>${'<div>'.repeat(3_000)}` });
    expect((await preview(id))['text']).toBe('Top');
  });
});

describe('a layout', () => {
  const layout = async (html: string, name = `layout ${++count}`) =>
    (await tenant.api.post('/template-layouts', { name, html })).body;

  it('stands around the HTML of its templates, and a change of it makes new versions of them', async () => {
    const { id: layoutId } = await layout('<header>{{ brand }}</header>{{ content }}<footer>F1</footer>');
    const { id, ...made } = await create({ html: '<p>{{ name }}</p>', layoutId });
    expect(made).toMatchObject({ layoutId, layoutVersion: 1, version: 1, html: '<p>{{ name }}</p>' });
    const values = { name: '{{ content }}', brand: '<B>' };
    expect((await preview(id, values))['html']).toBe(
      '<header>&#60;B&#62;</header><p>{{ content }}</p><footer>F1</footer>',
    );
    const sent = await tenant.api.post('/messages', {
      ...{ channelType: 'EMAIL', to: 'ada@example.com', templateId: id },
      variables: values,
    });
    const changed = await tenant.api.patch(`/template-layouts/${String(layoutId)}`, { html: '{{ content }}<i>F2</i>' });
    expect(changed.body).toMatchObject({ version: 2, templates: 1 });
    expect(await preview(id, values)).toMatchObject({ version: 2, html: '<p>{{ content }}</p><i>F2</i>' });
    expect((await tenant.api.get(`/templates/${String(id)}`)).body).toMatchObject({ version: 2, layoutVersion: 2 });
    const message = await tenant.api.get(`/messages/${String(sent.body['id'])}`);
    expect(message.body).toMatchObject({ templateVersion: 1 });
    const diff = await tenant.api.get(`/templates/${String(id)}/versions/1/diff/2`);
    expect(diff.body['changes']).toEqual([expect.objectContaining({ field: 'layout' })]);
  });

  it('is not removed while a template stands in it', async () => {
    const { id: layoutId } = await layout('{{ content }}');
    const { id } = await create({ html: '<p>x</p>', layoutId });
    const path = `/template-layouts/${String(layoutId)}`;
    expect((await tenant.api.delete(path)).body['code']).toBe('in_use');
    await tenant.api.patch(`/templates/${String(id)}`, { layoutId: null });
    expect((await tenant.api.delete(path)).status).toBe(204);
    expect((await tenant.api.get(path)).status).toBe(404);
    expect((await post({ html: '<p>x</p>', layoutId })).status).toBe(404);
    const restored = await tenant.api.post(`/templates/${String(id)}/versions/1/restore`, {});
    expect(restored.body).toMatchObject({ version: 3, layoutId, layoutVersion: 1 });
  });

  it('is listed newest first, and has its name to itself', async () => {
    const lister = await app.tenant({ bare: true });
    for (const name of ['one', 'two', 'three'])
      await lister.api.post('/template-layouts', { name, html: '{{ content }}' });
    const first = await lister.api.get('/template-layouts?limit=2');
    expect((first.body['data'] as { name: string }[]).map(({ name }) => name)).toEqual(['three', 'two']);
    const { next } = first.body['page'] as { next: string };
    const rest = await lister.api.get(`/template-layouts?limit=2&cursor=${next}`);
    expect((rest.body['data'] as { name: string }[]).map(({ name }) => name)).toEqual(['one']);
    const again = await lister.api.post('/template-layouts', { name: 'two', html: '{{ content }}' });
    expect([again.status, again.body['code']]).toEqual([409, 'duplicate_name']);
  });

  it.each([
    ['no place for the e-mail', '<p></p>'],
    ['two places', '{{ content }}{{ content }}'],
    ['a place in an attribute', '<p title="{{ content }}"></p>'],
    ['a place in a comment of the language', '{% comment %}{{ content }}{% endcomment %}'],
    ['a place in a script', '<script>{{ content }}</script>'],
    ['a tag left open', '{{ content }}<p title="'],
    ['a file', '{% include "x" %}{{ content }}'],
    ['a layout', '{% layout "x" %}{{ content }}'],
    ['more than 64 kB', `{{ content }}${'ü'.repeat(40_000)}`],
  ])('is refused with %s', async (_, html) => {
    const answer = await tenant.api.post('/template-layouts', { name: 'refused', html });
    expect([answer.status, errors(answer.body)[0]?.pointer]).toEqual([422, '/html']);
  });

  it('goes around HTML only', async () => {
    const { id: layoutId } = await layout('{{ content }}');
    for (const body of [
      { mjml: page('<mj-text>x</mj-text>') },
      { body: 'x' },
      { channelType: 'TELEGRAM', subject: null, html: '<b>x</b>' },
    ]) {
      const answer = await post({ ...body, layoutId });
      expect([answer.status, errors(answer.body)[0]?.pointer]).toEqual([422, '/layoutId']);
    }
  });
});

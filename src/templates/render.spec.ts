import fc from 'fast-check';
import { Problem } from '../platform/http/problem';
import { compileTemplate, renderTemplate, type TemplateTexts } from './render';
import { readSpecs, type VariableSpec } from './variables';

const NONE: TemplateTexts = { subject: null, body: null, html: null };

function render(texts: Partial<TemplateTexts>, values: Record<string, unknown> = {}, specs: VariableSpec[] = []) {
  return renderTemplate(compileTemplate({ ...NONE, ...texts }, specs), values);
}

function faultsOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error.errors;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('what a template can say', () => {
  it.each([
    ['a value', 'Hi {{ name }}', { name: 'Ada' }, 'Hi Ada'],
    ['a value within a value', '{{ user.name }}', { user: { name: 'Ada' } }, 'Ada'],
    ['a number', '{{ total }} EUR', { total: 12.5 }, '12.5 EUR'],
    ['a condition on a value that is there', '{% if vip %}Dear{% else %}Hi{% endif %}', { vip: true }, 'Dear'],
    ['a condition on a value that is not', '{% if vip %}Dear{% else %}Hi{% endif %}', {}, 'Hi'],
    ['a default for a value that is not there', '{{ name | default: "you" }}', {}, 'you'],
    ['a loop', '{% for i in items %}{{ i.n }};{% endfor %}', { items: [{ n: 1 }, { n: 2 }] }, '1;2;'],
    ['a joined list', '{{ tags | join: ", " }}', { tags: ['a', 'b'] }, 'a, b'],
    ['a name for a value', '{% assign s = name | upcase %}{{ s }}', { name: 'ada' }, 'ADA'],
    ['braces that are no template', '{% raw %}{{ x }}{% endraw %}', {}, '{{ x }}'],
  ])('writes %s', (_, body, values, expected) => {
    expect(render({ body }, values).text).toBe(expected);
  });

  it('prints what a value contains, and never reads it as a template', () => {
    const name = '{{7*7}}{% assign x = 1 %}';
    expect(render({ body: '{{ name }}', html: '{{ name }}', subject: '{{ name }}' }, { name })).toEqual({
      text: name,
      html: name,
      subject: name,
    });
  });

  it('escapes values in HTML, so that they stay inside text and attributes', () => {
    const evil = `</a><script>alert('x')</script>" onmouseover="&\``;
    const { html = '' } = render({ html: '<a title="{{ x }}">{{ x }}</a>' }, { x: evil });
    expect(html.match(/[<>]/g)).toHaveLength(4);
    expect(html.match(/"/g)).toHaveLength(2);
    expect(html).toContain('&#60;script&#62;');
  });

  it('writes values as they are in text', () => {
    expect(render({ body: '{{ x }}' }, { x: `Tom & "Jerry" <3` }).text).toBe(`Tom & "Jerry" <3`);
  });

  it('never cuts a character in half', () => {
    expect(render({ body: '{{ x | split: "" | first }}' }, { x: '😀' }).text).toBe('\ufffd');
  });

  it('writes any text back unchanged', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => value.trim() !== '');
    fc.assert(fc.property(text, (x) => expect(render({ body: '{{ x }}' }, { x }).text).toBe(x)));
  });
});

describe('a template that is refused when it is stored', () => {
  it.each([
    ['an output that is not closed', 'Hi {{ name'],
    ['a condition that is not closed', '{% if a %}x'],
    ['a call of a constructor', '{{constructor.constructor("return process")()}}'],
    ['a template language that is not ours', '{{#with (lookup this "constructor")}}'],
    ['a file', "{% include '/etc/passwd' %}"],
    ['a partial', "{% render 'x' %}"],
    ['a layout', "{% layout 'x' %}"],
    ['a block', '{% block x %}{% block x %}{% endblock %}{% endblock %}'],
    ['an unknown filter', '{{ x | shell }}'],
    ['a date with a width', "{{ x | date: '%9999999d' }}"],
    ['the filter that strips tags', '{{ x | strip_html }}'],
    ['the filter that undoes the escaping', '{{ x | raw }}'],
    ['a filter that evaluates text', "{{ x | where_exp: 'i', 'i.a' }}"],
    ['a source beyond 64 kB', 'x'.repeat(65_537)],
    ['a source beyond 64 kB in bytes', 'ü'.repeat(40_000)],
  ])('is one with %s', (_, body) => {
    expect(faultsOf(() => compileTemplate({ ...NONE, body }, []))).toEqual([
      { pointer: '/body', message: expect.any(String) },
    ]);
  });

  it('is named in each text that is faulty', () => {
    const faults = faultsOf(() => compileTemplate({ subject: '{{', body: 'fine', html: '{% nope %}' }, []));
    expect(faults.map(({ pointer }) => pointer)).toEqual(['/subject', '/html']);
  });
});

describe('a template that is stopped when it is rendered', () => {
  const text = 'x'.repeat(60_000);
  it.each([
    ['a thousand million turns', '{% for i in (1..999999999) %}{% endfor %}', {}],
    ['a hundred thousand empty turns', 'x{% for i in (1..100000) %}{% endfor %}', {}],
    ['loops in loops', 'x{% for i in (1..999) %}{% for j in (1..99) %}{% endfor %}{% endfor %}', {}],
    [
      'a text that doubles itself',
      `{% assign s = "0123456789" %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}{{ s }}`,
      {},
    ],
    ['a list joined by a long text', '{{ a | join: b }}', { a: Array.from({ length: 5_000 }, () => 'x'), b: text }],
    ['300 kB of output', '{{ x }}{{ x }}{{ x }}{{ x }}{{ x }}', { x: text }],
    ['a padded slice', "{{ 'x' | slice: 0, 99999999999 }}", {}],
    ['an endless number', '{{ x | divided_by: 0 }}', { x: 1 }],
    ['the class of a loop', '{% for i in a %}{{ forloop.constructor }}{% endfor %}', { a: [1] }],
    ['the prototype of a loop', '{% for i in a %}{{ forloop.__proto__ }}{% endfor %}', { a: [1] }],
    ['a loop over what is missing', '{% for i in a %}{{ i.n }}{% endfor %}', { a: [{}] }],
  ])('is one with %s', (_, body, values) => {
    expect(faultsOf(() => render({ body }, values))).toEqual([{ pointer: '/variables', message: expect.any(String) }]);
  });

  it('reads nothing from prototypes', () => {
    for (const path of ['constructor', '__proto__', 'toString', 'a.constructor', 'a.__defineGetter__', 'a.valueOf']) {
      const [fault] = faultsOf(() => render({ body: `{{ ${path} }}` }, { a: {} }));
      expect(fault?.pointer).toBe(`/variables/${path.replace('.', '/')}`);
    }
  });

  it('survives a nesting that is too deep for its parser', () => {
    const depth = 2_800;
    const body = '{% if a %}'.repeat(depth) + '{% endif %}'.repeat(depth);
    expect(faultsOf(() => render({ body }, { a: 1 }))).toHaveLength(1);
  });
});

describe('variables', () => {
  const specs = readSpecs([
    { name: 'name' },
    { name: 'city', required: false },
    { name: 'greeting', default: 'Hello' },
    { name: 'total', type: 'NUMBER', required: false },
    { name: 'items', type: 'LIST', required: false },
  ]);

  it('are completed by their defaults', () => {
    const body = '{{ greeting }} {{ name }}{{ city }}';
    expect(render({ body }, { name: 'Ada' }, specs).text).toBe('Hello Ada');
    expect(render({ body }, { name: 'Ada', greeting: 'Hi', city: '!' }, specs).text).toBe('Hi Ada!');
  });

  it('are refused by name when a required one is missing or empty', () => {
    for (const values of [{}, { name: null }]) {
      expect(faultsOf(() => render({ body: 'no use of it' }, values, specs))).toEqual([
        { pointer: '/variables/name', message: 'is required by the template' },
      ]);
    }
  });

  it('are refused by name when one is used, not declared and missing', () => {
    expect(faultsOf(() => render({ body: '{{ order.id }}' }, { order: {} }))).toEqual([
      { pointer: '/variables/order/id', message: 'is used in the body of the template, but is missing' },
    ]);
  });

  it('are refused by name when their type is another', () => {
    const values = { name: ['Ada'], total: '12', items: 'a' };
    expect(faultsOf(() => render({ body: 'x' }, values, specs))).toEqual([
      { pointer: '/variables/name', message: 'must be text' },
      { pointer: '/variables/total', message: 'must be a number' },
      { pointer: '/variables/items', message: 'must be a list' },
    ]);
  });

  it('are refused when they would be written as an object', () => {
    const [fault] = faultsOf(() => render({ body: 'Hi {{ user }}' }, { user: { name: 'Ada' } }));
    expect(fault?.message).toContain('{{ user }}');
    expect(fault?.message).not.toContain('Ada');
  });

  it('cannot break the line of a subject', () => {
    const values = { name: 'Ada\r\nBcc: eve@example.com' };
    const [fault] = faultsOf(() => render({ subject: 'Hi {{ name }}', body: 'x' }, values));
    expect(fault?.message).toContain('{{ name }}');
    expect(render({ body: 'Hi {{ name }}' }, values).text).toContain('\r\n');
  });

  it('are refused when they leave nothing to say', () => {
    expect(faultsOf(() => render({ body: '{{ x }}' }, { x: ' ' }))).toHaveLength(1);
  });

  it('are taken by the thousand', () => {
    const values = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`v${i}`, i]));
    expect(render({ body: '{{ v9999 }}' }, values).text).toBe('9999');
  });

  it('are refused in their declaration when it contradicts itself', () => {
    const faults = faultsOf(() =>
      readSpecs([
        { name: 'a', required: true, default: 'x' },
        { name: 'b', type: 'NUMBER', default: '1' },
        { name: 'c' },
        { name: 'c' },
        { name: 'constructor' },
      ]),
    );
    expect(faults.map(({ pointer }) => pointer)).toEqual([
      '/variables/0/default',
      '/variables/1/default',
      '/variables/3/name',
      '/variables/4/name',
    ]);
  });
});

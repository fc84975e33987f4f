/** A template with its values, and what becomes of it. */
export interface Vector {
  name: string;
  /** Text, and for e-mail the HTML. */
  body?: string;
  html?: string;
  subject?: string;
  channelType?: 'EMAIL' | 'SMS' | 'WHATSAPP' | 'TELEGRAM';
  variables?: Record<string, unknown>;
  /**
   * REFUSED: it is not stored; STOPPED: it is not rendered; SLOW: either, for what it
   * costs; ANY: as fast as the machine is; otherwise what it says.
   */
  fate: 'REFUSED' | 'STOPPED' | 'SLOW' | 'ANY' | { text?: string; html?: string; subject?: string };
}

const chain = (filter: string, times: number) => `{{ x ${`| ${filter} `.repeat(times)}}}`;
const long = 'x'.repeat(200_000);
const loop = (inside: string, turns = 4_000) => `{% for i in (1..${turns}) %}${inside}{% endfor %}`;
const deep = (depth: number, inside: string) =>
  Array.from({ length: depth }, (_, i) => `{% for i${i} in (1..1000) %}`).join('') +
  inside +
  '{% endfor %}'.repeat(depth);

/** What people try against template languages, and what is slow in ours. */
export const VECTORS: readonly Vector[] = [
  { name: 'an output that is not closed', body: '{{', fate: 'REFUSED' },
  {
    name: 'the constructor of a constructor',
    body: '{{constructor.constructor("return process")()}}',
    fate: 'REFUSED',
  },
  {
    name: 'a constructor by index',
    body: '{{ x["constructor"]["constructor"] }}',
    variables: { x: {} },
    fate: 'STOPPED',
  },
  { name: 'the prototype', body: '{{__proto__.x}}', fate: 'STOPPED' },
  { name: 'a getter of a prototype', body: '{{a.__defineGetter__}}', variables: { a: {} }, fate: 'STOPPED' },
  { name: 'a method of a list', body: '{{ a.map }}', variables: { a: [1] }, fate: 'STOPPED' },
  {
    name: 'what the map filter reads',
    body: '{{ a | map: "__proto__" | join }}',
    variables: { a: [{}] },
    fate: 'STOPPED',
  },
  {
    name: 'what the where filter reads',
    body: '{{ a | where: "constructor" | size }}',
    variables: { a: [{}] },
    fate: 'STOPPED',
  },
  { name: 'the global object', body: '{{ globalThis }}{{ process }}{{ require }}', fate: 'STOPPED' },
  { name: 'Handlebars', body: '{{#with (lookup this "constructor")}}', fate: 'REFUSED' },
  { name: 'Jinja', body: "{{ ''.__class__.__mro__[1].__subclasses__() }}", fate: 'REFUSED' },
  {
    name: 'Freemarker',
    body: '${"freemarker.template.utility.Execute"?new()("id")}',
    fate: { text: '${"freemarker.template.utility.Execute"?new()("id")}' },
  },
  { name: 'ERB', body: '<%= `id` %>', fate: { text: '<%= `id` %>' } },
  { name: 'a thousand million turns', body: 'x{% for i in (1..999999999) %}{% endfor %}', fate: 'STOPPED' },
  { name: 'loops in loops in loops', body: `x${deep(3, '{{ i0 }}')}`, fate: 'STOPPED' },
  {
    name: 'a range of nonsense',
    body: '{% for i in (x..y) %}{% endfor %}x',
    variables: { x: '1e9', y: 'NaN' },
    fate: { text: 'x' },
  },
  { name: 'a date with a width', body: "{{ x | date: '%9999999d' }}", fate: 'REFUSED' },
  {
    name: 'the filter that strips tags',
    body: '{{ x | strip_html }}',
    variables: { x: '<script'.repeat(50_000) },
    fate: 'REFUSED',
  },
  { name: 'a layout of itself', body: "{% layout 'self' %}", fate: 'REFUSED' },
  { name: 'a block in a block', body: '{% block a %}{% block a %}{% endblock %}{% endblock %}', fate: 'REFUSED' },
  { name: 'a file', body: "{% include '/etc/passwd' %}", fate: 'REFUSED' },
  { name: 'a partial', body: "{% render '../../etc/passwd' %}", fate: 'REFUSED' },
  {
    name: 'a value that is a template',
    body: '{{ x }}',
    variables: { x: '{{7*7}}{% raw %}' },
    fate: { text: '{{7*7}}{% raw %}' },
  },
  {
    name: 'a tag in a value',
    html: '<p>{{ x }}</p>',
    variables: { x: '</a><script>' },
    fate: { html: '<p>&#60;/a&#62;&#60;script&#62;</p>' },
  },
  {
    name: 'an attribute in a value',
    html: '<p title="{{ x }}">',
    variables: { x: '" onmouseover="' },
    fate: { html: '<p title="&#34; onmouseover=&#34;">' },
  },
  {
    name: 'a script as a link',
    html: '<a href="{{ x }}">',
    variables: { x: 'javascript:alert("PII-7781")' },
    fate: 'STOPPED',
  },
  { name: 'a value in a script', html: '<script>{{ x }}</script>', fate: 'REFUSED' },
  {
    name: 'a header in a subject',
    body: 'b',
    subject: 'Hi {{ x }}',
    channelType: 'EMAIL',
    variables: { x: 'PII-7781\r\nBcc: x@y.z' },
    fate: 'STOPPED',
  },
  { name: 'a missing value', body: '{{ x }}', fate: 'STOPPED' },
  { name: 'an object', body: '{{ x }}', variables: { x: { secret: 'PII-7781' } }, fate: 'STOPPED' },
  { name: 'a list', body: '{{ x }}', variables: { x: ['PII-7781'] }, fate: 'STOPPED' },
  { name: 'a megabyte', body: '{{ x }}', variables: { x: 'PII-7781'.repeat(100_000) }, fate: 'STOPPED' },
  {
    name: 'a megabyte in a loop',
    body: `${loop('{{ x | upcase | size }}')}`,
    variables: { x: 'PII-7781'.repeat(100_000) },
    fate: 'STOPPED',
  },
  {
    name: 'nine hundred values',
    body: '{{ v899 }}',
    variables: Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`v${i}`, i])),
    fate: { text: '899' },
  },
  { name: '300 kB', body: '{{ x }}{{ x }}', variables: { x: long }, fate: 'STOPPED' },
  {
    name: 'reserved characters of Telegram',
    channelType: 'TELEGRAM',
    html: '<b>{{ x }}</b>',
    variables: { x: '_*[]()~>#+-=|{}.!<&"' },
    fate: { html: '<b>_*[]()~&#62;#+-=|{}.!&#60;&#38;&#34;</b>' },
  },
  // What is slow, step by step as cheap as any.
  {
    name: 'a chain of 7,000 filters, 4,000 times',
    body: loop(chain('strip', 7_000)),
    variables: { x: '' },
    fate: 'SLOW',
  },
  {
    name: 'a path of 20,000 names, 4,000 times',
    body: loop(`{% if x${'.x'.repeat(20_000)} %}{% endif %}`),
    variables: { x: {} },
    fate: 'SLOW',
  },
  {
    name: 'a condition of 4,000 comparisons, 4,000 times',
    body: loop(`{% if x == x${' and x == x'.repeat(4_000)} %}{% endif %}`),
    variables: { x: long },
    fate: 'SLOW',
  },
  {
    name: 'a search for half of a text in it, 4,000 times',
    body: loop('{% if x contains y %}{% endif %}'),
    variables: { x: long, y: `b${'x'.repeat(90_000)}` },
    fate: 'SLOW',
  },
  {
    name: 'a replacement of half of a text',
    body: '{{ x | replace: y, "" | size }}',
    variables: { x: long, y: `b${'x'.repeat(90_000)}` },
    fate: 'SLOW',
  },
  {
    name: 'a list of 200,000 letters, sorted',
    body: '{{ x | split: "" | sort_natural | size }}',
    variables: { x: 'zyx'.repeat(66_000) },
    fate: 'ANY',
  },
  {
    name: 'a list of long texts, sorted',
    body: loop('{% assign y = x | sort_natural %}', 1_000),
    variables: { x: Array.from({ length: 300 }, (_, i) => `${'x'.repeat(600)}${i}`) },
    fate: 'SLOW',
  },
  {
    name: 'a list that doubles itself',
    body: `{% assign s = "x," %}${loop('{% assign s = s | append: s %}', 99)}{{ s | split: "," | size }}`,
    fate: 'SLOW',
  },
  {
    name: 'a long name for the map filter',
    body: '{% assign y = x | map: z %}{{ y | size }}',
    variables: { x: Array.from({ length: 2_000 }, () => ({})), z: 'a.'.repeat(30_000) },
    fate: 'SLOW',
  },
  { name: 'brackets by the thousand', body: `{{ x${'["x"]'.repeat(10_000)} }}`, variables: { x: {} }, fate: 'SLOW' },
  {
    name: 'brackets in brackets',
    body: `{{ ${'x['.repeat(15_000)}1${']'.repeat(15_000)} }}`,
    variables: { x: {} },
    fate: 'SLOW',
  },
  { name: 'thirteen thousand outputs', body: '{{a}}'.repeat(13_000), variables: { a: 'x' }, fate: 'SLOW' },
  {
    name: 'conditions in conditions',
    body: `${'{% if x %}'.repeat(3_000)}x${'{% endif %}'.repeat(3_000)}`,
    variables: { x: 1 },
    fate: 'SLOW',
  },
  {
    name: 'spaces by the thousand',
    body: `{{ x ${' '.repeat(60_000)} | strip }}${' '.repeat(5_000)}x`,
    variables: { x: ' '.repeat(100_000) },
    fate: { text: `${' '.repeat(5_000)}x` },
  },
  {
    name: 'spaces to strip',
    body: '{{ x | rstrip | squish | truncatewords: 1 }}!',
    variables: { x: `${' '.repeat(190_000)}x` },
    fate: { text: 'x...!' },
  },
  { name: 'tags that are not closed', html: '<a '.repeat(20_000), fate: 'REFUSED' },
  { name: 'HTML to make a text of', html: '<table><tr><td>'.repeat(4_000), channelType: 'EMAIL', fate: 'ANY' },
  {
    name: 'HTML of a value to make a text of',
    html: '{{ x }}',
    channelType: 'EMAIL',
    variables: { x: '<'.repeat(50_000) },
    fate: 'ANY',
  },
];

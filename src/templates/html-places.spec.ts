import { parsePart, renderPart } from './liquid';

const write = (html: string, values: Record<string, unknown>) => renderPart(parsePart(html, 'html'), values);

describe('a value in HTML', () => {
  it.each([
    ['text', '<p>{{ x }}</p>', '<b>&', '<p>&#60;b&#62;&#38;</p>'],
    ['a title', '<title>{{ x }}</title>', '</title><script>', '<title>&#60;/title&#62;&#60;script&#62;</title>'],
    ['a quoted attribute', `<p title="{{ x }}">`, `" onclick='x`, `<p title="&#34; onclick=&#39;x">`],
    [
      'a whole link',
      '<a href="{{ x }}">',
      'https://a.example/?a=1&b="2"',
      '<a href="https://a.example/?a=1&#38;b=&#34;2&#34;">',
    ],
    ['a mail address', '<a href="mailto:{{ x }}">', 'a@b.co?bcc=c', '<a href="mailto:a%40b.co%3Fbcc%3Dc">'],
    [
      'the middle of a link',
      "<a href='https://a.example/{{ x }}'>",
      `a/b?c'd é`,
      "<a href='https://a.example/a%2Fb%3Fc&#39;d%20%C3%A9'>",
    ],
    ['a link, encoded by the template', '<a href="/?q={{ x | url_encode }}">', 'a b&c', '<a href="/?q=a+b%26c">'],
    ['a style', '<p style="color: {{ x }}">', '#ff0000', '<p style="color: #ff0000">'],
    [
      'a comment for Outlook',
      '<!--[if mso]><td width="{{ x }}"><![endif]-->',
      '"',
      '<!--[if mso]><td width="&#34;"><![endif]-->',
    ],
    ['text after a comment', '<!-- " --><!--> <p>{{ x }}', '<', '<!-- " --><!--> <p>&#60;'],
    [
      'text after a script',
      '<script>if (a < b) "</scrip"</script>{{ x }}',
      '<',
      '<script>if (a < b) "</scrip"</script>&#60;',
    ],
    [
      'text after an output that is a condition',
      '<a {% if x %}class="a"{% endif %}>{{ x }}',
      '<',
      '<a class="a">&#60;',
    ],
  ])('is written for %s', (_, html, x, expected) => {
    expect(write(html, { x })).toBe(expected);
  });

  it.each([
    ['javascript:alert(1)'],
    ['JaVaScRiPt:alert(1)'],
    [' javascript:alert(1)'],
    ['java\nscript:alert(1)'],
    ['java\tscript:alert(1)'],
    ['\u0001javascript:alert(1)'],
    ['data:text/html,<script>'],
    ['vbscript:x'],
  ])('is refused as a link when it is %j', (x) => {
    for (const attribute of ['href', 'SRC', 'action', 'xlink:href'])
      expect(() => write(`<a ${attribute} = "{{ x }}">`, { x })).toThrow('gets a link');
  });

  it.each([
    ['https://a.example'],
    ['mailto:a@b.co'],
    ['tel:+1'],
    ['/path:with/colon'],
    ['?a:b'],
    ['#top'],
    ['page.html'],
    ['cid:logo'],
  ])('is taken as a link when it is %s', (x) => expect(write('<a href="{{ x }}">', { x })).toBe(`<a href="${x}">`));

  it('begins a link only once, also in a loop and behind a condition', () => {
    const split = { a: 'javascript', b: ':alert(1)', list: ['javascript', ':alert(1)'], none: '' };
    expect(write('<a href="{{ a }}{{ b }}">', split)).toBe('<a href="javascript%3Aalert(1)">');
    expect(write('<a href="{% for x in list %}{{ x }}{% endfor %}">', split)).toBe('<a href="javascript%3Aalert(1)">');
    const behind = '<a href="{% if none %}https://a.example/{% endif %}{{ none }}{{ a }}{{ b }}">';
    expect(write(behind, { ...split, none: null })).toBe('<a href="javascript%3Aalert(1)">');
  });

  it('is refused in a style when it could end the style or begin a function', () => {
    for (const x of ['red;background:blue', 'url(x)', '"', '\\', '}', '<'])
      expect(() => write('<p style="color: {{ x }}">', { x })).toThrow('no style may hold');
  });
});

describe('a template in HTML is refused', () => {
  it.each([
    ['in a script', '<script>var x = "{{ x }}"</script>', 'inside <script>'],
    ['in a style sheet', '<style>p { color: {{ x }} }</style>', 'inside <style>'],
    ['in a frame', '<iframe>{{ x }}</iframe>', 'inside <iframe>'],
    ['in an event handler', '<p onclick="f(\'{{ x }}\')">', 'run as a script'],
    ['in HTML within HTML', '<iframe srcdoc="{{ x }}">', 'srcdoc'],
    ['in an attribute without quotes', '<p title={{ x }}>', 'without quotes'],
    ['further into an attribute without quotes', '<p title=a{{ x }}>', 'without quotes'],
    ['as an attribute', '<p {{ x }}>', 'inside a tag'],
    ['in the name of an attribute', '<p a{{ x }}="b">', 'inside a tag'],
    ['as a tag', '<{{ x }}>', 'inside a tag'],
    ['in the name of a tag', '<h{{ x }}>', 'inside a tag'],
    ['in a comment', '<!-- {{ x }} -->', 'in a comment'],
    ['in a declaration', '<!doctype {{ x }}>', 'in a comment'],
    ['after the scheme of a script', '<a href="javascript:f({{ x }})">', 'none of http'],
    ['after a scheme that is written in entities', '<a href="&#106;avascript:{{ x }}">', 'none of http'],
    ['behind a scheme that is a value', '<a href="{{ a }}:{{ x }}">', 'none of http'],
    [
      'behind branches that end at different places',
      '<p {% if a %}title="{% else %}>{% endif %}{{ x }}',
      'different places',
    ],
    ['behind a condition that opens a script', '{% if a %}<script>{% endif %}{{ x }}', 'different places'],
    ['in a loop that opens a tag at each turn', '{% for i in a %}{{ i }}<p title="{% endfor %}', 'another place'],
    [
      'behind a loop that is left inside of a tag',
      '{% for i in a %}<p title="{% break %}">{% endfor %}{{ x }}',
      'another place',
    ],
    [
      'in a script that a condition closed',
      '<script>{% unless a %}</script>{% endunless %}{{ x }}',
      'different places',
    ],
    ['with a tag left open', '<p title="', 'ends inside'],
  ])('with an output %s', (_, html, message) => {
    expect(() => parsePart(html, 'html')).toThrow(message);
  });

  it('with the line and the column of what is wrong', () => {
    expect(() => parsePart('<p>\n\n  <script>{{ x }}</script>', 'html')).toThrow('line 3, column 11');
  });
});

it('reads 64 kB of anything in a few milliseconds', () => {
  for (const piece of ['<', '<a ', '<!--', '<!--[if', '<script>', '"', '<a href="', '{% raw %}{% endraw %}', '&'])
    expect(() => parsePart(piece.repeat(65_536 / piece.length), 'html')).not.toThrow(RangeError);
});

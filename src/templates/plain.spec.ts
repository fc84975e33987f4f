import { isPlain } from './plain';

it.each([
  'no braces at all { % }',
  'Hi {{ name }}{{order.id}}',
  '{{- name | default: "you" | capitalize -}}',
  '{% if vip %}Dear{% elsif plan == "pro" %}Hello{% else %}Hi{% endif %}',
  '{% unless user.left %}x{% endunless %}',
])('takes %j for plain', (source) => expect(isPlain(source)).toBe(true));

it.each([
  '{% for i in items %}{{ i }}{% endfor %}',
  '{{ items | sort }}',
  '{{ a[b] }}',
  '{{ a.b.c.d.e.f.g.h }}',
  '{{ a | upcase | upcase | upcase | upcase | upcase }}',
  '{% assign a = b %}',
  '{% if a contains b %}{% endif %}',
  '{% if a == b %}{% endif %}',
  '{% if a and b %}{% endif %}',
  '{{ "}}" }}',
  '{{ open',
  '{% open',
  '{{ (1..9) }}',
  `{{ a | default: "${'x'.repeat(300)}" }}`,
  '{{ a }}'.repeat(101),
  '{% if a %}'.repeat(51) + '{% endif %}'.repeat(51),
  '{% raw %}{{ x }}{% endraw %}',
])('does not take %j for plain', (source) => expect(isPlain(source)).toBe(false));

it('looks at each character once', () => {
  for (const piece of ['{', '{{', '{%', '{{ a | default: "', '{{ a', '{% if '])
    expect(isPlain(piece.repeat(65_536 / piece.length))).toBe(false);
});

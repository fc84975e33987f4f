import fc from 'fast-check';
import { toTelegramHtml } from '../../src/providers/telegram/html';

it.each([
  // Telegram's own tags, by all their names.
  ['<b>a</b><strong>b</strong>', '<b>a</b><b>b</b>'],
  ['<i>a</i><em>b</em><u>c</u><ins>d</ins>', '<i>a</i><i>b</i><u>c</u><u>d</u>'],
  ['<s>a</s><strike>b</strike><del>c</del>', '<s>a</s><s>b</s><s>c</s>'],
  [
    '<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>',
    '<tg-spoiler>a</tg-spoiler><tg-spoiler>b</tg-spoiler>',
  ],
  ['<B CLASS=x>a</B>', '<b>a</b>'],
  ['<code>a</code> <pre>b\n  c</pre>', '<code>a</code> \n<pre>b\n  c</pre>'],
  ['<pre><code class="language-python">x</code></pre>', '<pre><code class="language-python">x</code></pre>'],
  ['<pre><code>x</code></pre>', '<pre>x</pre>'],
  // Links.
  ['<a href="https://a.example/?x=1&amp;y=2">a</a>', '<a href="https://a.example/?x=1&amp;y=2">a</a>'],
  ["<a title='>' href='tg://user?id=7'>a</a>", '<a href="tg://user?id=7">a</a>'],
  ['<a href=http://a.example/>a</a>', '<a href="http://a.example/">a</a>'],
  ['<a href="javascript:alert(1)">a</a><a>b</a>', 'ab'],
  ['<a href="https://a.example/&quot; onclick=x">a</a>', 'a'],
  ['<a href="https://a.example/&quot;&gt;x">a</a>', '<a href="https://a.example/&quot;&gt;x">a</a>'],
  ['<a href="https://a.example" href="https://b.example">a</a>', '<a href="https://a.example">a</a>'],
  // Everything else gives its text only.
  ['<font color=red>a</font><img src="x" alt="y"><span>b</span>', 'ab'],
  ['<script>if (a < b) "</p>"</script>a<style>p{}</style>b', 'ab'],
  ['<!DOCTYPE html><html><head><title>T</title></head><body>a</body></html>', 'a'],
  ['a<!-- <b> -->b<!-->c<?php echo 1 ?>d</>e', 'abcde'],
  // Lines.
  ['<h1>A</h1><p>b</p>\n  <p>c</p>', 'A\nb\nc'],
  ['a<br>b<br/>c', 'a\nb\nc'],
  ['a<br><br>b', 'a\n\nb'],
  ['<ul>\n <li>a</li>\n <li><p>b</p></li>\n</ul>c', '• a\n• b\nc'],
  ['a<blockquote>b</blockquote>c', 'a\n<blockquote>b</blockquote>\nc'],
  ['<b>a<br>b</b>', '<b>a\nb</b>'],
  ['line 1\nline 2', 'line 1\nline 2'],
  // What is not balanced, or not nested as Telegram wants it.
  ['<b>a', '<b>a</b>'],
  ['a</b></p></a>b', 'a\nb'],
  ['<b>a<i>b</b>c</i>d', '<b>a<i>b</i></b><i>c</i>d'],
  ['<b>a<b>b</b>c</b>d', '<b>abc</b>d'],
  ['<span class="tg-spoiler">a<span>b</span>c</span>d', '<tg-spoiler>abc</tg-spoiler>d'],
  ['<b></b><i> </i>', '<i> </i>'],
  ['<b>a <code>b</code> c</b>', '<b>a </b><code>b</code><b> c</b>'],
  ['<code>a<b>b</b></code>', '<code>ab</code>'],
  ['<blockquote>a<code>b</code></blockquote>', '<blockquote>a<code>b</code></blockquote>'],
  ['<a href="https://a.example"><code>a</code></a>', '<a href="https://a.example">a</a>'],
  ['<blockquote>a<blockquote>b</blockquote></blockquote>c', '<blockquote>a\nb</blockquote>\nc'],
  // Text that only looks like markup.
  ['1 < 2 && 3 > 2', '1 &lt; 2 &amp;&amp; 3 &gt; 2'],
  ['a <3 b', 'a &lt;3 b'],
  ['x <', 'x &lt;'],
  ['x <b', 'x '],
  ['x <b class="', 'x '],
  ['x <!-- y', 'x '],
  // Entities: Telegram knows four names.
  ['&lt;b&gt; &amp;amp; &quot;', '&lt;b&gt; &amp;amp; &quot;'],
  ['&nbsp;&uuml;&euro;&hellip;&#8212;&#x1F4E6;', '\u00a0ü€…—📦'],
  ['&nosuch; &amp &#0; &#xD800; &#99999999;', '&amp;nosuch; &amp;amp \ufffd \ufffd \ufffd'],
])('%j becomes %j', (source, html) => {
  expect(toTelegramHtml(source).html).toBe(html);
});

it('tells what is seen of it', () => {
  expect(toTelegramHtml('<p>a &lt; <b>b</b></p><p>c</p>').visible).toBe('a < b\nc');
});

const TAG = /^<(?:b|i|u|s|code|pre|tg-spoiler|blockquote|a href="[^"<>]*"|code class="language-[\w+#.-]+")>/;

/** Reads what Telegram reads, strictly: known tags that are balanced, and escaped text. Gives the text. */
function strictlyRead(html: string): string {
  const open: string[] = [];
  let text = '';
  let rest = html;
  while (rest !== '') {
    const start = TAG.exec(rest)?.[0];
    const end = /^<\/([a-z-]+)>/.exec(rest);
    const plain = /^(?:[^<>&"]|&(?:lt|gt|amp|quot);)+/.exec(rest)?.[0];
    if (start) open.push(/[a-z-]+/.exec(start)?.[0] ?? '');
    else if (end) expect(open.pop()).toBe(end[1]);
    else if (plain === undefined) throw new Error(`Telegram would refuse ${rest.slice(0, 40)}`);
    text += plain ?? '';
    rest = rest.slice((start ?? end?.[0] ?? plain ?? '').length);
  }
  expect(open).toEqual([]);
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

const piece = fc.oneof(
  fc.constantFrom(
    ...[
      '<b>',
      '</b>',
      '<i>',
      '</i>',
      '<pre>',
      '</pre>',
      '<code class="language-x">',
      '<code>',
      '</code>',
      '<p>',
      '</p>',
    ],
    ...['<a href="https://a.example/&amp;">', "<a href='\"'>", '</a>', '<blockquote>', '</blockquote>', '<li>', '<br>'],
    ...[
      '<span class="tg-spoiler">',
      '</span>',
      '<script>',
      '</script>',
      '<!--',
      '-->',
      '<',
      '>',
      '"',
      "'",
      '&',
      '&lt;',
    ],
    ...['&#x3c;', '</', '<x y=', 'word', ' ', '\n', '<u', '=', '/'],
  ),
  fc.string({ maxLength: 8 }),
);

it('gives balanced, escaped HTML of what is seen, whatever it gets', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const { html, visible } = toTelegramHtml(pieces.join(''));
      expect(strictlyRead(html)).toBe(visible);
    }),
    { numRuns: 2_000 },
  );
});

it('changes nothing of what it made, but for lines', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const once = toTelegramHtml(pieces.join('')).html;
      const lines = (html: string) => html.replace(/[\s\u00a0]+/g, '');
      expect(lines(toTelegramHtml(once).html)).toBe(lines(once));
    }),
    { numRuns: 1_000 },
  );
});

it.each([
  ['tags that never close', '<b>x'],
  ['end tags of nothing', '<b></i>'],
  ['openings without an end', '<a "'],
  ['comments', '<!--'],
  ['blocks', '<p>x'],
  ['less-than signs', '<'],
  ['quotes', '<a b="'],
  ['spans', '<span class=tg-spoiler>x'],
])('reads 200 000 characters of %s in no time', (_case, part) => {
  const started = performance.now();
  toTelegramHtml(part.repeat(200_000 / part.length));
  expect(performance.now() - started).toBeLessThan(10_000); // tens of milliseconds; what grows with the square of the length takes minutes
});

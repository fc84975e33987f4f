import fc from 'fast-check';
import { appendToBody, replaceLinks } from './html-links';

const marked = (html: string) => replaceLinks(html, (url) => `[${url}]`);

describe('links of an HTML text', () => {
  it.each([
    ['in double quotes', '<a href="http://a/?x=1">', '<a href="[http://a/?x=1]">'],
    ['in single quotes', "<a href='http://a'>", '<a href="[http://a]">'],
    ['without quotes', '<a href=http://a/b class=x>', '<a href="[http://a/b]" class=x>'],
    ['in capitals, over lines', '<A\n  CLASS="x"\n  HREF = "http://a"\n>', '<A\n  CLASS="x"\n  HREF = "[http://a]"\n>'],
    ['of a map', '<area shape=rect href="http://a">', '<area shape=rect href="[http://a]">'],
    [
      'with a sign as its name',
      '<a href="http://a/?x=1&amp;y=2&#38;z=&#x33;">',
      '<a href="[http://a/?x=1&amp;y=2&amp;z=3]">',
    ],
    ['that hold what ends a tag', '<a title="a > b" href="http://a">', '<a title="a > b" href="[http://a]">'],
    ['twice: the first counts', '<a href="http://a" href="http://b">', '<a href="[http://a]" href="http://b">'],
    [
      'after a value that looks like one',
      `<a title="href='http://x'" href="http://a">`,
      `<a title="href='http://x'" href="[http://a]">`,
    ],
    ['without a space after the quotes', '<a class="x"href="http://a">', '<a class="x"href="[http://a]">'],
  ])('are found %s', (_, html, wanted) => {
    expect(marked(html)).toBe(wanted);
  });

  it.each([
    ['in comments, also of Outlook', '<!--[if mso]><a href="http://a"><![endif]-->'],
    ['in scripts and styles', '<style>a{}<a href="http://a"></style><script>"<a href=\'http://a\'>"</script>'],
    ['in what never ends', '<!-- <a href="http://a">'],
    ['of other tags', '<abbr href="http://a"><link href="http://a"><article href="http://a">'],
    ['that are asked to stay', '<a data-no-track href="http://a"><a href="http://a" DATA-NO-TRACK="1">'],
    ['in a word for a sign that we do not know', '<a href="http://a/&copy;/">'],
    ['with a sign that is none', '<a href="http://a/&#0;&#xd800;">'],
    ['in half a tag', '<a href="http://a"'],
    ['in the text of the page', 'href="http://a" and <b>a href="http://a"</b>'],
  ])('are left alone %s', (_, html) => {
    expect(marked(html)).toBe(html);
  });

  it('leave everything else to the letter, whatever it is', () => {
    const piece = fc.constantFrom(
      '<a ',
      'href=',
      '"',
      "'",
      '>',
      '<!--',
      '-->',
      '<script>',
      '</script>',
      'http://a',
      ' ',
      '&amp;',
      'é',
    );
    const texts = fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(fc.property(texts, (html) => replaceLinks(html, () => undefined) === html));
  });

  it('are looked at in one pass: no text is slow', () => {
    const hostile = [
      '<a ',
      '<a "',
      "<a '",
      '<a "\'',
      '<a href="',
      '<!--',
      '<script',
      '</script ',
      '<a x=',
      '</body ',
      '<a \t',
    ];
    const looked = hostile.map((piece) => {
      const html = piece.repeat(100_000 / piece.length);
      return appendToBody(marked(html), '').length >= html.length;
    });
    expect(looked).not.toContain(false);
  });
});

describe('a piece at the end', () => {
  it.each([
    ['<html><body><p>Hi</p></body></html>', '<html><body><p>Hi</p>*</body></html>'],
    ['<p>Hi</p></HTML >', '<p>Hi</p>*</HTML >'],
    ['<p>Hi</p>', '<p>Hi</p>*'],
    ['<pre>&lt;/body></pre></body>\n', '<pre>&lt;/body></pre>*</body>\n'],
  ])('of %s stands where it is shown', (html, wanted) => {
    expect(appendToBody(html, '*')).toBe(wanted);
  });
});

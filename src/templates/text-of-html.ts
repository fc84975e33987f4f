import { compile } from 'html-to-text';
import { TemplateFault } from './template-fault';

/** Nested deeper than this, what is inside is left out. */
const DEEPEST = 200;

/** Wide enough that only readers break lines; links stand behind their words; of pictures, what stands instead of them. */
const convert = compile({
  wordwrap: false,
  limits: { maxDepth: DEEPEST, ellipsis: '' },
  formatters: {
    alternative: ({ attribs }, _walk, builder) => builder.addInline(attribs?.['alt'] ?? ''),
  },
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, ignoreHref: false, linkBrackets: ['(', ')'] } },
    { selector: 'img', format: 'alternative' },
    { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'td', format: 'inlineSurround', options: { suffix: ' ' } },
    { selector: 'th', format: 'inlineSurround', options: { suffix: ' ' } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
});

/** The text part of a mail that has only HTML. Throws TemplateFault for HTML that cannot be read. */
export function textOfHtml(html: string): string {
  try {
    return convert(html)
      .replace(/[ \t]+$/gm, '')
      .replace(/\n{3,}/g, '\n\n')
      .trim();
  } catch (error) {
    if (error instanceof RangeError) throw new TemplateFault('is nested too deeply to make a text of it: give a body');
    throw error;
  }
}

import { type Context, defaultOperators, Liquid } from 'liquidjs';
import { TemplateFault } from './template-fault';

/** Longest source of one part as it is stored, in bytes of UTF-8. */
export const MAX_SOURCE_BYTES = 65_536;
/** Longest HTML that is parsed: what MJML became, in its layout. */
export const MAX_HTML_BYTES = 393_216;
/** Most units, mostly characters, that filters and ranges may produce on the way. */
const MAX_MEMORY = 2_000_000;

/** The tags of the language: conditions, loops, names for values. None that reads files, none that reads a value as a template. */
const TAGS = new Set(['if', 'unless', 'case', 'for', 'break', 'continue', 'assign', 'comment', 'raw', '#']);

/**
 * The filters of the language. Left out on purpose: `date` (CVE-2026-45357), `strip_html` (CVE-2026-45617), everything that
 * takes an expression as text, the escapes (values are escaped by where they stand), and `raw`, which would undo that.
 */
const FILTERS = new Set(
  `append prepend upcase downcase capitalize strip lstrip rstrip squish strip_newlines truncate truncatewords replace
  replace_first replace_last remove remove_first remove_last slice split join first last size reverse sort sort_natural uniq
  map sum compact concat where default plus minus times divided_by modulo round ceil floor abs at_least at_most
  url_encode`.split(/\s+/),
);

/** Filters that look for their first argument in a text, which nothing can interrupt. */
const SEARCHING = 'replace replace_first replace_last remove remove_first remove_last split'.split(' ');
/** What is looked for in a long text may cost the product of both lengths. */
const LONGEST_PATTERN = 200;

const contains = function* (left: unknown, right: unknown, context: Context): Generator<unknown, boolean, boolean> {
  if (typeof right === 'string' && right.length > LONGEST_PATTERN)
    throw new TemplateFault(`looks for more than ${LONGEST_PATTERN} characters`);
  return yield defaultOperators['contains']?.(left, right, context);
};

/** The language in which templates are written; `write` turns a value into what stands in the output. */
export function language(write: (value: unknown) => string): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    parseLimit: MAX_HTML_BYTES,
    memoryLimit: MAX_MEMORY,
    outputEscape: write,
    operators: { ...defaultOperators, contains },
  });
  for (const tag of Object.keys(liquid.tags)) if (!TAGS.has(tag)) delete liquid.tags[tag];
  for (const filter of Object.keys(liquid.filters)) if (!FILTERS.has(filter)) liquid.unregisterFilter(filter);
  for (const filter of SEARCHING) {
    const search = liquid.filters[filter];
    if (typeof search !== 'function') throw new Error(`liquidjs has no filter ${filter}`);
    liquid.registerFilter(filter, function (value, ...rest) {
      if (String(rest[0]).length > LONGEST_PATTERN)
        throw new TemplateFault(`looks for more than ${LONGEST_PATTERN} characters`);
      return search.call(this, value, ...rest);
    });
  }
  return liquid;
}

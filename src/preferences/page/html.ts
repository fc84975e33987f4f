/** A piece of HTML. Only the tag below makes one, so whatever is text has been escaped. */
export class Html {
  constructor(readonly source: string) {}
}

type Value = Html | string | number | false | null | undefined | readonly Value[];

/**
 * Writes HTML: what stands in the template is taken as it is, every value is escaped, in texts and in quoted attributes alike.
 * Pieces and lists of pieces go in as they are; false, null and undefined leave nothing.
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(parts.map((part, index) => (index ? write(values[index - 1]) : '') + part).join(''));
}

function write(value: Value): string {
  if (value === false || value === null || value === undefined) return '';
  if (value instanceof Html) return value.source;
  if (typeof value === 'object') return value.map(write).join('');
  return String(value).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * Whether a source is so simple that its cost is bounded by its length and the length of its values: outputs with a few filters
 * that read a text once, and conditions on a value. Everything else, loops above all, is parsed and rendered in a thread.
 */
export function isPlain(source: string): boolean {
  let pieces = 0;
  for (let at = nextBraces(source, 0); at !== -1;) {
    const isTag = source[at + 1] === '%';
    const end = source.indexOf(isTag ? '%}' : '}}', at + 2);
    if (end === -1 || end - at > LONGEST) return false;
    const inside = source.slice(at + 2, end);
    if (!(isTag ? TAG : OUTPUT).test(inside)) return false;
    if (++pieces > MOST_PIECES) return false;
    at = nextBraces(source, end + 2);
  }
  return true;
}

/** Longest output or tag, in characters. */
const LONGEST = 300;
/** Most outputs and tags: parsing takes the square of their number, for 13,000 more than a second. */
const MOST_PIECES = 100;

const PATH = '[A-Za-z_][\\w-]*(?:\\.[\\w-]+){0,5}';
const LITERAL = `"[^"]*"|'[^']*'|-?\\d{1,15}(?:\\.\\d{1,9})?|true|false`;
const FILTER = `\\|\\s*(?:upcase|downcase|capitalize|strip|default:\\s*(?:${LITERAL}|${PATH}))`;
const OUTPUT = new RegExp(`^-?\\s*${PATH}\\s*(?:${FILTER}\\s*){0,4}-?$`);
const TAG = new RegExp(
  `^-?\\s*(?:else|endif|endunless|(?:if|unless|elsif)\\s+${PATH}(?:\\s*[=!]=\\s*(?:${LITERAL}))?)\\s*-?$`,
);

function nextBraces(source: string, from: number): number {
  for (let at = source.indexOf('{', from); at !== -1; at = source.indexOf('{', at + 1))
    if (source[at + 1] === '{' || source[at + 1] === '%') return at;
  return -1;
}

/**
 * What is looked at: comments and raw texts are passed over, so that what looks like a tag inside them is none. A tag ends where
 * the next one begins, so that no text makes this go back further than one tag.
 */
const PIECES =
  /<!--[^]*?(?:-->|$)|<(script|style|title|textarea|xmp|template)\b[^]*?(?:<\/\1\s*>|$)|<(?:a|area)(?=[\s/])((?:"[^"]*"|'[^']*'|[^"'<>])*)>/gi;

const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

interface Attribute {
  name: string;
  value: string;
  /** Where the value stands in the text of the tag, with its quotes. */
  begin: number;
  end: number;
}

/**
 * Gives links of an HTML text other addresses. All but these is left to the letter. A link with the attribute data-no-track, or
 * with an address that is written in a way we are not sure of, stays as it is.
 *
 * @param addressFor what is to stand in place of an address; undefined: leave it.
 */
export function replaceLinks(html: string, addressFor: (url: string) => string | undefined): string {
  return html.replace(PIECES, (piece: string, _raw: string | undefined, attributes: string | undefined) => {
    if (attributes === undefined) return piece;
    const found = attributesOf(piece);
    const href = found.find(({ name }) => name === 'href');
    const url = href && !found.some(({ name }) => name === 'data-no-track') ? decoded(href.value) : undefined;
    const address = url === undefined ? undefined : addressFor(url);
    if (href === undefined || address === undefined) return piece;
    return `${piece.slice(0, href.begin)}"${encoded(address)}"${piece.slice(href.end)}`;
  });
}

/** Puts a piece of HTML at the end of what is shown. */
export function appendToBody(html: string, piece: string): string {
  const end = [...html.matchAll(/<\/body\s*>/gi)].at(-1)?.index ?? [...html.matchAll(/<\/html\s*>/gi)].at(-1)?.index;
  return end === undefined ? html + piece : html.slice(0, end) + piece + html.slice(end);
}

/** The attributes of a tag; the second of one name does not count. */
function attributesOf(tag: string): Attribute[] {
  const begin = /^<\w+/.exec(tag)?.[0].length ?? 0;
  return [...tag.slice(begin, -1).matchAll(ATTRIBUTE)].map((match) => {
    const [whole, name = '', ...values] = match;
    const value = values.find((each) => each !== undefined) ?? '';
    const quotes = /["']$/.test(whole) ? 2 : 0;
    const end = begin + match.index + whole.length;
    return { name: name.toLowerCase(), value, begin: end - value.length - quotes, end };
  });
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The value that a browser would see; undefined where it has a name for a character that we do not know. */
function decoded(value: string): string | undefined {
  let isCertain = true;
  const text = value.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]*));/gi, (whole, decimal, hex, name) => {
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    const character = name === undefined ? characterOf(code) : NAMED[String(name).toLowerCase()];
    isCertain &&= character !== undefined;
    return character ?? whole;
  });
  return isCertain ? text : undefined;
}

function characterOf(code: number): string | undefined {
  return code > 0x1f && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff)
    ? String.fromCodePoint(code)
    : undefined;
}

function encoded(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}

import { HtmlTokenizer, type HtmlToken } from './html-tokens';

type Name = 'b' | 'i' | 'u' | 's' | 'a' | 'code' | 'pre' | 'tg-spoiler' | 'blockquote';

/** A tag of Telegram's that the text stands in. */
interface Tag {
  name: Name;
  /** With its attributes. */
  open: string;
}

/** Elements that Telegram knows, by all their names (Bot API, "HTML style"). */
const NAMES: Readonly<Record<string, Name>> = {
  b: 'b',
  strong: 'b',
  i: 'i',
  em: 'i',
  u: 'u',
  ins: 'u',
  s: 's',
  strike: 's',
  del: 's',
  code: 'code',
  pre: 'pre',
  'tg-spoiler': 'tg-spoiler',
  blockquote: 'blockquote',
};

/** Elements that begin a line and end one. */
const BLOCKS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 ' +
    'header hr li main nav ol p pre section table tbody tfoot thead tr ul'
  ).split(' '),
);

/** Elements without content, which have no end tag. */
const VOID: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);

/** What Telegram makes a link of; of anything else it keeps the words only. */
const LINK = /^(?:https?:\/\/|tg:\/\/)\S+$/i;

/**
 * HTML in the few tags that Telegram takes, since any other is refused there: balanced, escaped, never throwing,
 * whatever the source. `visible` is what is left to read. Other elements give their text, blocks their line breaks.
 */
export function toTelegramHtml(source: string): { html: string; visible: string } {
  const writer = new HtmlWriter();
  for (const token of new HtmlTokenizer(source).tokens()) writer.add(token);
  return writer.finish();
}

class HtmlWriter {
  private html = '';
  private visible = '';
  /** Telegram's tags around the next text; each name at most once, so that they stay few. */
  private wanted: Tag[] = [];
  private opened: Tag[] = [];
  /** Open elements by name, each with the tag that it brought, if any. */
  private readonly elements = new Map<string, (Tag | undefined)[]>();
  private isLineDue = false;
  private isLineBegun = false;

  add(token: HtmlToken): void {
    if (token.kind === 'text') this.text(token.text);
    else if (token.kind === 'start') this.start(token.name, token.attributes);
    else this.end(token.name);
  }

  finish(): { html: string; visible: string } {
    this.close(0);
    return { html: this.html, visible: this.visible };
  }

  private start(name: string, attributes: ReadonlyMap<string, string>): void {
    if (name === 'br') this.breakLine();
    if (BLOCKS.has(name)) this.isLineDue = true;
    if (VOID.has(name)) return;
    const tag = tagOf(name, attributes);
    const isNew = tag !== undefined && this.allows(tag);
    if (isNew) this.wanted.push(tag);
    const open = this.elements.get(name) ?? [];
    open.push(isNew ? tag : undefined);
    this.elements.set(name, open);
    if (name === 'li') this.bullet();
  }

  private end(name: string): void {
    const tag = this.elements.get(name)?.pop();
    this.wanted = this.wanted.filter((each) => each !== tag);
    if (BLOCKS.has(name)) this.isLineDue = true;
  }

  /** The language of a `<pre>` is told by a `<code>` right inside it, the one case of one in the other. */
  private allows(tag: Tag): boolean {
    if (tag.name === 'code' && this.wanted.at(-1)?.name === 'pre') return tag.open !== '<code>';
    return !this.wanted.some(({ name }) => name === tag.name);
  }

  /** Blanks after a line break that a block made are those between the tags of the source. */
  private text(text: string): void {
    const isCode = this.wanted.some(({ name }) => name === 'pre');
    const shown = this.isLineDue && !isCode ? text.replace(/^[ \t\r\n\f]+/, '') : text;
    if (shown === '') return;
    if (this.isLineDue && this.isLineBegun) this.breakLine();
    this.isLineDue = false;
    this.open();
    this.write(shown);
    this.isLineBegun = !shown.endsWith('\n');
  }

  /** A line that holds no more than this is not broken by a block in the item. */
  private bullet(): void {
    this.text('• ');
    this.isLineBegun = false;
  }

  /** Before the tags of what follows, and behind those that have ended. */
  private breakLine(): void {
    this.close(this.shared());
    this.write('\n');
    this.isLineBegun = false;
  }

  private write(text: string): void {
    this.html += escaped(text);
    this.visible += text;
  }

  /** How many of the open tags stay around what comes next. */
  private shared(): number {
    const tags = nestable(this.wanted);
    const first = this.opened.findIndex((tag, index) => tag !== tags[index]);
    return first === -1 ? this.opened.length : first;
  }

  private open(): void {
    this.close(this.shared());
    for (const tag of nestable(this.wanted).slice(this.opened.length)) {
      this.html += tag.open;
      this.opened.push(tag);
    }
  }

  private close(upTo: number): void {
    for (const { name } of this.opened.splice(upTo).reverse()) this.html += `</${name}>`;
  }
}

function tagOf(name: string, attributes: ReadonlyMap<string, string>): Tag | undefined {
  const value = (attribute: string) => attributes.get(attribute)?.trim() ?? '';
  if (name === 'a')
    return LINK.test(value('href')) ? { name, open: `<a href="${escaped(value('href'))}">` } : undefined;
  if (name === 'span')
    return value('class') === 'tg-spoiler' ? { name: 'tg-spoiler', open: '<tg-spoiler>' } : undefined;
  const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  const language = /^language-[\w+#.-]{1,40}$/.exec(value('class'))?.[0];
  if (known === 'code' && language) return { name: known, open: `<code class="${language}">` };
  return known && { name: known, open: `<${known}>` };
}

/** Code holds no other tag and stands only in a quotation ("Formatting options"); a link is worth more than its looks. */
function nestable(tags: readonly Tag[]): readonly Tag[] {
  const isCode = ({ name }: Tag) => name === 'pre' || name === 'code';
  if (!tags.some(isCode)) return tags;
  if (tags.some(({ name }) => name === 'a')) return tags.filter((tag) => !isCode(tag));
  const first = tags.findIndex(isCode);
  const [outer, inner] = [tags[first], tags[first + 1]];
  const code = tags.filter((tag) => tag === outer || (outer?.name === 'pre' && tag === inner && isCode(tag)));
  return [...tags.filter(({ name }) => name === 'blockquote'), ...code];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

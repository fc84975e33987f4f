import { decodeEntities } from './html-entities';

/** A piece of HTML. Comments, declarations and what stands in scripts and styles are none. */
export type HtmlToken =
  | { kind: 'text'; text: string }
  | { kind: 'start'; name: string; attributes: ReadonlyMap<string, string> }
  | { kind: 'end'; name: string };

/** Elements whose content is never shown as text, up to their end tag. */
const HIDDEN: ReadonlySet<string> = new Set(['script', 'style', 'title', 'textarea', 'noframes', 'iframe', 'noembed']);

const NOTHING: ReadonlyMap<string, string> = new Map();

/**
 * Reads HTML as browsers do (WHATWG, 13.2.5) as far as a message needs: whatever the text is, it gives tokens and never
 * throws. A tag, comment or script that does not end hides the rest, as it does there; so each byte is read once.
 */
export class HtmlTokenizer {
  private at = 0;

  constructor(private readonly html: string) {}

  *tokens(): Generator<HtmlToken> {
    let text = '';
    while (this.at < this.html.length) {
      text += this.take(/[^<]*/y);
      if (this.at >= this.html.length) break;
      if (/^<[!?/]|^<[a-z]/i.test(this.html.slice(this.at, this.at + 2))) {
        if (text !== '') yield { kind: 'text', text: decodeEntities(text) };
        text = '';
        const token = this.markup();
        if (token) yield token;
      } else text += this.take(/</y);
    }
    if (text !== '') yield { kind: 'text', text: decodeEntities(text) };
  }

  private markup(): HtmlToken | undefined {
    if (this.html.startsWith('<!--', this.at)) return this.skipPast('-->');
    if (!/^<\/?[a-z]/i.test(this.html.slice(this.at, this.at + 3))) return this.skipPast('>');

    const isEnd = this.take(/<\/?/y) === '</';
    const name = this.take(/[^\s/>]*/y).toLowerCase();
    const attributes = this.attributes();
    if (!attributes) return undefined;
    if (isEnd) return { kind: 'end', name };
    if (!HIDDEN.has(name)) return { kind: 'start', name, attributes };
    this.skipElement(name);
    return undefined;
  }

  /** Up to the end of the tag; undefined when it has none. The first of two attributes with one name counts. */
  private attributes(): ReadonlyMap<string, string> | undefined {
    const found = new Map<string, string>();
    for (;;) {
      this.take(/[\s/]*/y);
      if (this.at >= this.html.length) return undefined;
      if (this.take(/>/y)) return found.size > 0 ? found : NOTHING;
      const name = this.take(/[^\s/>][^\s/>=]*/y).toLowerCase();
      const value = this.take(/\s*=\s*/y) ? this.value() : '';
      if (value === undefined) return undefined;
      if (!found.has(name)) found.set(name, decodeEntities(value));
    }
  }

  private value(): string | undefined {
    const quote = this.take(/["']/y);
    if (quote === '') return this.take(/[^\s>]*/y);
    const end = this.html.indexOf(quote, this.at);
    const value = end === -1 ? undefined : this.html.slice(this.at, end);
    this.at = end === -1 ? this.html.length : end + 1;
    return value;
  }

  private skipElement(name: string): void {
    const end = new RegExp(`</${name}[\\s/>]`, 'gi');
    end.lastIndex = this.at;
    const match = end.exec(this.html);
    this.at = match ? match.index : this.html.length;
  }

  private skipPast(end: string): undefined {
    const at = this.html.indexOf(end, this.at + 2);
    this.at = at === -1 ? this.html.length : at + end.length;
    return undefined;
  }

  /** What the sticky pattern matches here, and moves behind it. */
  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const text = pattern.exec(this.html)?.[0] ?? '';
    this.at += text.length;
    return text;
  }
}

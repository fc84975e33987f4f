/** Where in HTML a value stands, which decides how it is written. */
export type Place = 'TEXT' | 'ATTRIBUTE' | 'STYLE' | 'LINK' | 'LINK_PART';

type Mode =
  | 'TEXT'
  | 'OPEN'
  | 'NAME'
  | 'TAG'
  | 'ATTRIBUTE'
  | 'AFTER_ATTRIBUTE'
  | 'EQUALS'
  | 'VALUE'
  | 'UNQUOTED'
  | 'HIDDEN'
  | 'DECLARATION'
  | 'COMMENT'
  | 'CONDITION';

/** Attributes whose value is an address. */
const LINKS: ReadonlySet<string> = new Set(
  'href src action formaction background cite data poster longdesc xlink:href srcset ping manifest lowsrc dynsrc'.split(
    ' ',
  ),
);
/** Elements whose content is no HTML. In the first two it is text for people; in the others nothing may be written. */
const READABLE: ReadonlySet<string> = new Set(['title', 'textarea']);
const HIDDEN: ReadonlySet<string> = new Set(
  'title textarea script style iframe noembed noframes noscript xmp plaintext'.split(' '),
);
/** How a link may begin that goes on with a value. */
const SAFE_BEGINNING = /^\s*(?:(?:https?|mailto|tel|sms|cid|tg):|[^:&]*$|[^:&]*[/?#])/i;

/** Longest name or beginning that is kept; longer ones are of nothing that we know. */
const LONGEST_NAME = 60;

/**
 * Reads HTML as browsers do (WHATWG, 13.2.5), with holes where values will stand, and says of each hole what it is in. Each
 * character is looked at once. Conditional comments for Outlook count as what is in them, for that is how Outlook sees it.
 */
export class HtmlPlaces {
  private mode: Mode = 'TEXT';
  private tag = '';
  private isEnd = false;
  private attribute = '';
  private quote = '';
  /** What was read of a declaration, a comment, hidden content, or the beginning of a link. */
  private seen = '';
  /** Whether a value stands in this link already. */
  private isFilled = false;

  read(text: string): void {
    for (const char of text) this[this.mode](char);
  }

  /** The place of a value that stands here, or why none may. */
  fill(): Place | { fault: string } {
    if (this.mode === 'TEXT') return 'TEXT';
    if (this.mode === 'HIDDEN')
      return READABLE.has(this.tag)
        ? 'TEXT'
        : { fault: `stands inside <${this.tag}>, where no value can be made safe` };
    if (this.mode !== 'VALUE') return { fault: FAULTS[this.mode] ?? FAULT_IN_TAG };
    if (this.attribute.startsWith('on')) return { fault: `stands in ${this.attribute}, which is run as a script` };
    if (this.attribute === 'srcdoc') return { fault: 'stands in srcdoc, which is read as HTML again' };
    if (this.attribute === 'style') return 'STYLE';
    return LINKS.has(this.attribute) ? this.fillLink() : 'ATTRIBUTE';
  }

  /** The same place in another reading, to go on from. */
  copy(): HtmlPlaces {
    return Object.assign(new HtmlPlaces(), this);
  }

  /** Goes on as if a value stood in the link already: what follows is read again and again. */
  expectMore(): void {
    this.isFilled = true;
  }

  /** Whether this reading and another, of another branch, are at the same place; this one then speaks for both. */
  joins(other: HtmlPlaces): boolean {
    const isFilled = this.isFilled || other.isFilled || this.seen !== other.seen;
    if (this.where() !== other.where()) return false;
    this.isFilled = isFilled;
    this.seen ||= other.seen;
    return true;
  }

  /** Whether nothing is open: no tag, no comment, no script. */
  isClosed(): boolean {
    return this.mode === 'TEXT';
  }

  private where(): string {
    const { mode, tag, isEnd, attribute, quote } = this;
    if (mode === 'TEXT') return mode;
    return [mode, tag, isEnd, ...(mode === 'VALUE' ? [attribute, quote] : [])].join(' ');
  }

  private fillLink(): Place | { fault: string } {
    if (!SAFE_BEGINNING.test(this.seen)) return { fault: 'goes on a link that is none of http, https, mailto, tel' };
    const isFirst = !this.isFilled && this.seen.trim() === '';
    this.isFilled = true;
    return isFirst ? 'LINK' : 'LINK_PART';
  }

  private TEXT(char: string): void {
    if (char === '<') this.mode = 'OPEN';
  }

  private OPEN(char: string): void {
    if (char === '!' || char === '?') this.enter('DECLARATION');
    else if (char === '/') Object.assign(this, { mode: 'NAME', tag: '', isEnd: true });
    else if (/[a-z]/i.test(char)) Object.assign(this, { mode: 'NAME', tag: char.toLowerCase(), isEnd: false });
    else if (char !== '<') this.mode = 'TEXT';
  }

  private NAME(char: string): void {
    if (char === '>') this.close();
    else if (/[\s/]/.test(char)) this.mode = 'TAG';
    else this.tag = longer(this.tag, char.toLowerCase());
  }

  private TAG(char: string): void {
    if (char === '>') this.close();
    else if (!/[\s/]/.test(char)) Object.assign(this, { mode: 'ATTRIBUTE', attribute: char.toLowerCase() });
  }

  private ATTRIBUTE(char: string): void {
    if (char === '=') this.mode = 'EQUALS';
    else if (char === '>') this.close();
    else if (char === '/') this.mode = 'TAG';
    else if (/\s/.test(char)) this.mode = 'AFTER_ATTRIBUTE';
    else this.attribute = longer(this.attribute, char.toLowerCase());
  }

  private AFTER_ATTRIBUTE(char: string): void {
    if (char === '=') this.mode = 'EQUALS';
    else if (!/\s/.test(char)) {
      this.mode = 'TAG';
      this.TAG(char);
    }
  }

  private EQUALS(char: string): void {
    if (char === '>') this.close();
    else if (char === '"' || char === "'")
      Object.assign(this, { mode: 'VALUE', quote: char, seen: '', isFilled: false });
    else if (!/\s/.test(char)) this.mode = 'UNQUOTED';
  }

  private VALUE(char: string): void {
    if (char === this.quote) this.mode = 'TAG';
    else this.seen = longer(this.seen, char);
  }

  private UNQUOTED(char: string): void {
    if (char === '>') this.close();
    else if (/\s/.test(char)) this.mode = 'TAG';
  }

  private HIDDEN(char: string): void {
    const end = `</${this.tag}`;
    const isEnd = this.seen.endsWith(end) && /[\s/>]/.test(char);
    this.seen = `${this.seen}${char.toLowerCase()}`.slice(-end.length);
    if (!isEnd) return;
    this.isEnd = true;
    if (char === '>') this.close();
    else this.mode = 'TAG';
  }

  private DECLARATION(char: string): void {
    this.seen = longer(this.seen, char);
    if (this.seen === '--') this.enter('COMMENT');
    else if (char === '>') this.mode = 'TEXT';
  }

  private COMMENT(char: string): void {
    this.seen = `${this.seen}${char}`.slice(-4);
    if (this.seen === '[if') this.enter('CONDITION');
    else if (/^-?>$|--!?>$/.test(this.seen)) this.mode = 'TEXT';
  }

  private CONDITION(char: string): void {
    this.seen = `${this.seen}${char}`.slice(-2);
    if (this.seen === ']>') this.mode = 'TEXT';
  }

  private enter(mode: Mode): void {
    this.mode = mode;
    this.seen = '';
  }

  private close(): void {
    if (this.isEnd || !HIDDEN.has(this.tag)) this.mode = 'TEXT';
    else this.enter('HIDDEN');
  }
}

const FAULT_IN_TAG = 'stands inside a tag, outside of a quoted value';
const FAULTS: Readonly<Partial<Record<Mode, string>>> = {
  EQUALS: 'stands in an attribute without quotes',
  UNQUOTED: 'stands in an attribute without quotes',
  COMMENT: 'stands in a comment',
  DECLARATION: 'stands in a comment',
  CONDITION: 'stands in a comment',
};

function longer(text: string, char: string): string {
  return text.length < LONGEST_NAME ? text + char : text;
}

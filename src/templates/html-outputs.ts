import { type TagToken, TokenKind, type TopLevelToken } from 'liquidjs';
import { HtmlPlaces, type Place } from './html-places';
import { TemplateFault } from './template-fault';

/** A tag that is open: what was there before it, and where its branches ended. */
interface Frame {
  name: string;
  start: HtmlPlaces;
  ends: HtmlPlaces[];
  hasElse: boolean;
}

const OPENING: ReadonlySet<string> = new Set(['if', 'unless', 'case', 'for']);
const BRANCHING: ReadonlySet<string> = new Set(['elsif', 'else', 'when']);

/**
 * Where in the HTML each output of a template stands, by the position of its first brace. Whatever the conditions say, the
 * place is the same, or the template is refused. Throws TemplateFault for an output where no value can be made safe.
 */
export function placesOfOutputs(tokens: readonly TopLevelToken[]): ReadonlyMap<number, Place> {
  const reading = new Reading();
  for (const token of tokens) reading.take(token);
  reading.end();
  return reading.places;
}

class Reading {
  readonly places = new Map<number, Place>();
  private html = new HtmlPlaces();
  private readonly frames: Frame[] = [];
  private isComment = false;

  take(token: TopLevelToken): void {
    if (token.kind === TokenKind.Tag) this.tag(token as TagToken);
    else if (this.isComment) return;
    else if (token.kind === TokenKind.Output) this.output(token);
    else this.html.read(token.getText());
  }

  end(): void {
    if (!this.html.isClosed()) throw new TemplateFault('ends inside of a tag, a comment or a script');
  }

  private output(token: TopLevelToken): void {
    const place = this.html.fill();
    if (typeof place === 'object') throw faultAt(token, `${token.getText().slice(0, 60)} ${place.fault}`);
    this.places.set(token.begin, place);
  }

  private tag(token: TagToken): void {
    const { name } = token;
    if (name === 'comment') this.isComment = true;
    else if (name === 'endcomment') this.isComment = false;
    if (this.isComment) return;
    if (OPENING.has(name)) this.open(name);
    else if (BRANCHING.has(name)) this.branch(token);
    else if (name === 'break' || name === 'continue') this.leave(token);
    else if (name.startsWith('end') && OPENING.has(name.slice(3))) this.close(token);
  }

  private open(name: string): void {
    this.frames.push({ name, start: this.html.copy(), ends: [], hasElse: false });
    if (name === 'for') this.html.expectMore();
  }

  /** What stands between `case` and its first `when` is never written. */
  private branch({ name }: TagToken): void {
    const frame = this.frames.at(-1);
    if (!frame) return;
    const isFirst = frame.name === 'case' && frame.ends.length === 0 && !frame.hasElse;
    frame.ends.push(isFirst ? frame.start.copy() : this.html);
    if (name === 'else') frame.hasElse = true;
    this.html = frame.start.copy();
  }

  private leave(token: TagToken): void {
    const loop = this.frames.findLast(({ name }) => name === 'for');
    if (loop && !loop.start.copy().joins(this.html)) throw faultAt(token, LOOP);
  }

  private close(token: TagToken): void {
    const frame = this.frames.pop();
    if (!frame) return;
    const isLoop = frame.name === 'for';
    // A loop may have no turn, and where it has several each begins where the one before ended.
    const others = [...frame.ends, ...(frame.hasElse && !isLoop ? [] : [frame.start])];
    if (!others.every((other) => this.html.joins(other)))
      throw faultAt(token, isLoop ? LOOP : 'ends with branches that leave the HTML at different places');
  }
}

const LOOP = 'ends a turn of its loop at another place of the HTML than where it began';

function faultAt(token: TopLevelToken, message: string): TemplateFault {
  const before = token.input.slice(0, token.begin);
  const line = before.split('\n').length;
  const column = token.begin - before.lastIndexOf('\n');
  const where = token.kind === TokenKind.Tag ? `${token.getText().slice(0, 60)} ` : '';
  return new TemplateFault(`${where}${message}, line ${line}, column ${column}`);
}

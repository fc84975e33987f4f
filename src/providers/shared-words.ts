import { randomBytes } from 'node:crypto';

/** What a message says, by the names of its fields. */
export type Words = Readonly<Record<string, string>>;

/** The words of many messages, written down once. */
export interface SharedWords {
  /** Each field, with a tag wherever the messages differ. */
  fields: Record<string, string>;
  /** For each message what stands in place of the tags, by their names. */
  values: Record<string, string>[];
}

/** Common texts with a gap between each two of them, and for each message what fills the gaps. */
interface Split {
  common: readonly string[];
  gaps: readonly (readonly string[])[];
}

/** Shorter pieces are not worth a tag. */
const SHORTEST_PIECE = 24;
const PIECES_TRIED = 12;
/** How often what is left of a field is cut in two: at most 2 ** 4 gaps. */
const DEEPEST = 4;

/**
 * Writes the words of messages down once: what all have in common as it is, and in place of what differs a tag, which the
 * provider replaces by the message's own value. Whatever the words are, text and values give them back to the letter: a name of
 * a tag occurs in none of them, so there is no tag but those put here, whichever the provider replaces first.
 *
 * @param words the same fields in each. @param tagOf how the provider wants a tag of this name written.
 * @param besides what else the call says and the provider might look for tags in.
 */
export function shareWords(
  words: readonly Words[],
  tagOf: (name: string) => string,
  besides: readonly string[] = [],
): SharedWords {
  const [first = {}] = words;
  const values = words.map((): Record<string, string> => ({}));
  const fields: Record<string, string> = {};
  let nonce: string | undefined;
  let count = 0;
  for (const field of Object.keys(first)) {
    const { common, gaps } = split(words.map((each) => each[field] ?? ''));
    fields[field] = common.reduce((text, part, index) => {
      nonce ??= unusedName([...words.flatMap((each) => Object.values(each)), ...besides]);
      const name = `${nonce}${count++}`;
      values.forEach((own, message) => (own[name] = gaps[message]?.[index - 1] ?? ''));
      return text + tagOf(name) + part;
    });
  }
  return { fields, values };
}

/** Random, so that nobody can write texts for which the search would not end. */
function unusedName(texts: readonly string[]): string {
  for (;;) {
    const name = `c${randomBytes(4).toString('hex')}x`;
    const pattern = new RegExp(name, 'i');
    if (!texts.some((text) => pattern.test(text))) return name;
  }
}

function split(texts: readonly string[], depth = DEEPEST): Split {
  const [first = '', ...others] = texts;
  if (others.every((text) => text === first)) return { common: [first], gaps: texts.map(() => []) };
  const prefix = commonPrefix(texts);
  const suffix = commonSuffix(texts.map((text) => text.slice(prefix.length)));
  const middles = texts.map((text) => text.slice(prefix.length, text.length - suffix.length));
  const { common, gaps } = splitMiddles(middles, depth);
  return { common: wrapped(common, prefix, suffix), gaps };
}

/** Cuts at a piece that all have, so that a name at the top and a link at the bottom do not make all between them different. */
function splitMiddles(middles: readonly string[], depth: number): Split {
  const piece = depth > 0 ? commonPiece(middles) : undefined;
  if (piece === undefined) return { common: ['', ''], gaps: middles.map((middle) => [middle]) };
  const places = middles.map((middle) => middle.indexOf(piece));
  const left = split(
    middles.map((middle, index) => middle.slice(0, places[index])),
    depth - 1,
  );
  const right = split(
    middles.map((middle, index) => middle.slice(Number(places[index]) + piece.length)),
    depth - 1,
  );
  const [beginning = '', ...rest] = right.common;
  return {
    common: [...left.common.slice(0, -1), (left.common.at(-1) ?? '') + piece + beginning, ...rest],
    gaps: left.gaps.map((gap, index) => [...gap, ...(right.gaps[index] ?? [])]),
  };
}

function wrapped(common: readonly string[], prefix: string, suffix: string): string[] {
  return common.map((part, index) => {
    const begun = index === 0 ? prefix + part : part;
    return index === common.length - 1 ? begun + suffix : begun;
  });
}

/** The longest line, or the longest text up to a `>`, of the first that all others have too. */
function commonPiece(texts: readonly string[]): string | undefined {
  const [first = ''] = texts;
  const pieces = first.split(/(?<=[\n>])/).filter((piece) => piece.length >= SHORTEST_PIECE);
  const tried = pieces.toSorted((a, b) => b.length - a.length).slice(0, PIECES_TRIED);
  return tried.find((piece) => texts.every((text) => text.includes(piece)));
}

function commonPrefix([first = '', ...others]: readonly string[]): string {
  let { length } = first;
  for (const text of others) {
    if (text.startsWith(first.slice(0, length))) continue;
    let same = 0;
    while (same < length && text.charCodeAt(same) === first.charCodeAt(same)) same++;
    length = same;
  }
  return first.slice(0, isHighSurrogate(first.charCodeAt(length - 1)) ? length - 1 : length);
}

function commonSuffix([first = '', ...others]: readonly string[]): string {
  let { length } = first;
  for (const text of others) {
    if (text.endsWith(first.slice(first.length - length))) continue;
    let same = 0;
    while (same < length && text.charCodeAt(text.length - 1 - same) === first.charCodeAt(first.length - 1 - same))
      same++;
    length = same;
  }
  const begin = first.length - length;
  return first.slice(isLowSurrogate(first.charCodeAt(begin)) ? begin + 1 : begin);
}

/** A cut through the middle of one character would spoil both halves. */
function isHighSurrogate(code: number): boolean {
  return code >= 0xd8_00 && code <= 0xdb_ff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc_00 && code <= 0xdf_ff;
}

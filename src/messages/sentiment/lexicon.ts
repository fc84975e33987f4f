import { moodOf, type Mood, type Sentiment } from './sentiment';
import type { WordList } from './words';
import { GERMAN } from './words.de';
import { ENGLISH } from './words.en';

interface Language {
  weights: ReadonlyMap<string, number>;
  negators: ReadonlySet<string>;
  negatesAfter: boolean;
  firm: ReadonlySet<string>;
  boosters: ReadonlySet<string>;
  dampers: ReadonlySet<string>;
  turns: ReadonlySet<string>;
  marks: ReadonlySet<string>;
  endings: readonly string[];
}

/** A word of a text, with the part of its sentence that it stands in: negations do not reach over a comma. */
interface Token {
  word: string;
  clause: number;
  isLoud: boolean;
}

/** What a picture says, in every language. */
const PICTURES: ReadonlyMap<string, number> = new Map([
  ...['😀', '😃', '😄', '😊', '🙂', '👍', '🙏', '👏', ':)', ':-)', ';)'].map((sign) => [sign, 1] as const),
  ...['😍', '🥰', '❤', '💖', '🎉', '🤩', '💯'].map((sign) => [sign, 2] as const),
  ...['😞', '😟', '🙁', '☹', '😕', '👎', '😢', '😒', ':(', ':-('].map((sign) => [sign, -1] as const),
  ...['😡', '🤬', '😠', '😤', '🤮', '💩', '😭'].map((sign) => [sign, -2] as const),
]);

const NEGATED = -0.7;
const BOOSTED = 1.5;
const DAMPED = 0.6;
const LOUD = 1.2;
const BEFORE_TURN = 0.5;
const BEHIND_TURN = 1.3;
/** How far a negation reaches, in words. */
const REACH_BEFORE = 4;
const REACH_AFTER = 2;
/** The more, the more words it takes to be sure. */
const DOUBT = 4;

const WORD = /\p{L}[\p{L}\p{M}'’]*/u;
const PIECE = new RegExp(`${WORD.source}|[.,;!?\\n]|${[...PICTURES.keys()].map(escaped).join('|')}`, 'gu');

/**
 * The mood of a text by lists of words, in English and German: no network, no model, the same answer each time. It understands
 * negations, words that strengthen and weaken, and which half of a sentence with "but" is meant. It does not understand irony.
 */
export class Lexicon implements Sentiment {
  private readonly languages: readonly Language[] = [ENGLISH, GERMAN].map(languageOf);

  of(texts: readonly string[]): Promise<(Mood | null)[]> {
    return Promise.resolve(texts.map((text) => this.moodOf(text)));
  }

  /** Null for a text without a word or picture. */
  moodOf(text: string): Mood | null {
    const { tokens, pictures, stress } = read(text);
    if (!tokens.length && !pictures.length) return null;
    const shown = pictures.reduce((sum, weight) => sum + weight, 0);
    const said = this.scoreIn(this.languageFor(tokens), tokens);
    const sum = (said + shown) * stress;
    return moodOf(sum / Math.sqrt(sum * sum + DOUBT));
  }

  /** The one of which the text has more of the most usual words; in doubt that of which it has more to say of a mood. */
  private languageFor(tokens: readonly Token[]): Language {
    const known = this.languages.map((language) => ({
      language,
      marks: tokens.filter(({ word }) => language.marks.has(word)).length,
      hits: tokens.filter(({ word }) => weightOf(language, word) !== 0).length,
    }));
    const [best] = known.sort((a, b) => b.marks - a.marks || b.hits - a.hits);
    return best?.language ?? languageOf(ENGLISH);
  }

  private scoreIn(language: Language, tokens: readonly Token[]): number {
    const turn = tokens.findLastIndex(({ word }) => language.turns.has(word));
    return tokens.reduce((sum, token, place) => {
      const weight = weightOf(language, token.word);
      if (weight === 0) return sum;
      const side = turn < 0 ? 1 : place < turn ? BEFORE_TURN : BEHIND_TURN;
      return sum + weight * side * (token.isLoud ? LOUD : 1) * around(language, tokens, place);
    }, 0);
  }
}

/** What the words beside it make of a word: turned around, stronger, weaker. */
function around(language: Language, tokens: readonly Token[], place: number): number {
  const { clause, word: own = '' } = tokens[place] ?? {};
  const near = (from: number, to: number) =>
    tokens.slice(Math.max(0, from), to).filter((token) => token.clause === clause);
  const before = near(place - REACH_BEFORE, place);
  const after = language.negatesAfter ? near(place + 1, place + 1 + REACH_AFTER) : [];
  const isNegated = !language.firm.has(own) && [...before, ...after].some(({ word }) => language.negators.has(word));
  const last = before.at(-1)?.word ?? '';
  const strength = language.boosters.has(last) ? BOOSTED : language.dampers.has(last) ? DAMPED : 1;
  return strength * (isNegated ? NEGATED : 1);
}

function weightOf({ weights, endings, negators }: Language, word: string): number {
  const own = weights.get(word);
  if (own !== undefined) return own;
  if (negators.has(word)) return 0;
  const ending = endings.find(
    (end) => word.length - end.length >= 4 && word.endsWith(end) && weights.has(cut(word, end)),
  );
  return ending === undefined ? 0 : (weights.get(cut(word, ending)) ?? 0);
}

function cut(word: string, ending: string): string {
  return word.slice(0, word.length - ending.length);
}

function read(text: string): { tokens: Token[]; pictures: number[]; stress: number } {
  const tokens: Token[] = [];
  const pictures: number[] = [];
  let clause = 0;
  let shouts = 0;
  for (const [piece] of text.normalize().matchAll(PIECE)) {
    const weight = PICTURES.get(piece);
    if (weight !== undefined) pictures.push(weight);
    else if (!WORD.test(piece)) {
      clause++;
      if (piece === '!') shouts++;
    } else tokens.push({ word: plain(piece), clause, isLoud: piece.length > 3 && piece === piece.toUpperCase() });
  }
  return { tokens, pictures, stress: 1 + 0.1 * Math.min(shouts, 3) };
}

/** Lower case, one apostrophe, and ss for the letter that Switzerland does without. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll('’', "'").replaceAll('ß', 'ss');
}

function languageOf(list: WordList): Language {
  const set = (words: string) => new Set(words.split(/\s+/u).filter(Boolean).map(plain));
  const weights = Object.entries(list.weights).flatMap(([weight, words]) =>
    [...set(words)].map((word) => [word, Number(weight)] as const),
  );
  return {
    weights: new Map(weights),
    negators: set(list.negators),
    negatesAfter: list.negatesAfter,
    firm: set(list.firm),
    boosters: set(list.boosters),
    dampers: set(list.dampers),
    turns: set(list.turns),
    marks: set(list.marks),
    endings: list.endings,
  };
}

function escaped(sign: string): string {
  return sign.replace(/[()]/g, '\\$&');
}

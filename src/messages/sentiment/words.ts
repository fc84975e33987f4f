/** The words of one language that say something about a mood. Words stand with spaces between them. */
export interface WordList {
  /** By weight: 2 and -2 are strong. */
  weights: Readonly<Record<'2' | '1' | '-1' | '-2', string>>;
  /** They turn a word behind them around. */
  negators: string;
  /** Whether they turn a word before them around as well. */
  negatesAfter: boolean;
  /** Words that say how the writer feels about the whole: no negation is meant for them. */
  firm: string;
  /** They make the next word stronger. */
  boosters: string;
  /** They make it weaker. */
  dampers: string;
  /** What comes behind them counts more than what came before. */
  turns: string;
  /** Words that nearly every text of the language has, by which it is recognised. */
  marks: string;
  /** Endings that a word may have besides the forms that are listed. */
  endings: readonly string[];
}

export type MoodLabel = 'POSITIVE' | 'NEUTRAL' | 'NEGATIVE';

/** The mood of a text. */
export interface Mood {
  label: MoodLabel;
  /** From -1 to 1. */
  score: number;
}

/** Whatever can tell the mood of texts. */
export interface Sentiment {
  /** One answer a text, in their order; null where it cannot be told. */
  of(texts: readonly string[]): Promise<(Mood | null)[]>;
}

/** Beyond this a text is for or against something. */
const CLEAR = 0.25;

export function moodOf(score: number): Mood {
  const rounded = Math.round(Math.min(1, Math.max(-1, score)) * 1000) / 1000;
  const label = rounded >= CLEAR ? 'POSITIVE' : rounded <= -CLEAR ? 'NEGATIVE' : 'NEUTRAL';
  return { label, score: rounded === 0 ? 0 : rounded };
}

/** Most characters that are looked at. */
const LONGEST = 2000;

/** Where the mail that is answered begins: what stands below was written by somebody else, at another time. */
const QUOTED =
  /^(>|-{2,}\s*(original|ursprüngliche)|on .{4,120} wrote:\s*$|am .{4,120} schrieb.{0,120}:\s*$|_{10,}\s*$)/imu;

/** What the person wrote now, without what is quoted below it; undefined for nothing. */
export function ownWords(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  const start = text.slice(0, LONGEST * 2);
  const cut = start.search(QUOTED);
  const own = (cut < 0 ? start : start.slice(0, cut)).slice(0, LONGEST).trim();
  return own === '' ? undefined : own;
}

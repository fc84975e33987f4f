/** Whether the text has no NUL and no half of a surrogate pair: PostgreSQL stores neither in text nor in jsonb. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && isWellFormed(text);
}

/** Whether every surrogate is half of a pair. */
export function isWellFormed(text: string): boolean {
  // With the u flag whole pairs count as one character, so only halves are in the category "surrogate".
  return !/\p{Surrogate}/u.test(text);
}

/** Length as people and PostgreSQL's char_length count it: in code points, not in UTF-16 units. */
export function lengthInCodePoints(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    if (!isHigh(text.charCodeAt(at)) || !isLow(text.charCodeAt(at + 1))) continue;
    length--;
    at++;
  }
  return length;
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

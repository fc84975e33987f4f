import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isStorable, isWellFormed, lengthInCodePoints } from './text';

describe('text', () => {
  it('knows what PostgreSQL can store', () => {
    expect([isStorable('a😀\u{10ffff}'), isStorable('a\0'), isStorable('\ud800'), isStorable('\udc00\ud800')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('counts as spreading into code points does, for half pairs too', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff)), (units) => {
        const text = String.fromCharCode(...units);
        expect(lengthInCodePoints(text)).toBe([...text].length);
        expect(isWellFormed(text)).toBe([...text].every((c) => c.length === 2 || c < '\ud800' || c > '\udfff'));
      }),
    );
  });
});

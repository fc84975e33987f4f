import fc from 'fast-check';
import { disarm, rearm } from './formula-cells';

describe('disarm', () => {
  it.each([
    ['=HYPERLINK("http://evil.example")', `'=HYPERLINK("http://evil.example")`],
    ['+14155552671', `'+14155552671`],
    ['-2+3', `'-2+3`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\t=1', `'\t=1`],
    ['\r=1', `'\r'=1`],
    ['a\n=1', `a\n'=1`],
    [`'=1`, `''=1`],
    ['Ada', 'Ada'],
    [`O'Brien`, `O'Brien`],
    ['a+b=c', 'a+b=c'],
    ['', ''],
  ])('makes %j to %j, and that is taken back', (text, safe) => {
    expect(disarm(text)).toBe(safe);
    expect(rearm(safe)).toBe(text);
  });

  it('is undone for every text, and leaves no line that begins a formula', () => {
    const hostile = fc.array(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', "'", 'a', '"', ','));
    fc.assert(
      fc.property(
        fc.oneof(
          hostile.map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          const safe = disarm(text);
          expect(rearm(safe)).toBe(text);
          expect(safe).not.toMatch(/(^|\n)[=+\-@\t\r]/);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

import fc from 'fast-check';
import { diffLines } from './line-diff';

it.each([
  ['a\nb\nc', 'a\nx\nc', ['=a', '-b', '+x', '=c']],
  ['a\nb', 'a\nb', ['=a\nb']],
  ['a', 'a\nb\nc', ['=a', '+b\nc']],
  ['a\nb\nc\nd', 'b\nd', ['-a', '=b', '-c', '=d']],
  ['', 'a', ['-', '+a']],
])('tells %j from %j', (before, after, expected) => {
  const signs = { SAME: '=', REMOVED: '-', ADDED: '+' };
  expect(diffLines(before, after).map(({ change, text }) => signs[change] + text)).toEqual(expected);
});

it('gives back both texts', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 })
    .map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const pieces = diffLines(before, after);
      const without = (left: string) =>
        pieces.flatMap(({ change, text: t }) => (change === left ? [] : [t])).join('\n');
      expect([without('ADDED'), without('REMOVED')]).toEqual([before, after]);
    }),
  );
});

it('shows texts of very many lines as a whole', () => {
  const lines = (word: string) => Array.from({ length: 30_000 }, (_, i) => `${word}${i}`).join('\n');
  expect(diffLines(`x\n${lines('a')}\ny`, `x\n${lines('b')}\ny`).map(({ change }) => change)).toEqual([
    'SAME',
    'REMOVED',
    'ADDED',
    'SAME',
  ]);
});

import { describe, expect, it } from '@jest/globals';
import { accept, acceptedOf } from '../../../test/support/accepted-values';
import { QueryBool, QueryInt } from './query-fields';

describe('query fields', () => {
  it('turn digits within the range into a number', () => {
    for (const [text, value] of [
      ['1', 1],
      ['200', 200],
    ] as const)
      expect(accept(QueryInt(1, 200), text)).toBe(value);
    expect(accept(QueryInt(-5, 5), '-3')).toBe(-3);
    expect(accept(QueryInt(-5, 5), '0')).toBe(0);
  });

  it('refuse other spellings of numbers, and a parameter given twice', () => {
    expect(
      acceptedOf(
        QueryInt(0, 1e9),
        '',
        ' 10 ',
        '1e3',
        '0x10',
        '1.0',
        '+1',
        '01',
        '-0',
        'NaN',
        'Infinity',
        '1;drop',
        ['1'],
        ['1', '2'],
        {},
        null,
        true,
      ),
    ).toEqual([]);
    expect(acceptedOf(QueryInt(1, 200), '0', '201', '-1', '1000000000', '9'.repeat(400))).toEqual([]);
  });

  it('take true and false only', () => {
    expect([accept(QueryBool(), 'true'), accept(QueryBool(), 'false')]).toEqual([true, false]);
    expect(acceptedOf(QueryBool(), '1', '0', '', 'TRUE', 'yes', ['true'], {}, null)).toEqual([]);
  });
});

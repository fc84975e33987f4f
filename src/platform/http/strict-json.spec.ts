import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from './problem';
import { parseStrictJson } from './strict-json';

const parse = (text: string | Buffer, allowArray = false): unknown =>
  parseStrictJson(Buffer.from(text as string), { maxDepth: 20, allowArray });

function refusal(text: string | Buffer, allowArray = false): string {
  try {
    parse(text, allowArray);
  } catch (error) {
    if (error instanceof Problem && error.code === 'invalid_json') return error.detail;
    throw error;
  }
  throw new Error(`accepted ${String(text).slice(0, 80)}`);
}

const nested = (depth: number): string => '{"a":'.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1);

describe('parseStrictJson', () => {
  it.each([
    ['an empty body', '', 'The body is empty.'],
    ['a byte order mark', '\uFEFF{}', 'The body starts with a byte order mark at position 0.'],
    ['overlong UTF-8', Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x7d]), 'The body is not UTF-8.'],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), 'The body is not valid JSON at position 1.'],
    ['a truncated character', Buffer.from([0x22, 0xf0, 0x9f, 0x98]), 'The body is not UTF-8.'],
    ['an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'The body is not UTF-8.'],
    ['a repeated key', '{"to":"a","to":"b"}', 'A key is repeated at position 10.'],
    ['a key repeated in escapes', '{"to":"a","t\\u006f":"b"}', 'A key is repeated at position 10.'],
    ['a repeated key further in', '{"a":[{"b":1},{"b":1,"c":{},"b":2}]}', 'A key is repeated at position 28.'],
    ['a repeated empty key', '{"":1,"":2}', 'A key is repeated at position 6.'],
    ['a repeated key behind an escaped quote', '{"a":"\\"","b":1,"b":2}', 'A key is repeated at position 16.'],
    ['a repeated key behind an escaped backslash', '{"a":"\\\\","b":1,"b":2}', 'A key is repeated at position 16.'],
    ['__proto__ as a key', '{"__proto__":{"admin":true}}', 'A key is not allowed at position 1.'],
    ['__proto__ in escapes', '{"\\u005f_proto__":{}}', 'A key is not allowed at position 1.'],
    ['constructor as a key', '{"a":{"constructor":{"prototype":{}}}}', 'A key is not allowed at position 6.'],
    ['a key that every object inherits', '{"toString":1}', 'A key is not allowed at position 1.'],
    ['prototype as a key', '{"prototype":1}', 'A key is not allowed at position 1.'],
    ['NUL in a value', '{"a":"x\\u0000"}', 'A string contains NUL at position 5.'],
    ['NUL in a key', '{"\\u0000":1}', 'A string contains NUL at position 1.'],
    ['half a surrogate pair', '{"a":"\\ud800"}', 'A string contains half a surrogate pair at position 5.'],
    ['halves in the wrong order', '{"a":"\\udc00\\ud800"}', 'A string contains half a surrogate pair at position 5.'],
    [
      'half a pair before a whole character',
      '{"a":"\\ud83d😀"}',
      'A string contains half a surrogate pair at position 5.',
    ],
    ['depth 21', nested(21), 'Nested deeper than 20 at position 100.'],
    ['depth 500 000', '['.repeat(500_000), 'Nested deeper than 20 at position 20.'],
    [
      'brackets hidden behind an escaped quote',
      `{"a":"\\\\","b":${'['.repeat(20)}`,
      'Nested deeper than 20 at position 33.',
    ],
    ['null', 'null', 'The outermost value is not an object.'],
    ['an array', '[]', 'The outermost value is not an object.'],
    ['a string', '"x"', 'The outermost value is not an object.'],
    ['a number', '1', 'The outermost value is not an object.'],
    ['a lone quote', '"', 'The body is not valid JSON at position 1.'],
    ['a trailing comma', '{"a":1,}', 'The body is not valid JSON at position 7.'],
    ['a bad escape', '{"a":"\\x"}', 'The body is not valid JSON at position 7.'],
    ['a cut escape', '{"a":"\\', 'The body is not valid JSON.'],
    ['a raw control character', '{"a":"\u0001"}', 'The body is not valid JSON at position 6.'],
    ['single quotes', "{'a':1}", 'The body is not valid JSON at position 1.'],
    ['a comment', '{/* */}', 'The body is not valid JSON at position 1.'],
    ['more closed than opened', '{}}}}', 'The body is not valid JSON at position 2.'],
    ['two values', '{}{}', 'The body is not valid JSON at position 2.'],
  ])('refuses %s', (_, body, detail) => {
    expect(refusal(body)).toBe(detail);
  });

  it.each([
    '{"a":NaN}',
    '{"a":+1}',
    '{"a":01}',
    '{"a":0x10}',
    '{"a":undefined}',
    '{a:1}',
    '\u00a0{}',
    '{"a":Infinity}',
  ])('refuses %s as not JSON', (body) => {
    expect(refusal(body)).toMatch(/^The body is not valid JSON/);
  });

  it('never repeats the body in the detail', () => {
    expect(refusal('{"to":"ada@example.com" secret}')).not.toMatch(/ada|secret/);
  });

  it('accepts depth 20, the same key in sibling objects, and key-like values', () => {
    expect(parse(nested(20))).toEqual(JSON.parse(nested(20)));
    expect(parse('{"a":{"x":1},"b":{"x":1}}')).toEqual({ a: { x: 1 }, b: { x: 1 } });
    expect(parse('{"a":"constructor","b":["b","b","__proto__"],"c":"{\\"c\\":"}')).toMatchObject({ c: '{"c":' });
  });

  it('accepts escaped text that only looks like NUL, and whole surrogate pairs', () => {
    expect(parse('{"a":"\\\\u0000","b":"\\ud83d\\ude00"}')).toEqual({ a: '\\u0000', b: '😀' });
  });

  it('accepts an array only when asked', () => {
    expect(parse('[{"a":1}]', true)).toEqual([{ a: 1 }]);
    expect(refusal('"x"', true)).toBe('The outermost value is not an object or array.');
  });

  it('takes a thousand keys, and refuses one more, or a million', () => {
    const keys = (count: number) => `{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join()}}`;
    expect(Object.keys(parse(keys(1_000)) as object)).toHaveLength(1_000);
    for (const count of [1_001, 1_000_000])
      expect(refusal(`{"a":${keys(count)}}`)).toMatch(/^An object has more than 1000 keys at position \d+\.$/);
    expect(parse(`{"a":${keys(1_000)},"b":${keys(1_000)}}`)).toHaveProperty('b.k999', 1);
  });

  it('takes twenty thousand items, and refuses one more, or three million', () => {
    const list = (count: number, item = '1') => `{"a":[${Array<string>(count).fill(item).join()}]}`;
    expect(parse(list(20_000))).toHaveProperty('a.length', 20_000);
    for (const count of [20_001, 3_000_000])
      expect(refusal(list(count))).toMatch(/^An array has more than 20000 items at position \d+\.$/);
    const many = `[${Array<string>(999).fill('{}').join()}]`;
    expect(parse(list(49, many))).toHaveProperty('a.length', 49);
    expect(refusal(list(50, many))).toMatch(/^More than 50000 objects and arrays at position \d+\.$/);
  });

  it('agrees with JSON.parse on every JSON object without these faults', () => {
    const objects = fc.dictionary(key, fc.jsonValue({ maxDepth: 8, stringUnit: 'binary' }).filter(isClean));
    fc.assert(
      fc.property(objects, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with JSON.parse when every character is escaped', () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.string({ unit: 'binary' }).filter(isClean)), (value) => {
        const text = JSON.stringify(value).replace(
          /[^\0-\x7f]/g,
          (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        expect(parse(text)).toEqual(value);
      }),
    );
  });

  it('refuses whatever JSON.parse refuses, and throws nothing but invalid_json', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      '\\"',
      ':',
      ',',
      '1',
      'a',
      'null',
      '\\u0000',
      '\\ud800',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 30 }), (fragments) => {
        const text = fragments.join('');
        let accepted: unknown;
        try {
          accepted = parse(text, true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_json' });
          return;
        }
        expect(accepted).toEqual(JSON.parse(text));
      }),
      { numRuns: 5_000 },
    );
  });
});

const FORBIDDEN = [...Object.getOwnPropertyNames(Object.prototype), 'prototype'];
const key = fc.string({ unit: 'binary' }).filter((name) => isClean(name) && !FORBIDDEN.includes(name));

/** Without NUL, half surrogates and forbidden keys anywhere. */
function isClean(value: unknown): boolean {
  const text = JSON.stringify(value);
  return !/\\u0000|\\ud[89a-f]/.test(text) && !FORBIDDEN.some((name) => text.includes(`"${name}":`));
}

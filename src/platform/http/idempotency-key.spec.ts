import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, fingerprint, readIdempotencyKey } from './idempotency-key';

describe('readIdempotencyKey', () => {
  it.each(['a', '8e03978e-40d5-43e8-bc93-6894a57f9324', 'x'.repeat(255), 'order/456:1?~!', 'a"b'])(
    'takes %.40s',
    (key) => {
      expect(readIdempotencyKey(key)).toBe(key);
    },
  );

  it.each([
    ['no header', undefined],
    ['an empty one', ''],
    ['256 characters', 'x'.repeat(256)],
    ['a space inside', 'a b'],
    ['two headers', 'a, b'],
    ['a list', ['a', 'b']],
    ['é', 'é'],
    ['NUL', 'a\0'],
    ['a line break', 'a\n'],
    ['a quoted string', '"abc"'],
    ['half a quoted string', '"abc'],
  ])('answers 400 to %s', (_, header) => {
    expect(() => readIdempotencyKey(header)).toThrow(expect.objectContaining({ status: 400, code: 'invalid_header' }));
  });
});

describe('canonicalJson', () => {
  // The example of RFC 8785, 3.2.2 and 3.2.3.
  it('gives the result of RFC 8785 for its example', () => {
    const value = JSON.parse(
      String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    ) as unknown;
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts keys by UTF-16 units, as RFC 8785 does', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const sorted = JSON.parse(canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])))) as object;
    expect(canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])))).toBe(
      `{${['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'].map((key) => `${JSON.stringify(key)}:0`).join(',')}}`,
    );
    expect(Object.keys(sorted)).toHaveLength(keys.length);
  });

  it('means the same as the value and does not depend on the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });
});

describe('fingerprint', () => {
  const print = fingerprint({ to: 'a', n: 1 }, { id: '1' }, 'application/json');

  it('is SHA-256 in hex, the same for another order of keys and another spelling of the type', () => {
    expect(print).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprint({ n: 1.0, to: 'a' }, { id: '1' }, 'Application/JSON')).toBe(print);
  });

  it('differs when the body, the path or the type differs', () => {
    const others = [
      fingerprint({ to: 'b', n: 1 }, { id: '1' }, 'application/json'),
      fingerprint({ to: 'a', n: '1' }, { id: '1' }, 'application/json'),
      fingerprint({ to: 'a', n: 1 }, { id: '2' }, 'application/json'),
      fingerprint({ to: 'a', n: 1 }, { id: '1' }, 'text/csv'),
      fingerprint(undefined, { id: '1' }, undefined),
    ];
    expect(new Set([print, ...others]).size).toBe(others.length + 1);
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { accept, acceptedOf, refusedOf } from '../../../test/support/accepted-values';
import { IsIanaZone, IsLanguageTag, IsMetadata, IsMoneyAmount, IsPlainText, IsRfc3339, IsUuid, isUuid } from './fields';

const NOT_TEXT = [undefined, null, 1, true, {}, [], ['x'], { $ne: 1 }];

describe('IsUuid', () => {
  const id = '0192f7c0-1111-7222-8333-444455556666';

  it('accepts the canonical form only', () => {
    expect(refusedOf(IsUuid(), id, '00000000-0000-0000-0000-000000000000')).toEqual([]);
    expect(
      acceptedOf(
        IsUuid(),
        id.toUpperCase(),
        `{${id}}`,
        id.replaceAll('-', ''),
        ` ${id}`,
        `${id}\n`,
        'not-a-uuid',
        '',
        ...NOT_TEXT,
      ),
    ).toEqual([]);
    expect([isUuid(id), isUuid(id.slice(1))]).toEqual([true, false]);
  });

  it('checks each item of a list when asked', () => {
    expect(accept(IsUuid({ each: true }), [id])).toEqual([id]);
    expect(acceptedOf(IsUuid({ each: true }), [id, 'x'])).toEqual([]);
  });
});

describe('IsPlainText', () => {
  it('accepts ordinary text of every script, and names that only look like code', () => {
    expect(
      refusedOf(
        IsPlainText(100),
        "O'Brien",
        'Null',
        'constructor',
        '__proto__',
        '<script>',
        "'; DROP TABLE message;--",
      ),
    ).toEqual([]);
    expect(refusedOf(IsPlainText(100), 'שלום', '👨‍👩‍👧‍👦', 'é', 'İıI', '${jndi:ldap://x}', 'a\u200db', 'ع\u200fa')).toEqual(
      [],
    );
  });

  it('refuses what cannot be seen or stored', () => {
    expect(
      acceptedOf(
        IsPlainText(100),
        '',
        ' ',
        '\u00a0',
        '\u200b',
        '\u200b \u2060\ufeff',
        '\u202e',
        '\u2800',
        '\u3164',
        '\u00ad',
      ),
    ).toEqual([]);
    expect(
      acceptedOf(
        IsPlainText(100),
        'a\0',
        '\ud800',
        'a\udc00',
        'a\u001b[2J',
        'a\u0085',
        'a\r\nBcc: x@y.z',
        'a\u2028b',
        'invoice\u202egpj.exe',
      ),
    ).toEqual([]);
    expect(acceptedOf(IsPlainText(100), ...NOT_TEXT)).toEqual([]);
  });

  it('counts code points, not UTF-16 units', () => {
    expect(refusedOf(IsPlainText(5), '😀😀😀😀😀', 'abcde')).toEqual([]);
    expect(acceptedOf(IsPlainText(5), '😀😀😀😀😀😀', 'abcdef', 'x'.repeat(10_000_000))).toEqual([]);
  });

  it('accepts line breaks and tabs when asked, and no other control character', () => {
    expect(refusedOf(IsPlainText(20, { newlines: true }), 'a\nb\r\n\tc', 'a\u2028b')).toEqual([]);
    expect(acceptedOf(IsPlainText(20, { newlines: true }), '\n\t', 'a\0', 'a\u001b[2J', 'a\u0085b')).toEqual([]);
  });
});

describe('IsRfc3339', () => {
  it('accepts instants that the calendar has', () => {
    expect(
      refusedOf(
        IsRfc3339(),
        '2026-12-01T09:00:00Z',
        '2026-12-01T09:00:00.123456789+05:30',
        '2024-02-29T23:59:59-11:00',
      ),
    ).toEqual([]);
    expect(refusedOf(IsRfc3339(), '1970-01-01T00:00:00Z', '2200-12-31T23:59:59Z', '2000-02-29T00:00:00Z')).toEqual([]);
  });

  it('refuses everything else', () => {
    expect(
      acceptedOf(
        IsRfc3339(),
        '2026-02-30T00:00:00Z',
        '2026-02-29T00:00:00Z',
        '2100-02-29T00:00:00Z',
        '2026-04-31T00:00:00Z',
      ),
    ).toEqual([]);
    expect(
      acceptedOf(
        IsRfc3339(),
        '2026-01-01T24:00:00Z',
        '2026-01-01T00:00:60Z',
        '2026-01-01T00:60:00Z',
        '2026-13-01T00:00:00Z',
      ),
    ).toEqual([]);
    expect(
      acceptedOf(
        IsRfc3339(),
        '2026-01-01T00:00:00',
        '2026-01-01',
        '2026-01-01 00:00:00Z',
        '2026-01-01T00:00Z',
        '2026-01-01T00:00:00z',
      ),
    ).toEqual([]);
    expect(
      acceptedOf(
        IsRfc3339(),
        '0000-01-01T00:00:00Z',
        '10000-01-01T00:00:00Z',
        '1969-12-31T23:59:59Z',
        '2201-01-01T00:00:00Z',
      ),
    ).toEqual([]);
    expect(
      acceptedOf(
        IsRfc3339(),
        'infinity',
        'now',
        '1764576000',
        '2026-01-01T00:00:00+16:00',
        '2026-01-01T00:00:00+0100',
        ...NOT_TEXT,
      ),
    ).toEqual([]);
    expect(
      acceptedOf(
        IsRfc3339(),
        '2026-01-01T00:00:00Z\n',
        '2026-00-01T00:00:00Z',
        '2026-01-00T00:00:00Z',
        '2026-01-01T00:00:00.Z',
      ),
    ).toEqual([]);
  });
});

describe('IsIanaZone', () => {
  it('accepts names of the database, old ones too', () => {
    expect(
      refusedOf(
        IsIanaZone(),
        'Europe/Berlin',
        'UTC',
        'Europe/Kyiv',
        'Europe/Kiev',
        'America/Argentina/Buenos_Aires',
        'Etc/GMT+5',
      ),
    ).toEqual([]);
  });

  it('refuses offsets, abbreviations and inventions', () => {
    expect(
      acceptedOf(
        IsIanaZone(),
        'EST5EDT',
        'CET',
        '+02:00',
        'Foo/Bar',
        'europe/berlin',
        '',
        '../etc/passwd',
        "UTC'",
        ...NOT_TEXT,
      ),
    ).toEqual([]);
  });
});

describe('IsLanguageTag', () => {
  it('accepts language, script and region in the usual case', () => {
    expect(refusedOf(IsLanguageTag(), 'de', 'de-AT', 'zh-Hant', 'zh-Hant-TW', 'es-419', 'fil')).toEqual([]);
    expect(
      acceptedOf(IsLanguageTag(), 'DE', 'de-at', 'de_AT', 'd', 'german', 'de-', 'de-AT-x-private', '', ...NOT_TEXT),
    ).toEqual([]);
  });
});

describe('IsMoneyAmount', () => {
  it('accepts non-negative decimals as text', () => {
    expect(refusedOf(IsMoneyAmount(), '0', '0.0075', '12', '999999999999.999999')).toEqual([]);
    expect(
      acceptedOf(
        IsMoneyAmount(),
        '-1',
        '1e-30',
        '0.1+0.2',
        '.5',
        '1.',
        '01',
        '1,5',
        '1234567890123',
        '0.1234567',
        'NaN',
        '',
        0.5,
        ...NOT_TEXT,
      ),
    ).toEqual([]);
  });
});

describe('IsMetadata', () => {
  it('accepts a flat object of text, numbers, booleans and null', () => {
    expect(refusedOf(IsMetadata(), {}, { a: 'x', b: 1.5, c: true, d: null, e: '' }, { a: '😀'.repeat(500) })).toEqual(
      [],
    );
    expect(refusedOf(IsMetadata(), Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, i])))).toEqual([]);
  });

  it('refuses nesting, long text, odd keys and values that cannot be stored', () => {
    expect(
      acceptedOf(
        IsMetadata(),
        { a: {} },
        { a: [] },
        { a: 'x'.repeat(501) },
        { ['k'.repeat(41)]: 1 },
        { '': 1 },
        { 'a\0': 1 },
      ),
    ).toEqual([]);
    expect(
      acceptedOf(IsMetadata(), { a: 'x\0' }, { a: '\ud800' }, { a: Infinity }, { a: NaN }, [], 'x', null, undefined, 1),
    ).toEqual([]);
    expect(acceptedOf(IsMetadata(), Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, i])))).toEqual(
      [],
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cursorScope, decodeCursor, encodeCursor, keysetPage, linkHeader } from './page';

const SECRET = Buffer.alloc(32, 'test secret');
const SCOPE = cursorScope('tenant-1', 'GET /messages', { status: 'SENT', limit: 50 });

const refusal = (secret: Buffer, scope: string, cursor: string) => {
  try {
    return decodeCursor(secret, scope, cursor);
  } catch (error) {
    return error;
  }
};

describe('cursors', () => {
  it('open to the position they were made for', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 }), (position) => {
        expect(decodeCursor(SECRET, SCOPE, encodeCursor(SECRET, SCOPE, position))).toEqual(position);
      }),
    );
  });

  it('stay valid when only the limit or the order of the filters changes', () => {
    const cursor = encodeCursor(SECRET, SCOPE, ['a']);
    const scope = cursorScope('tenant-1', 'GET /messages', { limit: 10, cursor, status: 'SENT', to: undefined });
    expect(decodeCursor(SECRET, scope, cursor)).toEqual(['a']);
    expect(cursorScope('t', 'r', { a: 1, b: 2 })).toBe(cursorScope('t', 'r', { b: 2, a: 1 }));
  });

  it.each([
    ['tenant', cursorScope('tenant-2', 'GET /messages', { status: 'SENT' })],
    ['route', cursorScope('tenant-1', 'GET /sessions', { status: 'SENT' })],
    ['filter', cursorScope('tenant-1', 'GET /messages', { status: 'FAILED' })],
    ['set of filters', cursorScope('tenant-1', 'GET /messages', { status: 'SENT', to: 'x' })],
  ])('do not open in the list of another %s', (_, scope) => {
    expect(refusal(SECRET, scope, encodeCursor(SECRET, SCOPE, ['a']))).toMatchObject({
      code: 'invalid_cursor',
      status: 400,
    });
  });

  it('do not open under another secret', () => {
    const cursor = encodeCursor(SECRET, SCOPE, ['a']);
    expect(refusal(Buffer.alloc(32, 'other'), SCOPE, cursor)).toMatchObject({ code: 'invalid_cursor' });
  });

  it('do not open with any character changed, added or removed', () => {
    const cursor = encodeCursor(SECRET, SCOPE, ['2026-11-21T00:00:00Z', 'id']);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let at = 0; at < cursor.length; at++)
      for (const c of alphabet)
        if (c !== cursor[at])
          expect(refusal(SECRET, SCOPE, cursor.slice(0, at) + c + cursor.slice(at + 1))).toMatchObject({
            code: 'invalid_cursor',
          });
    for (const text of [
      '',
      'a',
      cursor.slice(1),
      cursor.slice(0, -1),
      `${cursor}=`,
      `${cursor}A`,
      ` ${cursor}`,
      btoa('["id"]'),
    ])
      expect(refusal(SECRET, SCOPE, text)).toMatchObject({ code: 'invalid_cursor' });
  });
});

describe('keysetPage', () => {
  const after = (last: string) => `after ${last}`;

  it('continues behind the last row shown when there is one more', () => {
    expect(keysetPage(['a', 'b', 'c'], 2, after)).toEqual({ data: ['a', 'b'], page: { next: 'after b' } });
  });

  it('ends when there is no surplus row', () => {
    expect(keysetPage(['a', 'b'], 2, after)).toEqual({ data: ['a', 'b'], page: { next: null } });
    expect(keysetPage([], 2, after)).toEqual({ data: [], page: { next: null } });
  });
});

describe('linkHeader', () => {
  it('keeps the filters and replaces the cursor', () => {
    expect(linkHeader('/messages?status=SENT&cursor=old', 'new')).toBe(
      '</messages?status=SENT&cursor=new>; rel="next"',
    );
  });

  it('cannot be broken out of by a filter', () => {
    expect(linkHeader('/messages?to=>;%0d%0aX:1', 'new')).toBe(
      '</messages?to=%3E%3B%0D%0AX%3A1&cursor=new>; rel="next"',
    );
  });
});

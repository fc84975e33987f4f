import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { KeyRing } from './key-ring';
import { type SecretContext, SealError, Vault } from './vault';

const OLD = randomBytes(32);
const NEW = randomBytes(32);
const ringOf = (...keys: [string, Buffer][]) => new KeyRing(new Map(keys));
const vault = new Vault(ringOf(['old', OLD]));
const rotated = new Vault(ringOf(['new', NEW], ['old', OLD]));
const without = new Vault(ringOf(['new', NEW]));
const HERE: SecretContext = { tenantId: 't1', channelId: 'c1', field: 'authToken', version: 1 };

describe('Vault', () => {
  it('opens what it sealed, of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(vault.open(vault.seal(text, HERE), HERE)).toBe(text);
      }),
    );
  });

  it('names version and key in the text, and never seals one value twice the same', () => {
    const sealed = Array.from({ length: 100 }, () => vault.seal('s3cret', HERE));
    expect(new Set(sealed).size).toBe(100);
    expect(new Set(sealed.map((text) => text.split('.')[3])).size).toBe(100);
    for (const text of sealed) expect(text).toMatch(/^v1\.old\.[\w-]{80}\.[\w-]{16}\.[\w-]{8}\.[\w-]{22}$/);
  });

  it.each<[string, Partial<SecretContext>]>([
    ['tenant', { tenantId: 't2' }],
    ['channel', { channelId: 'c2' }],
    ['field', { field: 'accountSid' }],
    ['version', { version: 2 }],
    ['split of the same letters', { tenantId: 't', channelId: '1c1' }],
  ])('does not open for another %s', (_, elsewhere) => {
    const sealed = vault.seal('s3cret', HERE);
    expect(() => vault.open(sealed, { ...HERE, ...elsewhere })).toThrow(SealError);
    expect(() => rotated.rewrap(sealed, { ...HERE, ...elsewhere })).toThrow(SealError);
  });

  it('does not open with any character of it changed or cut, or with parts of another', () => {
    const sealed = vault.seal('s3cret', HERE);
    for (let at = 0; at < sealed.length; at++) {
      for (const c of ['A', 'B', '.', '=', '+']) {
        if (c === sealed[at]) continue;
        expect(() => vault.open(sealed.slice(0, at) + c + sealed.slice(at + 1), HERE)).toThrow(SealError);
      }
      expect(() => vault.open(sealed.slice(0, at), HERE)).toThrow(SealError);
    }
    const other = vault.seal('other', HERE).split('.');
    for (const part of [2, 3, 4, 5])
      expect(() =>
        vault.open(
          sealed
            .split('.')
            .with(part, other[part] ?? '')
            .join('.'),
          HERE,
        ),
      ).toThrow(SealError);
  });

  it('has one spelling only: the spare bits of the last characters count too', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const parts = vault.seal('s3cret!', HERE).split('.');
    for (const index of [4, 5]) {
      const part = parts[index] ?? '';
      const twin = part.slice(0, -1) + alphabet[alphabet.indexOf(part.slice(-1)) + 1];
      expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(part, 'base64url'));
      expect(() => vault.open(parts.with(index, twin).join('.'), HERE)).toThrow(SealError);
    }
  });

  it('says which key is missing, and nothing of the value', () => {
    const sealed = vault.seal('s3cret', HERE);
    expect(() => without.open(sealed, HERE)).toThrow('sealed under the key "old", which MASTER_KEY does not hold');
    expect(() => new Vault(ringOf(['old', NEW])).open(sealed, HERE)).toThrow(SealError);
  });

  it('rotates by wrapping anew: afterwards the old key is not needed and the value was not touched', () => {
    const sealed = vault.seal('s3cret', HERE);
    expect([vault.needsRewrap(sealed), rotated.needsRewrap(sealed)]).toEqual([false, true]);
    expect(rotated.open(sealed, HERE)).toBe('s3cret');

    const rewrapped = rotated.rewrap(sealed, HERE);
    expect(rotated.needsRewrap(rewrapped)).toBe(false);
    expect(without.open(rewrapped, HERE)).toBe('s3cret');
    expect(rewrapped.split('.').slice(3)).toEqual(sealed.split('.').slice(3));
  });
});

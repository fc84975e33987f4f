import { hash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new key: `ck_live_<8 characters of id>_<32 characters of secret>`, 190 random bits, a prefix that scanners can find. */
export function newApiKey(): string {
  return `ck_live_${base62(8)}_${base62(32)}`;
}

/** What is stored of a key. Plain SHA-256: 128 random bits and more need no slow hash. */
export function hashApiKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** The part of a key that may be shown to recognise it. */
export function keyPrefix(key: string): string {
  return key.slice(0, key.startsWith('ck_live_') ? 16 : 4);
}

function base62(length: number): string {
  let text = '';
  while (text.length < length)
    for (const byte of randomBytes(length * 2)) if (byte < 248 && text.length < length) text += ALPHABET[byte % 62];
  return text;
}

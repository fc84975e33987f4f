import { describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { deriveSecret, parseKeyRing } from './key-ring';

const KEY = randomBytes(32);
const OLD = randomBytes(32);
const base64 = (key: Buffer) => key.toString('base64');

function fault(text: string): string {
  try {
    parseKeyRing(text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('accepted');
}

describe('parseKeyRing', () => {
  it.each(['base64', 'base64url', 'hex'] as const)('takes one key in %s and names it after its hash', (encoding) => {
    const ring = parseKeyRing(`${KEY.toString(encoding)}\n`);
    expect(ring.currentId).toBe(createHash('sha256').update(KEY).digest('hex').slice(0, 8));
    expect(ring.keys.get(ring.currentId)).toEqual(KEY);
  });

  it('takes a list with the current key first', () => {
    const ring = parseKeyRing(`2026b:${base64(KEY)}, 2026a:${OLD.toString('hex')}`);
    expect([ring.currentId, ...ring.keys.keys()]).toEqual(['2026b', '2026b', '2026a']);
    expect(ring.oldest).toEqual(OLD);
  });

  it.each([
    ['', 'MASTER_KEY is empty'],
    ['changeme', 'not 32 bytes'],
    [base64(randomBytes(16)), 'not 32 bytes'],
    [base64(randomBytes(33)), 'not 32 bytes'],
    [randomBytes(31).toString('hex'), 'not 32 bytes'],
    ['0'.repeat(64), 'placeholder'],
    [base64(Buffer.alloc(32, 0xff)), 'placeholder'],
    ['0123456789abcdef'.repeat(4), 'placeholder'],
    [Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('hex'), 'placeholder'],
    [base64(Buffer.from('correct horse battery staple 1234'.slice(0, 32))), 'placeholder'],
    [`a:${base64(KEY)},a:${base64(OLD)}`, 'two keys with the id "a"'],
    [`a:${base64(KEY)},b:${base64(KEY)}`, 'the same key twice'],
    [`a b:${base64(KEY)}`, 'an id that is not'],
    [`:${base64(KEY)}`, 'an id that is not'],
    [`a:${base64(KEY)},`, 'Key 2 of MASTER_KEY is empty'],
  ])('refuses %#, saying why', (text, message) => {
    expect(fault(text)).toContain(message);
  });

  it('never says the value', () => {
    const wrong = `${base64(KEY)}x`;
    expect(fault(wrong)).not.toContain(wrong.slice(0, 8));
    expect(fault(`a:${base64(KEY)},a:${base64(OLD)}`)).not.toContain(base64(OLD).slice(0, 8));
  });

  it('accepts random keys', () => {
    for (let i = 0; i < 2_000; i++) expect(parseKeyRing(base64(randomBytes(32))).keys.size).toBe(1);
  });
});

describe('deriveSecret', () => {
  it('gives each purpose its own secret, which outlives a rotation', () => {
    const before = parseKeyRing(`a:${base64(OLD)}`);
    const after = parseKeyRing(`b:${base64(KEY)},a:${base64(OLD)}`);
    expect(deriveSecret(after, 'cursors')).toEqual(deriveSecret(before, 'cursors'));
    expect(deriveSecret(before, 'other')).not.toEqual(deriveSecret(before, 'cursors'));
    expect(deriveSecret(before, 'cursors')).toHaveLength(32);
  });
});

import { createHash, hkdfSync } from 'node:crypto';

/** The key-encryption keys by id. New values are sealed under the current one; the others only open older values. */
export class KeyRing {
  /** Id of the key that new values are sealed under. */
  readonly currentId: string;
  /** The last key of the list: it stays the same when a new key is put in front. */
  readonly oldest: Buffer;

  /** `keys` in the order of MASTER_KEY, the current one first. Throws an Error when there is none. */
  constructor(readonly keys: ReadonlyMap<string, Buffer>) {
    const [currentId] = keys.keys();
    const oldest = [...keys.values()].at(-1);
    if (currentId === undefined || !oldest) throw new Error('MASTER_KEY is empty.');
    this.currentId = currentId;
    this.oldest = oldest;
  }
}

/**
 * Reads MASTER_KEY: one key, or `id:key,id:key` with the current one first. A key is 32 random bytes in base64, base64url
 * or hex; without an id it gets the first 8 hex digits of its SHA-256.
 * @throws Error that names what is wrong, never the value
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, Buffer>();
  const entries = text.trim().split(',');
  for (const [index, entry] of entries.entries()) {
    const { id, key } = parseEntry(
      entry.trim(),
      entries.length === 1 ? 'MASTER_KEY' : `Key ${index + 1} of MASTER_KEY`,
    );
    if (keys.has(id)) throw new Error(`MASTER_KEY has two keys with the id "${id}".`);
    if ([...keys.values()].some((other) => other.equals(key))) throw new Error('MASTER_KEY has the same key twice.');
    keys.set(id, key);
  }
  return new KeyRing(keys);
}

/**
 * A 32-byte secret for another purpose (HKDF-SHA-256), the same in every process. It comes from the oldest key, so that it
 * outlives a rotation until that key is dropped.
 */
export function deriveSecret(ring: KeyRing, purpose: string): Buffer {
  return derived(ring.oldest, purpose);
}

/**
 * The same from every key of the ring, the current one first: for what must open for years. Seal with the first and open
 * with any; dropping a key then costs what was sealed in its time, and nothing newer.
 */
export function deriveSecrets(ring: KeyRing, purpose: string): Buffer[] {
  return [...ring.keys.values()].map((key) => derived(key, purpose));
}

function derived(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `carillon/${purpose}`, 32));
}

const ID = /^[A-Za-z0-9_-]{1,32}$/;
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/;
const HOW_TO_MAKE_ONE = '`openssl rand -base64 32` makes one';

function parseEntry(entry: string, name: string): { id: string; key: Buffer } {
  const colon = entry.indexOf(':');
  const literal = entry.slice(colon + 1);
  if (literal === '') throw new Error(`${name} is empty; ${HOW_TO_MAKE_ONE}.`);
  const key = decodeKey(literal);
  if (!key) throw new Error(`${name} is not 32 bytes in base64, base64url or hex; ${HOW_TO_MAKE_ONE}.`);
  if (isPlaceholder(key)) throw new Error(`${name} is a placeholder, not 32 random bytes; ${HOW_TO_MAKE_ONE}.`);

  const id = colon === -1 ? createHash('sha256').update(key).digest('hex').slice(0, 8) : entry.slice(0, colon);
  if (!ID.test(id)) throw new Error(`${name} has an id that is not 1 to 32 of A-Z a-z 0-9 _ -.`);
  return { id, key };
}

function decodeKey(literal: string): Buffer | undefined {
  if (HEX.test(literal)) return Buffer.from(literal, 'hex');
  return BASE64.test(literal) ? Buffer.from(literal, 'base64') : undefined;
}

/**
 * Zeros, a repeated pattern, a count, or typed text. 32 random bytes look like this less than once in 10^11 draws: they have
 * about 30 distinct values, and each is printable ASCII with a probability of 3/8.
 */
function isPlaceholder(key: Buffer): boolean {
  const steps = new Set(key.subarray(1).map((byte, index) => byte - (key[index] ?? 0)));
  return new Set(key).size < 16 || steps.size === 1 || key.every((byte) => byte >= 0x20 && byte < 0x7f);
}

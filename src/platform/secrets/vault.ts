import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from './key-ring';

/** Where a secret belongs. A value sealed for one place does not open in another. */
export interface SecretContext {
  tenantId: string;
  channelId: string;
  /** Name of the credential, such as authToken. */
  field: string;
  /** Version of the row's credentials, from 1. */
  version: number;
}

/** A value cannot be opened: altered, moved, not ours, or under a key that is not in the ring. Holds no part of the value. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * Envelope encryption for provider credentials: each value has a random AES-256-GCM key of its own, wrapped by a key of the
 * ring. A sealed value is the text `v1.<key id>.<wrapped key>.<nonce>.<ciphertext>.<tag>`, the last four in base64url.
 */
export class Vault {
  constructor(private readonly ring: KeyRing) {}

  /** Seals a value for one place, under the current key. Two seals of one value differ. */
  seal(plaintext: string, context: SecretContext): string {
    const dataKey = randomBytes(KEY_BYTES);
    const box = encrypt(dataKey, Buffer.from(plaintext), aad('value', context));
    return format({ kekId: this.ring.currentId, wrapped: this.wrap(dataKey, context), ...box });
  }

  /** @throws SealError when the value was altered or sealed for another place, or its key is not in the ring */
  open(sealed: string, context: SecretContext): string {
    const parts = parse(sealed);
    return decrypt(this.unwrap(parts, context), parts, aad('value', context)).toString();
  }

  /** Whether the value is sealed under a key that is no longer current. Throws SealError when it is not a sealed value. */
  needsRewrap(sealed: string): boolean {
    return parse(sealed).kekId !== this.ring.currentId;
  }

  /** The same value under the current key; the value itself is not decrypted. Throws SealError as open does. */
  rewrap(sealed: string, context: SecretContext): string {
    const parts = parse(sealed);
    const wrapped = this.wrap(this.unwrap(parts, context), context);
    return format({ ...parts, kekId: this.ring.currentId, wrapped });
  }

  private wrap(dataKey: Buffer, context: SecretContext): Buffer {
    const { nonce, ciphertext, tag } = encrypt(this.kek(this.ring.currentId), dataKey, aad('key', context));
    return Buffer.concat([nonce, ciphertext, tag]);
  }

  private unwrap({ kekId, wrapped }: Sealed, context: SecretContext): Buffer {
    const box = {
      nonce: wrapped.subarray(0, NONCE_BYTES),
      ciphertext: wrapped.subarray(NONCE_BYTES, -TAG_BYTES),
      tag: wrapped.subarray(-TAG_BYTES),
    };
    return decrypt(this.kek(kekId), box, aad('key', context));
  }

  private kek(id: string): Buffer {
    const key = this.ring.keys.get(id);
    if (!key) throw new SealError(`The secret is sealed under the key "${id}", which MASTER_KEY does not hold.`);
    return key;
  }
}

interface Box {
  nonce: Buffer;
  ciphertext: Buffer;
  tag: Buffer;
}

interface Sealed extends Box {
  kekId: string;
  /** Nonce, ciphertext and tag of the value's key, one behind the other. */
  wrapped: Buffer;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12; // 96 bits: NIST SP 800-38D 8.2.2, random nonces
const TAG_BYTES = 16;
const SEALED = /^v1\.[A-Za-z0-9_-]{1,32}\.[\w-]{80}\.[\w-]{16}\.[\w-]*\.[\w-]{22}$/;

function encrypt(key: Buffer, plaintext: Buffer, aad: Buffer): Box {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

function decrypt(key: Buffer, { nonce, ciphertext, tag }: Box, aad: Buffer): Buffer {
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    throw new SealError(
      'The secret cannot be opened: it was altered, or sealed for another place or under another key.',
    );
  }
}

/** What the tag vouches for besides the content. Lengths come first, so no two places give the same bytes. */
function aad(role: 'value' | 'key', { tenantId, channelId, field, version }: SecretContext): Buffer {
  const parts = ['carillon/v1', role, tenantId, channelId, field, String(version)].map((part) => Buffer.from(part));
  return Buffer.concat(parts.flatMap((part) => [lengthOf(part), part]));
}

function lengthOf(part: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return length;
}

function format({ kekId, wrapped, nonce, ciphertext, tag }: Sealed): string {
  return ['v1', kekId, ...[wrapped, nonce, ciphertext, tag].map((bytes) => bytes.toString('base64url'))].join('.');
}

function parse(sealed: string): Sealed {
  const [, kekId = '', ...texts] = sealed.split('.');
  const parts = texts.map((text) => Buffer.from(text, 'base64url'));
  const [wrapped, nonce, ciphertext, tag] = parts;
  // The last character of base64url has bits to spare: only the one true spelling counts.
  const isCanonical = parts.every((bytes, index) => bytes.toString('base64url') === texts[index]);
  if (!SEALED.test(sealed) || !isCanonical || !wrapped || !nonce || !ciphertext || !tag)
    throw new SealError('The text is not a sealed secret.');
  return { kekId, wrapped, nonce, ciphertext, tag };
}

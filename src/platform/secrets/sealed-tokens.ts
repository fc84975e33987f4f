import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { deriveSecrets, type KeyRing } from './key-ring';

/**
 * Bytes as text for an address, which nobody else can read, make or change (AES-256-GCM, 128-bit tag). Nothing is stored for a
 * token, so it works as long as its key is in the ring. Each has a key of its own, made from its salt: no number of tokens ever
 * comes near the limit of GCM's nonces. A token of one purpose opens for no other.
 */
export class SealedTokens {
  private readonly secrets: readonly Buffer[];

  constructor(ring: KeyRing, purpose: string) {
    this.secrets = deriveSecrets(ring, purpose);
  }

  /** Characters A-Z a-z 0-9 - _; four for each three bytes, and 43 more. */
  seal(bytes: Buffer): string {
    const [current] = this.secrets;
    if (!current) throw new Error('The key ring is empty');
    const salt = randomBytes(SALT_BYTES);
    const cipher = createCipheriv(CIPHER, keyOf(current, salt), NONCE, { authTagLength: TAG_BYTES });
    return Buffer.concat([salt, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]).toString('base64url');
  }

  /** Undefined for whatever we did not seal, or sealed under a key that is gone. */
  open(token: string): Buffer | undefined {
    const sealed = Buffer.from(token, 'base64url');
    // One spelling only: the spare bits of the last character count too.
    if (sealed.length < SALT_BYTES + TAG_BYTES || sealed.toString('base64url') !== token) return undefined;
    for (const secret of this.secrets) {
      const bytes = unseal(secret, sealed);
      if (bytes) return bytes;
    }
    return undefined;
  }
}

const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 16;
const TAG_BYTES = 16;
/** The same for all: a key is used once. */
const NONCE = Buffer.alloc(12);

function keyOf(secret: Buffer, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, 'one token', 32));
}

function unseal(secret: Buffer, sealed: Buffer): Buffer | undefined {
  const salt = sealed.subarray(0, SALT_BYTES);
  const decipher = createDecipheriv(CIPHER, keyOf(secret, salt), NONCE, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(SALT_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

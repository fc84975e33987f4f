import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Compares without telling through its duration where the two differ. Different lengths are unequal, never an error. */
export function equalInConstantTime(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Hex HMAC-SHA256 of the bytes under the secret; the signature of the sandbox provider and of several others. */
export function hmacSha256Hex(secret: string, bytes: Buffer): string {
  return createHmac('sha256', secret).update(bytes).digest('hex');
}

/** Hex SHA-256 of the bytes: event keys for events without an id, and hashes of bodies. */
export function sha256Hex(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
